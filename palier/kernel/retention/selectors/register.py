"""The register of processing activities: what modules declare, what the organisation adds, what is kept how long.

Legal: règlement (UE) 2016/679, art. 30.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from palier.kernel.organisations.current import current_organisation
from palier.kernel.retention.models import Breach, Processor, RegisterNote, RegisterSettings
from palier.kernel.retention.processing import Processing, activities
from palier.kernel.retention.rules import breach_due_at
from palier.kernel.retention.selectors.rules import RuleLine, rule_lines


@dataclass(frozen=True)
class ActivityLine:
    """One processing activity, declared and completed."""

    key: str
    label: str
    purpose: str
    basis_label: str
    persons: str
    data: str
    recipients: str
    more_recipients: str
    terms: tuple[tuple[str, str], ...]
    measures: str
    more_measures: str
    transfers: str
    sensitive: str
    assessment: str
    assessed_on: date | None
    note: str
    notice: str

    @property
    def needs_assessment(self) -> bool:
        return bool(self.assessment) and self.assessed_on is None


@dataclass(frozen=True)
class ProcessorLine:
    """One processor in the list."""

    id: UUID
    name: str
    role: str
    country: str
    contract: str


@dataclass(frozen=True)
class RegisterPage:
    """The whole register as the page, the file and the document show it."""

    controller: str
    officer_name: str
    officer_contact: str
    security: str
    activities: tuple[ActivityLine, ...]
    processors: tuple[ProcessorLine, ...]
    changed_at: datetime | None
    changed_by: str

    @property
    def missing_assessments(self) -> int:
        return sum(one.needs_assessment for one in self.activities)


def register_page(*, on: date) -> RegisterPage:
    """Put the register together; a bounded number of queries."""
    organisation, heading = current_organisation(), RegisterSettings.objects.first() or RegisterSettings()
    notes = {note.activity_key: note for note in RegisterNote.objects.all()}
    rules = {line.key: line for line in rule_lines(on=on)}
    known = activities(
        [*settings.TENANT_TYPES[organisation.kind]["APPS"], *settings.TENANT_TYPES["public"]["APPS"]]
    )
    return RegisterPage(
        controller=heading.controller or f"{organisation.name}\n{organisation.address}".strip(),
        officer_name=heading.officer_name,
        officer_contact=heading.officer_contact or organisation.dpo_contact,
        security=heading.security,
        activities=tuple(_activity(one, notes.get(one.key), rules) for one in known),
        processors=tuple(_processors()),
        changed_at=heading.changed_at,
        changed_by=heading.changed_by,
    )


def _activity(one: Processing, note: RegisterNote | None, rules: dict[str, RuleLine]) -> ActivityLine:
    kept = tuple((rules[key].label, _term(rules[key])) for key in one.retention if key in rules)
    return ActivityLine(
        key=one.key,
        label=str(one.label),
        purpose=str(one.purpose),
        basis_label=str(one.basis.label),
        persons=str(one.persons),
        data=str(one.data),
        recipients=str(one.recipients),
        more_recipients=note.recipients if note else "",
        terms=kept,
        measures=str(one.measures),
        more_measures=note.measures if note else "",
        transfers=str(one.transfers) or _("None outside the European Union"),
        sensitive=str(one.sensitive),
        assessment=str(one.assessment),
        assessed_on=note.assessed_on if note else None,
        note=note.note if note else "",
        notice=str(one.notice),
    )


def _term(line: RuleLine) -> str:
    return f"{line.trigger} + {line.term_label}"


def _processors() -> Sequence[ProcessorLine]:
    rows = Processor.objects.filter(ended_on=None).order_by("name", "role")
    return [ProcessorLine(one.pk, one.name, one.role, one.country, one.contract) for one in rows]


def activity_line(*, key: str, on: date) -> ActivityLine | None:
    """One activity, or None when nobody declares it."""
    return next((one for one in register_page(on=on).activities if one.key == key), None)


@dataclass(frozen=True)
class BreachLine:
    """One breach, with what the law asks and when."""

    id: UUID
    found_at: datetime
    what: str
    data: str
    people_count: int | None
    consequences: str
    measures: str
    is_risk: bool
    is_high_risk: bool
    authority_due_at: datetime
    authority_told_at: datetime | None
    people_told_at: datetime | None
    late_reason: str
    recorded_by: str
    is_late: bool

    @property
    def waits_for_authority(self) -> bool:
        return self.is_risk and self.authority_told_at is None

    @property
    def waits_for_people(self) -> bool:
        return self.is_high_risk and self.people_told_at is None


def breach_lines(*, at: datetime) -> list[BreachLine]:
    """Every breach, the latest first."""
    return [_breach(one, at) for one in Breach.objects.order_by("-found_at")]


def _breach(one: Breach, at: datetime) -> BreachLine:
    due_at = breach_due_at(one.found_at)
    return BreachLine(
        id=one.pk,
        found_at=one.found_at,
        what=one.what,
        data=one.data,
        people_count=one.people_count,
        consequences=one.consequences,
        measures=one.measures,
        is_risk=one.is_risk,
        is_high_risk=one.is_high_risk,
        authority_due_at=due_at,
        authority_told_at=one.authority_told_at,
        people_told_at=one.people_told_at,
        late_reason=one.late_reason,
        recorded_by=one.recorded_by,
        is_late=one.is_risk and (one.authority_told_at or at) > due_at,
    )


def breach_line(*, breach_id: UUID, at: datetime) -> BreachLine | None:
    return next((one for one in breach_lines(at=at) if one.id == breach_id), None)
