"""What the pages of plans and levels draw beside their subject."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from palier.kernel.access import Actor
from palier.kernel.modes import ModeAnswer, Place, PlaceKind, Service, modes_of, services
from palier.kernel.places import WHOLE_ORGANISATION
from palier.modules.continuity.enums import CellRole, PlaceKindLabel
from palier.modules.continuity.models import Activation
from palier.modules.continuity.rules.plan_document import ActionCard, LevelDocument, PlanDocument
from palier.modules.continuity.rules.tasks import due_at
from palier.modules.continuity.selectors.plans import PlanRow, plans
from palier.modules.estate import public as estate

#: Too many to choose from in a list: they are named by their code, or come from the residence's own page.
LISTED = (PlaceKind.AGENCY, PlaceKind.RECEPTION, PlaceKind.DEPARTMENT, PlaceKind.COMMUNE)


@dataclass(frozen=True)
class ScopeGroup:
    """Places of one kind, as the choice of a scope lists them."""

    label: str
    choices: tuple[tuple[str, str], ...]


def scope_value(place: Place) -> str:
    """Name a place in an address: nothing for the organisation, else `agency:A01`."""
    return "" if place.ref == WHOLE_ORGANISATION else f"{place.kind}:{place.code or place.id}"


def scope_of(value: str) -> Place:
    """Read what `scope_value` wrote. Raises: PlaceUnknown."""
    kind, _separator, code = value.partition(":")
    return estate.place_of(kind, code) if value else estate.organisation_place()


def scope_groups(chosen: Place) -> tuple[ScopeGroup, ...]:
    """The places where something may be decided, by kind. One query a kind."""
    groups = [ScopeGroup("", (("", str(estate.organisation_place())),))]
    for kind in LISTED:
        found = tuple((scope_value(one), _place_name(one)) for one in estate.places(kind))
        if found:
            groups.append(ScopeGroup(str(PlaceKindLabel(kind.value).label), found))
    if chosen.kind == PlaceKind.RESIDENCE:
        one = ((scope_value(chosen), _place_name(chosen)),)
        groups.append(ScopeGroup(str(PlaceKindLabel.RESIDENCE.label), one))
    return tuple(groups)


def _place_name(place: Place) -> str:
    return f"{place.label} ({place.code})" if place.code and place.code != place.label else str(place)


@dataclass(frozen=True)
class PlanChoice:
    """A plan in force and its levels, to choose from."""

    code: str
    name: str
    levels: tuple[tuple[str, str], ...]


def plan_choices(*, actor: Actor) -> tuple[PlanChoice, ...]:
    rows = [row for row in plans(actor=actor) if row.in_force is not None]
    return tuple(_plan_choice(row) for row in rows)


def _plan_choice(row: PlanRow) -> PlanChoice:
    return PlanChoice(row.code, row.name, tuple((code, row.level_names.get(code, "")) for code in row.levels))


@dataclass(frozen=True)
class CardRow:
    """An action card as people read it."""

    card: ActionCard
    role: str
    deputy: str
    after: tuple[str, ...]
    services: tuple[str, ...]


#: Any morning will do: cards are compared by what their delays add to it.
_MORNING = datetime(2020, 3, 16, 8, tzinfo=UTC)


def card_rows(cards: tuple[ActionCard, ...], level: LevelDocument) -> tuple[CardRow, ...]:
    """The cards as pages show them, the first due first."""
    titles = {one.code: one.title for one in level.tasks}
    names = {one.key: str(one.name) for one in services()}
    return tuple(
        CardRow(
            card,
            role_label(card.role),
            role_label(card.deputy),
            tuple(titles.get(code, code) for code in card.after),
            tuple(names[key] for key in card.services if key in names),
        )
        for card in sorted(
            cards, key=lambda one: due_at(delay=one.delay, activated_at=_MORNING, zone=ZoneInfo("UTC"))
        )
    )


def role_label(role: str) -> str:
    return str(CellRole(role).label) if role in CellRole.values else role


@dataclass(frozen=True)
class SeatRow:
    role: str
    holder: str
    deputy: str
    mission: str


def seat_rows(document: PlanDocument) -> tuple[SeatRow, ...]:
    return tuple(SeatRow(role_label(one.role), one.holder, one.deputy, one.mission) for one in document.cell)


@dataclass(frozen=True)
class StaffRow:
    service: Service
    count: int
    per_dwellings: int | None


def staff_rows(level: LevelDocument) -> tuple[StaffRow, ...]:
    return tuple(
        StaffRow(one, need.count, need.per_dwellings)
        for one in services()
        if (need := level.staff.get(one.key)) is not None
    )


@dataclass(frozen=True)
class AnswerRow:
    """How one service works at a place and what made it so."""

    service: Service
    answer: ModeAnswer
    fields: tuple[tuple[str, str, bool, bool], ...]


def answer_rows(*, place: Place, at: datetime, known_at: datetime | None) -> tuple[AnswerRow, ...]:
    """Every service at a place, as it was or will be, as known then. One query."""
    answers = modes_of(None, [place], at, known_at)
    rows = []
    for one in services():
        answer = answers[one.key, place.ref]
        fields = tuple(
            (
                str(field.label),
                str(field.label_of(answer[field])),
                answer[field] != field.normal,
                field.key in answer.overridden,
            )
            for field in one.fields
        )
        rows.append(AnswerRow(one, answer, fields))
    return tuple(rows)


def decisions_linked(rows: tuple[AnswerRow, ...]) -> dict[str, str]:
    """References of the activations behind the answers, by id. One query."""
    ids = {
        one.change.source_id
        for row in rows
        for one in row.answer.contributions
        if not one.change.beats_activations
    }
    found = Activation.objects.filter(pk__in=ids).values_list("pk", "reference")
    return {str(pk): reference for pk, reference in found}
