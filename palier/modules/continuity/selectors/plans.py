"""Plans, their versions, and what differs from one to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.modes import Service, services
from palier.modules.continuity.enums import Level, VersionState
from palier.modules.continuity.models import ContinuityPlan, PlanVersion
from palier.modules.continuity.rules.plan_compare import PlanDifference, compare_plans
from palier.modules.continuity.rules.plan_document import LevelDocument, PlanDocument, ServiceNeeds
from palier.modules.continuity.workflow.plans import PLAN_VERSION


class PlanUnknown(NotFound):
    code = "continuity.plan-unknown"
    message = _("No plan has the code “{plan}”. The plans are: {known}.")


class VersionUnknown(NotFound):
    code = "continuity.version-unknown"
    message = _("This version of the plan does not exist.")


class NoPlanInForce(NotFound):
    code = "continuity.no-plan-in-force"
    message = _("“{plan}” has no version in force. Approve one first.")
    status = 422


class LevelUnknown(NotFound):
    code = "continuity.level-unknown"
    message = _("“{plan}” has no level {level}. Its levels are: {known}.")


@dataclass(frozen=True)
class PlanRow:
    """A plan as the list shows it."""

    id: UUID
    code: str
    name: str
    scenario_label: str
    in_force: "VersionRow | None"
    being_written: "VersionRow | None"
    levels: tuple[str, ...]
    level_names: Mapping[str, str]

    def review_overdue(self, today: date) -> bool:
        return bool(self.in_force and self.in_force.next_review_on and self.in_force.next_review_on < today)


@dataclass(frozen=True)
class VersionRow:
    id: UUID
    number: int
    state: str
    state_label: str
    created_at: datetime
    created_by_name: str
    approved_on: date | None
    approved_by_name: str
    approval_body_label: str
    next_review_on: date | None
    note: str


@dataclass(frozen=True)
class VersionCard(VersionRow):
    """One version, whole, with what may be done about it."""

    plan_id: UUID
    plan_code: str
    plan_name: str
    text: str
    document: PlanDocument
    actions: tuple[str, ...]


def _version_row(version: PlanVersion) -> VersionRow:
    return VersionRow(**_version_fields(version))


def _version_fields(version: PlanVersion) -> dict:
    return {
        "id": version.pk,
        "number": version.number,
        "state": version.state,
        "state_label": version.get_state_display(),
        "created_at": version.created_at,
        "created_by_name": version.created_by_name,
        "approved_on": version.approved_on,
        "approved_by_name": version.approved_by_name,
        "approval_body_label": version.get_approval_body_display(),
        "next_review_on": version.next_review_on,
        "note": version.note,
    }


def plans(*, actor: Actor) -> tuple[PlanRow, ...]:
    """Every plan with its version in force and the one being written. Two queries."""
    rows = ContinuityPlan.objects.visible_to(actor).prefetch_related("versions")
    return tuple(_plan_row(plan) for plan in rows)


def _plan_row(plan: ContinuityPlan) -> PlanRow:
    versions = list(plan.versions.all())
    in_force = next((one for one in versions if one.state == VersionState.IN_FORCE), None)
    written = next(
        (one for one in versions if one.state in (VersionState.DRAFT, VersionState.IN_REVIEW)), None
    )
    shown = in_force or written
    return PlanRow(
        plan.pk,
        plan.code,
        plan.name,
        plan.get_scenario_display(),
        _version_row(in_force) if in_force else None,
        _version_row(written) if written else None,
        shown.document.level_codes if shown else (),
        {one.code: one.name for one in shown.document.ordered_levels()} if shown else {},
    )


def plan_record(*, code: str, actor: Actor) -> ContinuityPlan:
    """Raises: PlanUnknown."""
    plan = ContinuityPlan.objects.visible_to(actor).filter(code=code).first()
    if plan is None:
        known = ", ".join(ContinuityPlan.objects.visible_to(actor).values_list("code", flat=True))
        raise PlanUnknown(plan=code, known=known or "—")
    return plan


def version_in_force(*, code: str, actor: Actor) -> PlanVersion:
    """Raises: PlanUnknown, NoPlanInForce."""
    plan = plan_record(code=code, actor=actor)
    version = plan.versions.select_related("plan").filter(state=VersionState.IN_FORCE).first()
    if version is None:
        raise NoPlanInForce(plan=plan.name)
    return version


def only_plan_code(*, actor: Actor) -> str:
    """Return the code of the only plan in force: a command need not name it. Raises: PlanUnknown."""
    codes = list(
        ContinuityPlan.objects.visible_to(actor)
        .filter(versions__state=VersionState.IN_FORCE)
        .values_list("code", flat=True)
    )
    if len(codes) != 1:
        raise PlanUnknown(plan="", known=", ".join(codes) or "—")
    return codes[0]


def level_of(version: PlanVersion, code: str) -> LevelDocument:
    """Raises: LevelUnknown."""
    document = version.document
    if code not in document.levels:
        raise LevelUnknown(plan=document.name, level=code, known=", ".join(document.level_codes))
    return document.levels[code]


def version_record(*, version_id: UUID, actor: Actor) -> PlanVersion:
    """Raises: VersionUnknown."""
    version = PlanVersion.objects.visible_to(actor).select_related("plan").filter(pk=version_id).first()
    if version is None:
        raise VersionUnknown()
    return version


def version_card(*, version_id: UUID, actor: Actor) -> VersionCard:
    """One version, whole. Raises: VersionUnknown."""
    version = version_record(version_id=version_id, actor=actor)
    return VersionCard(
        **_version_fields(version),
        plan_id=version.plan_id,
        plan_code=version.plan.code,
        plan_name=version.plan.name,
        text=version.text,
        document=version.document,
        actions=tuple(PLAN_VERSION.open_to(version, actor)),
    )


def is_editable(card: VersionCard) -> bool:
    """Whether a change may be made from this version: a draft, or what is in force with no draft after it."""
    if card.state == VersionState.DRAFT:
        return True
    newer = PlanVersion.objects.filter(plan_id=card.plan_id, number__gt=card.number)
    return card.state == VersionState.IN_FORCE and not newer.exclude(state=VersionState.ARCHIVED).exists()


def versions_of(*, code: str, actor: Actor) -> tuple[VersionRow, ...]:
    """The versions of a plan, newest first. Raises: PlanUnknown."""
    plan = plan_record(code=code, actor=actor)
    return tuple(_version_row(one) for one in plan.versions.order_by("-number"))


def exported(*, code: str, actor: Actor) -> PlanVersion:
    """Return the version that an export gives: the one in force, else the newest. Raises: PlanUnknown."""
    plan = plan_record(code=code, actor=actor)
    in_force = plan.versions.filter(state=VersionState.IN_FORCE).first()
    newest = in_force or plan.versions.order_by("-number").first()
    if newest is None:
        raise NoPlanInForce(plan=plan.name)
    return newest


def differences(*, version_id: UUID, other_id: UUID, actor: Actor) -> tuple[PlanDifference, ...]:
    """What changes from another version to this one. Raises: VersionUnknown."""
    after = version_record(version_id=version_id, actor=actor)
    before = version_record(version_id=other_id, actor=actor)
    return compare_plans(before.document, after.document)


@dataclass(frozen=True)
class NeedRow:
    """One service in the plan: its delays, those of the plan if it gives its own, and its impacts."""

    service: Service
    rto_hours: int
    mtpd_hours: int
    needs: ServiceNeeds


def need_rows(document: PlanDocument) -> tuple[NeedRow, ...]:
    return tuple(
        NeedRow(one, needs.rto_hours or one.rto_hours, needs.mtpd_hours or one.mtpd_hours, needs)
        for one in services()
        for needs in (document.services.get(one.key, ServiceNeeds()),)
    )


@dataclass(frozen=True)
class LevelModeRow:
    """The mode that a level gives to one service, whole and as labels."""

    service: Service
    state: str
    fields: tuple[tuple[str, str, bool], ...]
    is_named: bool


def level_modes(level: LevelDocument) -> tuple[LevelModeRow, ...]:
    """What a level does to every service; services that it does not name work as usual."""
    rows = []
    for one in services():
        mode = one.mode(level.services.get(one.key, {}))
        fields = tuple(
            (str(field.label), str(field.label_of(mode[field])), mode[field] != field.normal)
            for field in one.fields
        )
        rows.append(LevelModeRow(one, mode.state.value, fields, one.key in level.services))
    return tuple(rows)


def level_label(code: str) -> str:
    return str(Level(code).label)


@dataclass(frozen=True)
class GridRow:
    """One service across the levels: the state that each gives it."""

    service: Service
    states: tuple[tuple[str, str], ...]


def level_grid(document: PlanDocument) -> tuple[GridRow, ...]:
    """Every service against every level: what a plan does, at a glance."""
    return tuple(
        GridRow(
            one,
            tuple(
                (level.code, one.mode(level.services.get(one.key, {})).state.value)
                for level in document.ordered_levels()
            ),
        )
        for one in services()
    )


CHAPTER_TITLES = {
    "context": _("Context and aims"),
    "risks": _("Priority risks"),
    "scenarios": _("Scenarios"),
    "resources": _("Means and procedures"),
    "strategy": _("Continuity strategy"),
    "crisis_management": _("Crisis management and communication"),
    "exercises": _("Exercises and lessons"),
}


def chapter_rows(document: PlanDocument) -> tuple[tuple[str, str], ...]:
    """The prose of a plan, under the chapters of the SGDSN guide."""
    return tuple((str(CHAPTER_TITLES[key]), text) for key, text in document.chapters.items() if text)
