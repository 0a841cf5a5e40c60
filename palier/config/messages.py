"""The translation catalogue: collected from the sources, completed in French, compiled at set-up.

A fresh Debian has no gettext; Babel does its work. Templates are first turned into calls by
Django's own `templatize`, so that both sides agree on what a message is.

    python -m palier.config.messages update | compile | missing
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.reloader import translation_file_changed

from palier.config.environment import PROJECT_ROOT

LOCALE = PROJECT_ROOT / "locale"
LANGUAGE = "fr"
PO = LOCALE / LANGUAGE / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
Key = tuple[str | tuple[str, ...], str | None]


def sources() -> Iterator[Path]:
    for path in sorted((PROJECT_ROOT / "palier").rglob("*")):
        if path.suffix in (".py", ".html", ".txt", ".typ") and not {"tests", "migrations"} & set(path.parts):
            yield path


def messages_of(path: Path) -> Iterator[Key]:
    """Each message of one source file: (id or (singular, plural), context)."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        from django.utils.translation.template import templatize

        # What is left between the calls is filler: its indentation means nothing and must not be read.
        text = "\n".join(line.lstrip() for line in templatize(text).splitlines())
    for _line, message, _comments, context in extract(
        "python", BytesIO(text.encode()), KEYWORDS, options={"encoding": "utf-8"}
    ):
        if message and message != ("", ""):
            yield message, context


def collected() -> Catalog:
    """Every message of the sources, with the files where it is said."""
    catalog = Catalog(locale=LANGUAGE, project="Palier", charset="utf-8", fuzzy=False)
    for path in sources():
        where = str(path.relative_to(PROJECT_ROOT))
        for message, context in messages_of(path):
            catalog.add(message, locations=[(where, None)], context=context)  # type: ignore[list-item]
    return catalog


def _read(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream, locale=LANGUAGE)


def completed() -> Catalog:
    """The collected messages with their French."""
    catalog = collected()
    for message in _read(PO) if PO.exists() else ():
        target = catalog.get(message.id, message.context) if message.id else None
        if target is not None and _is_said(message):
            target.string = _typeset(message.string)
    return catalog


def _is_said(message: Message) -> bool:
    said = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(said) and "fuzzy" not in message.flags


# French typography: what stands before a double sign, inside quotation marks, and the apostrophe.
_FINE = (
    (re.compile(r"[ \u00a0]+([;!?])(?=\s|$|<|»|\))"), "\u202f\\1"),
    (re.compile(r"[ \u202f]+:(?=\s|$|<)"), "\u00a0:"),
    (re.compile(r"«[ \u00a0\u202f]*"), "«\u00a0"),
    (re.compile(r"[ \u00a0\u202f]*»"), "\u00a0»"),
    (re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_]|%|\{|«)"), "’"),
    (re.compile(r"(?<=\d) (?=[%€])"), "\u00a0"),
)


def _typeset(said: Any) -> Any:
    if isinstance(said, list | tuple):
        return type(said)(_typeset(one) for one in said)
    for pattern, replacement in _FINE:
        said = pattern.sub(replacement, said)
    return said


def missing(catalog: Catalog | None = None) -> list[str]:
    """The messages that have no French yet, as `file: message`."""
    return [
        f"{message.locations[0][0]}: {message.id}"
        for message in (catalog or completed())
        if message.id and not _is_said(message)
    ]


def update() -> int:
    catalog = completed()
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as stream:
        write_po(
            stream,
            catalog,
            sort_by_file=False,
            sort_output=True,
            width=110,
            include_lineno=False,
            omit_header=False,
        )
    left = missing(catalog)
    print("\n".join(left))
    print(f"{len(catalog)} messages, {len(left)} without French.", file=sys.stderr)
    return 1 if left else 0


def compile_catalogue() -> int:
    """Write the compiled file that Django reads; it is made at set-up and never committed."""
    made = PO.with_suffix(".mo.new")
    with made.open("wb") as stream:
        write_mo(stream, _read(PO) if PO.exists() else Catalog(locale=LANGUAGE))
    # A program that starts meanwhile reads the former file or this one, never half of it.
    compiled = made.replace(PO.with_suffix(".mo"))
    # This very process may have looked for words before: it would go on without them.
    translation_file_changed(sender=None, file_path=compiled)
    return 0


def main(arguments: list[str]) -> int:
    actions = {
        "update": update,
        "compile": compile_catalogue,
        "missing": lambda: print("\n".join(missing())) or 0,
    }
    if len(arguments) != 1 or arguments[0] not in actions:
        print(f"usage: python -m palier.config.messages {'|'.join(actions)}", file=sys.stderr)
        return 2
    return actions[arguments[0]]() or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
