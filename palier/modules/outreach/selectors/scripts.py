"""What callers say, ready to be said: the newest version, else the house's own, with its variables filled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from palier.kernel.organisations.current import current_organisation
from palier.kernel.ui import typography
from palier.modules.outreach.enums import ScriptContext
from palier.modules.outreach.models import Script
from palier.modules.outreach.rules.scripts import FALLBACK, anti_fraud, default_words, fill

LANGUAGES = ("fr", "en")
"""Languages in which the house has a script of its own for every context."""


@dataclass(frozen=True)
class Spoken:
    """A script on the screen of a caller. `missing`: variables that nobody gave a value to."""

    paragraphs: tuple[str, ...]
    voicemail: str
    anti_fraud: str
    language: str
    is_fallback: bool
    missing: tuple[str, ...]


@dataclass(frozen=True)
class ScriptText:
    """A script as it is written, with its variables. `version` 0: the house's own, never changed."""

    context: str
    context_label: str
    language: str
    body: str
    voicemail: str
    version: int
    written_at: datetime | None = None
    written_by: str = ""


def callback_number() -> str:
    """The switchboard that tenants may call to check: the organisation's own, else the on-call number."""
    organisation = current_organisation()
    return typography.phone(organisation.phone or organisation.on_call_number or "")


def spoken(*, context: str, language: str, values: Mapping[str, str]) -> Spoken:
    """Return what to say in the person's language, in French when there is no script in it. One query."""
    callback = callback_number()
    said = {"landlord": current_organisation().name, "callback": callback, **values}
    rows = {
        row.language: row
        for row in Script.objects.filter(context=context, language__in=[language, FALLBACK]).order_by(
            "version"
        )
    }
    for code in (language, FALLBACK):
        words = rows.get(code) or default_words(context, code)
        if words is not None:
            body, voicemail = fill(words.body, said), fill(words.voicemail, said)
            return Spoken(
                tuple(_typeset(line, code) for line in body.text.splitlines() if line.strip()),
                _typeset(voicemail.text, code),
                _typeset(anti_fraud(code, callback), code),
                code,
                code != language,
                tuple(dict.fromkeys((*body.missing, *voicemail.missing))),
            )
    return Spoken((), "", anti_fraud(FALLBACK, callback), FALLBACK, True, ())


def _typeset(text: str, language: str) -> str:
    return typography.french(text) if language == FALLBACK else text


def texts() -> list[ScriptText]:
    """Return every script in force: those written here, else the house's own. One query."""
    written = {(row.context, row.language): row for row in Script.objects.order_by("version")}
    keys = [(context, language) for context in ScriptContext.values for language in LANGUAGES]
    keys += sorted(key for key in written if key not in keys)
    return [_text(context, language, written.get((context, language))) for context, language in keys]


def text(context: str, language: str) -> ScriptText:
    """Return one script in force; empty when there is none in this language yet. One query."""
    row = Script.objects.filter(context=context, language=language).order_by("-version").first()
    return _text(context, language, row)


def versions(context: str, language: str) -> list[ScriptText]:
    """Return what was said before, the newest first."""
    rows = Script.objects.filter(context=context, language=language).order_by("-version")
    return [_text(context, language, row) for row in rows]


def _text(context: str, language: str, row: Script | None) -> ScriptText:
    words = row or default_words(context, language)
    return ScriptText(
        context=context,
        context_label=str(ScriptContext(context).label),
        language=language,
        body=words.body if words else "",
        voicemail=words.voicemail if words else "",
        version=row.version if row else 0,
        written_at=row.written_at if row else None,
        written_by=row.written_by if row else "",
    )


def example(context: str, language: str, *, caller: str) -> Spoken:
    """Return how a script sounds, for an invented household."""
    return spoken(
        context=context,
        language=language,
        values={"caller": caller, "person": "Mme Durand", "residence": "Les Tilleuls"},
    )
