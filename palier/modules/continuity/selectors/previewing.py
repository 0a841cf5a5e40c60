"""What somebody asks to preview: words of an address turned into a plan, a level and a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from palier.kernel.access import Actor
from palier.kernel.modes import Place
from palier.modules.continuity.models import Activation
from palier.modules.continuity.selectors.activations import ActivationUnknown
from palier.modules.continuity.selectors.pages import (
    CardRow,
    PlanChoice,
    ScopeGroup,
    card_rows,
    plan_choices,
    scope_groups,
    scope_of,
    scope_value,
)
from palier.modules.continuity.selectors.plans import level_of, version_in_force
from palier.modules.continuity.selectors.preview import Preview, preview_level, preview_lift
from palier.modules.continuity.services.activations import place_of
from palier.modules.estate import public as estate


@dataclass(frozen=True)
class Asked:
    """What is asked and, when it is complete, its numbers. `standing_*`: what is already active there."""

    plans: tuple[PlanChoice, ...]
    plan: str
    level: str
    scope: Place
    scope_value: str
    groups: tuple[ScopeGroup, ...]
    preview: Preview | None = None
    cards: tuple[CardRow, ...] = ()
    review_on: date | None = None
    legal_basis: str = ""
    standing_id: UUID | None = None
    standing_reference: str = ""
    standing_level: str = ""
    proposal_id: UUID | None = None
    proposal_reason: str = ""

    @property
    def same_level(self) -> bool:
        return self.standing_id is not None and self.standing_level == self.level


def nothing_asked(*, actor: Actor) -> Asked:
    scope = estate.organisation_place()
    return Asked(plan_choices(actor=actor), "", "", scope, "", scope_groups(scope))


def asked(words: Mapping[str, str], *, actor: Actor, at: datetime) -> Asked:
    """Read `plan`, `level`, `scope` and `proposal`; preview when plan and level are there.

    Raises: PlanUnknown, NoPlanInForce, LevelUnknown, PlaceUnknown.
    """
    plans, scope = plan_choices(actor=actor), scope_of(words.get("scope", ""))
    plan, level = words.get("plan", ""), words.get("level", "")
    if not plan and len(plans) == 1:
        plan = plans[0].code
    empty = Asked(plans, plan, level, scope, scope_value(scope), scope_groups(scope))
    if not plan or not level:
        return empty
    version = version_in_force(code=plan, actor=actor)
    chosen = level_of(version, level)
    standing = _standing(plan, scope)
    changed = standing if standing is not None and standing.level != level else None
    shown = preview_level(version=version, level=chosen, scope=scope, at=at, activation=changed)
    proposal = _proposal(words.get("proposal", ""), actor)
    return Asked(
        plans,
        plan,
        level,
        scope,
        scope_value(scope),
        empty.groups,
        preview=shown,
        cards=card_rows(shown.cards, chosen),
        review_on=timezone.localdate(at) + timedelta(days=chosen.review_days),
        standing_id=standing.pk if standing else None,
        standing_reference=standing.reference if standing else "",
        standing_level=standing.level if standing else "",
        proposal_id=proposal.pk if proposal else None,
        proposal_reason=proposal.reason if proposal else "",
    )


def _standing(plan: str, scope: Place) -> Activation | None:
    found = Activation.objects.standing().real().select_related("plan", "plan_version")
    return found.filter(plan__code=plan, scope_kind=scope.kind, scope_id=scope.id).first()


def _proposal(proposal_id: str, actor: Actor) -> Activation | None:
    try:
        wanted = UUID(proposal_id)
    except ValueError:
        return None
    return Activation.objects.visible_to(actor).filter(pk=wanted, state="proposed").first()


def lift(*, activation_id: UUID, actor: Actor, at: datetime) -> Preview:
    """What lifting an activation would do. Raises: ActivationUnknown."""
    found = (
        Activation.objects.visible_to(actor)
        .select_related("plan", "plan_version__plan")
        .filter(pk=activation_id)
        .first()
    )
    if found is None:
        raise ActivationUnknown()
    return preview_lift(activation=found, scope=place_of(found), at=at)


@dataclass(frozen=True)
class MomentAsked:
    """A place and a time to explain; `known_at` None: as everything is known today."""

    place: Place
    scope_value: str
    groups: tuple[ScopeGroup, ...]
    at: datetime
    known_at: datetime | None
    is_now: bool


def moment_asked(words: Mapping[str, str], *, now: datetime) -> MomentAsked:
    """Read `scope`, `at` and `known_at`; what cannot be read counts as now. Raises: PlaceUnknown."""
    place = scope_of(words.get("scope", ""))
    at, known_at = _moment(words.get("at", "")), _moment(words.get("known_at", ""))
    return MomentAsked(place, scope_value(place), scope_groups(place), at or now, known_at, at is None)


def _moment(words: str) -> datetime | None:
    try:
        read = parse_datetime(words) if words else None
    except ValueError:
        return None
    return timezone.make_aware(read) if read is not None and timezone.is_naive(read) else read
