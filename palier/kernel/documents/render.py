"""Turn a Typst template and plain data into a tagged PDF. Knows nothing of organisations nor of the
database.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.template.utils import get_app_template_dirs

from palier.kernel.errors import DomainError

#: Everything a template may read lies under the package itself: neither the machine nor the network.
TEMPLATE_ROOT = Path(__file__).resolve().parents[2]
HOUSE_STYLE = Path(__file__).resolve().parent / "templates" / "documents" / "house.typ"
DECLARED_VERSION = re.compile(r"^// version: (\d+)", re.MULTILINE)


class TemplateUnknown(DomainError):
    code = "documents.template-unknown"
    message = "No document template is called “{template}”."


@dataclass(frozen=True)
class Rendered:
    """A PDF with the exact version of what made it.

    `tagged` is false when a character has no glyph in the house fonts: PDF/UA then refuses the file, and a
    document with one missing glyph is better than none on the day of a crisis.
    """

    content: bytes
    template_version: str
    tagged: bool
    warnings: tuple[str, ...] = ()


def render(*, template: str, data: dict, at: datetime | None = None) -> Rendered:
    """Compile `template` ("continuity/decision.typ") with `data` handed over as one JSON string.

    `at` is written in the file as its date of creation.
    Raises: TemplateUnknown; typst.TypstError on a template's own fault.
    """
    source = template_path(template)
    version = template_version(template)
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    moment = at.astimezone(UTC).replace(microsecond=0) if at else None
    try:
        return Rendered(*_compiled(source, inputs, moment, "ua-1", version))
    except typst.TypstError as fault:
        if "could not be displayed" not in str(fault):
            raise
        made = _compiled(source, inputs, moment, None, version)
        return Rendered(made[0], version, False, tuple(str(fault).splitlines()[:1]))


def _compiled(
    source: Path, inputs: dict[str, str], moment: datetime | None, standard: Any, version: str
) -> tuple[bytes, str, bool, tuple[str, ...]]:
    content, warnings = _compiler().compile_with_warnings(
        input=str(source), format="pdf", sys_inputs=inputs, pdf_standards=standard or [], timestamp=moment
    )
    if not isinstance(content, bytes):
        raise TypeError(f"{source.name} gave no PDF")
    return content, version, True, tuple(warning.message for warning in warnings)


@cache
def template_path(template: str) -> Path:
    """Find a template among the applications' `templates` folders, as Django finds its own."""
    for folder in get_app_template_dirs("templates"):
        candidate = (Path(folder) / template).resolve()
        if candidate.is_file() and candidate.is_relative_to(TEMPLATE_ROOT) and candidate.suffix == ".typ":
            return candidate
    raise TemplateUnknown(template=template)


@cache
def template_version(template: str) -> str:
    """Say which template made a document: its declared number, then a digest of it and of the house style.

    Returns: for example "2-9f86d081884c".
    """
    source = template_path(template).read_bytes()
    declared = DECLARED_VERSION.search(source.decode())
    digest = hashlib.sha256(source + HOUSE_STYLE.read_bytes()).hexdigest()[:12]
    return f"{declared.group(1) if declared else '1'}-{digest}"


@cache
def _compiler() -> typst.Compiler:
    # The fonts embedded in typst are only the second choice, for signs that the house font lacks.
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(folder) for folder in settings.DOCUMENT_FONT_FOLDERS],
    )
    return typst.Compiler(root=str(TEMPLATE_ROOT), font_paths=fonts, ignore_system_fonts=True)
