"""Who is calling: by the number first, by the name when it is unknown."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.db.models import Q
from django.utils.timezone import localdate

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.modules.outreach.enums import CallState, CampaignState
from palier.modules.outreach.models import Attempt, Call, Campaign, LineMember
from palier.modules.outreach.selectors.desk import PastRing, past_ring
from palier.modules.people import public as people
from palier.modules.referrals import public as referrals

MOST = 8


@dataclass(frozen=True)
class KnownLine:
    """A line that covers somebody, with whoever holds it now."""

    id: UUID
    campaign: str
    state_label: str
    is_active: bool
    in_hand_of: str


@dataclass(frozen=True)
class Caller:
    """Somebody who may be calling, with the last calls and what is open."""

    person_id: UUID
    name: str
    birth_year: int | None
    residence: str
    lot: str
    by_number: bool
    lines: tuple[KnownLine, ...]
    past: tuple[PastRing, ...]
    handed: tuple[referrals.ReferralLine, ...]


@dataclass(frozen=True)
class Found:
    """The answer to a number or a name. `number`: as it is kept, "" when what was typed is no number."""

    number: str
    callers: tuple[Caller, ...]
    ask_the_referent: bool = False


def find(*, text: str, actor: Actor, at: datetime) -> Found:
    """Return who may be calling, from a number in any format or a name. A bounded number of queries.

    A sealed person is found by nobody; an exact match of a reference says to ask the referent, as elsewhere.
    """
    number = people.normal_phone(text) if _looks_like_number(text) else None
    if number is not None:
        return Found(number, _callers(Q(contact_points__value=number, contact_points__channel="phone",
                                        contact_points__ended_on=None), actor, at, by_number=True))  # fmt: skip
    found = people.recognise(actor=actor, family_name=text, reference=text)
    wanted = [one.id for one in found.candidates]
    return Found("", _callers(Q(pk__in=wanted), actor, at, by_number=False), found.ask_the_referent)


def _looks_like_number(text: str) -> bool:
    return sum(sign.isdigit() for sign in text) >= 6 and not any(sign.isalpha() for sign in text)


def _callers(condition: Q, actor: Actor, at: datetime, *, by_number: bool) -> tuple[Caller, ...]:
    person = apps.get_model("people.Person")
    rows = list(person.objects.visible_to(actor).filter(condition).distinct().order_by("search_key")[:MOST])
    ids = [row.pk for row in rows]
    homes = people.homes_of(ids, on=localdate(at))
    lines, past = _lines(ids), _past(ids)
    return tuple(
        Caller(
            person_id=row.pk,
            name=row.name,
            birth_year=row.birth_on.year if row.birth_on else None,
            residence=homes[row.pk].residence_name if row.pk in homes else "",
            lot=homes[row.pk].lot_code if row.pk in homes else "",
            by_number=by_number,
            lines=tuple(lines.get(row.pk, ())),
            past=tuple(past.get(row.pk, ())[:3]),
            handed=tuple(one for one in referrals.lines_of_person(row.pk) if not one.is_closed)[:4],
        )
        for row in rows
    )


def _lines(person_ids: list[UUID]) -> dict[UUID, list[KnownLine]]:
    """Lines of open campaigns, by person. Two queries."""
    rows = LineMember.objects.filter(
        person__in=person_ids, campaign__state__in=[CampaignState.OPEN, CampaignState.PAUSED]
    ).select_related("line", "campaign")
    held = dict(
        Call.objects.filter(line__members__person__in=person_ids, state=CallState.IN_CALL).values_list(
            "line_id", "leased_by_name"
        )
    )
    found: dict[UUID, list[KnownLine]] = {}
    for row in rows:
        line = row.line
        found.setdefault(row.person_id, []).append(
            KnownLine(
                id=line.pk,
                campaign=row.campaign.name,
                state_label=str(line.get_state_display()),
                is_active=line.state == "active",
                in_hand_of=held.get(line.pk, ""),
            )
        )
    return found


def _past(person_ids: list[UUID]) -> dict[UUID, list[PastRing]]:
    """The last rings that covered each person. One query."""
    rows = (
        Attempt.objects.filter(call__line__members__person__in=person_ids)
        .select_related("report")
        .extra(select={"person": "outreach_line_member.person_id"})
        .order_by("-at")[: MOST * 6]
    )
    found: dict[UUID, list[PastRing]] = {}
    for row in rows:
        found.setdefault(row.person, []).append(past_ring(row))  # type: ignore[attr-defined]
    return found


def open_campaigns() -> list[tuple[UUID, str]]:
    """Return the campaigns in progress, the latest first. One query."""
    rows = Campaign.objects.filter(state=CampaignState.OPEN).order_by("-starts_on", "name")
    return list(rows.values_list("pk", "name"))


def check_person(*, person_id: UUID, actor: Actor) -> None:
    """Make sure that somebody is known to this actor. One query. Raises: NotFound."""
    person = apps.get_model("people.Person")
    if not person.objects.visible_to(actor).filter(pk=person_id).exists():
        raise NotFound
