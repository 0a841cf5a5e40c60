"""The plans that come with Palier, to begin from: each in French and in English."""

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from palier.kernel.errors import NotFound
from palier.modules.continuity.models.plans import read_document
from palier.modules.continuity.rules.plan_document import PlanDocument

FOLDER = Path(__file__).resolve().parent.parent / "plans"


class TemplateUnknown(NotFound):
    code = "continuity.template-unknown"
    message = _("No template is called “{template}” in this language.")


@dataclass(frozen=True)
class PlanTemplate:
    """A plan to begin from. `key` is its file without the suffix: `pandemic.fr`."""

    key: str
    text: str
    document: PlanDocument

    @property
    def cards(self) -> int:
        return sum(len(level.tasks) for level in self.document.levels.values())


def plan_templates(language: str = "fr") -> tuple[PlanTemplate, ...]:
    """Return the templates in one language."""
    return tuple(_read(path) for path in sorted(FOLDER.glob(f"*.{language}.toml")))


def plan_template(key: str) -> PlanTemplate:
    """Raises: TemplateUnknown."""
    known = {path.name.removesuffix(".toml"): path for path in FOLDER.glob("*.toml")}
    if key not in known:
        raise TemplateUnknown(template=key)
    return _read(known[key])


def _read(path: Path) -> PlanTemplate:
    text = path.read_text(encoding="utf-8")
    return PlanTemplate(path.name.removesuffix(".toml"), text, read_document(text))


def script_for(plan_code: str, language: str) -> str:
    """Return a script to begin an exercise of a plan from, or nothing when none comes with it."""
    path = FOLDER / "scripts" / f"{plan_code}.{'en' if language == 'en' else 'fr'}.txt"
    known = {one.name for one in (FOLDER / "scripts").glob("*.txt")}
    return path.read_text(encoding="utf-8") if path.name in known else ""
