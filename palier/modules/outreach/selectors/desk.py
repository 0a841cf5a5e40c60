"""What the desk shows of one household: whom to ask for and why, what to say, what happened before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Max, Prefetch
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.organisations.current import current_organisation
from palier.kernel.parameters import value_of
from palier.modules.outreach.enums import AttemptResult, CallState, Debrief
from palier.modules.outreach.models import Attempt, Call, Draft, LineMember, Report
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.rules.parameters import WEEKEND_CALLS
from palier.modules.outreach.rules.reasons import brought_up_to_date, worded
from palier.modules.outreach.rules.scheduling import calling_day
from palier.modules.outreach.selectors.scripts import Spoken, spoken
from palier.modules.outreach.services.desk import MAY_BE_CALLED, MAY_BE_MINE, Seat, wanted
from palier.modules.partners import public as partners
from palier.modules.people import public as people
from palier.modules.referrals import public as referrals

MOST_REFERRALS = 6


@dataclass(frozen=True)
class MemberCard:
    """Somebody to ask for. `markers`: what to bear in mind, empty for whoever may not read it."""

    id: UUID
    name: str
    addressed: str
    age: int | None
    why: tuple[str, ...]
    markers: tuple[str, ...]


@dataclass(frozen=True)
class PastRing:
    """One of the last rings of the household, in a line."""

    at: datetime
    result_label: str
    direction: str
    by_name: str
    wellbeing_label: str
    note: str
    alert_level: str


@dataclass(frozen=True)
class DeskCard:
    """Everything the caller needs for one call, nothing more."""

    call_id: UUID
    campaign: str
    context_label: str
    phone: str
    line_type: str
    slot_label: str
    is_shared: bool
    shared_with: tuple[str, ...]
    language: str
    language_label: str
    residence: str
    residence_id: UUID
    lot: str
    city: str
    members: tuple[MemberCard, ...]
    others: tuple[str, ...]
    lives_alone: bool
    attempts_made: int
    max_attempts: int
    called_back: bool
    past: tuple[PastRing, ...]
    handed: tuple[referrals.ReferralLine, ...]
    script: Spoken
    numbers: tuple[partners.NumberCard, ...]
    cadence_days: int | None
    next_on: date | None
    leased_until: datetime | None
    draft: dict[str, Any]
    draft_is_mine: bool


@dataclass(frozen=True)
class Progress:
    """Where the caller stands today."""

    done: int
    waiting: int
    later: int
    promised: int
    next_promise: datetime | None

    @property
    def total(self) -> int:
        return self.done + self.waiting + self.later + self.promised


@dataclass(frozen=True)
class HardCall:
    """A hard call of mine that nobody has asked about yet."""

    report_id: UUID
    at: datetime


def desk_card(*, call_id: UUID, seat: Seat, actor: Actor, at: datetime) -> DeskCard:
    """Return the page of a household in the caller's hand. A bounded number of queries: see its test.

    Raises: NotFound when this caller does not hold it.
    """
    actor.must(Permission.CALL_MAKE)
    call = (
        Call.objects.select_related("campaign", "line__residence", "line__lot")
        .filter(pk=call_id, state=CallState.IN_CALL, leased_by_id=seat.user_id)
        .first()
    )
    if call is None:
        raise NotFound
    today = localdate(at)
    rows = _members(call)
    points = [point for row in rows for point in row.person.contact_points.all() if point.value == call.phone]
    heard = days_since_heard([row.person_id for row in rows], on=today)
    may_read = actor.may("people:marker:view")
    members = tuple(_member(row, today, heard.get(row.person_id), may_read) for row in rows)
    home = people.household_of_lot(call.line.lot_id, on=today) if call.line.lot_id else ()
    known = {member.id for member in members}
    draft = Draft.objects.filter(call=call).first()
    return DeskCard(
        call_id=call.pk,
        campaign=call.campaign.name,
        context_label=str(call.campaign.get_context_display()),
        phone=call.phone,
        line_type=people.line_type(call.phone) if call.phone else "",
        slot_label=_slot_label(call.slot or call.line.slot),
        is_shared=any(point.is_shared for point in points),
        shared_with=tuple(point.shared_with.name for point in points if point.shared_with),
        language=call.language,
        language_label=_language_label(call.language),
        residence=call.line.residence.name,
        residence_id=call.line.residence_id,
        lot=call.line.lot.code if call.line.lot else "",
        city=call.line.residence.city,
        members=members,
        others=tuple(one.name for one in home if one.person_id not in known),
        lives_alone=len(home) == 1,
        attempts_made=call.attempts_made,
        max_attempts=call.campaign.max_attempts,
        called_back=call.last_result == AttemptResult.CALLBACK_ASKED,
        past=_past(call),
        handed=_handed(known),
        script=_script(call, members, seat),
        numbers=tuple(partners.emergency_numbers()),
        cadence_days=call.line.cadence_days,
        next_on=_next_day(call, today),
        leased_until=call.leased_until,
        draft=dict(draft.content) if draft else {},
        draft_is_mine=draft is None or draft.by_id == seat.user_id,
    )


def _next_day(call: Call, today: date) -> date | None:
    """The day on which the cadence brings this household back, weekends and holidays left out."""
    if call.line.cadence_days is None:
        return None
    weekends = bool(value_of(WEEKEND_CALLS.key, on=today))
    department = call.line.residence.department_code
    return calling_day(
        today + timedelta(days=call.line.cadence_days), department=department, weekends=weekends
    )


def _members(call: Call) -> list[LineMember]:
    """The frail members, in clear, with their numbers and markers. Three queries."""
    point = apps.get_model("people.ContactPoint")
    rows = (
        LineMember.objects.filter(line=call.line_id, person__sealed_at__isnull=True)
        .select_related("person")
        .prefetch_related(
            Prefetch(
                "person__contact_points", point.objects.filter(channel="phone").select_related("shared_with")
            ),
            "person__markers",
        )
        .order_by("-score", "pk")
    )
    return [row for row in rows if row.person.deceased_on is None]


def days_since_heard(person_ids: Iterable[UUID], *, on: date) -> dict[UUID, int]:
    """Return for how many days nobody has spoken to each person, on any line; never heard, they are left out.

    One query.
    """
    rows = LineMember.objects.filter(person__in=list(person_ids), line__last_reached_at__isnull=False)
    last = rows.order_by().values_list("person_id").annotate(Max("line__last_reached_at"))
    return {person: (on - localdate(moment)).days for person, moment in last}


def reasons_on_day(row: LineMember, heard: int | None) -> list[str]:
    """Return why somebody is on the list, in words; `heard`: days without contact as they are now."""
    return worded(brought_up_to_date(row.reasons, heard), marker_label=marker_label)


def _member(row: LineMember, on: date, heard: int | None, may_read_markers: bool) -> MemberCard:
    person = row.person
    in_force = [
        one
        for one in person.markers.all()
        if one.closed_at is None and (one.expires_on is None or one.expires_on > on)
    ]
    why = reasons_on_day(row, heard)
    age = None
    if person.birth_on:
        age = (
            on.year
            - person.birth_on.year
            - ((on.month, on.day) < (person.birth_on.month, person.birth_on.day))
        )
    labels = [str(one.get_nature_display()) for one in in_force]
    told = {text.casefold() for text in why}
    return MemberCard(
        id=person.pk,
        name=person.name,
        addressed=addressed(person),
        age=age,
        why=tuple(why),
        markers=tuple(label for label in labels if label.casefold() not in told) if may_read_markers else (),
    )


def addressed(person: Any) -> str:
    """Return how somebody is asked for on the phone: « Mme Durand »."""
    title = person.get_civility_display() if person.civility else person.given_names
    return f"{title} {person.family_name.title()}".strip()


@cache
def _natures() -> dict[str, Any]:
    field = apps.get_model("people.VulnerabilityMarker")._meta.get_field("nature")
    return dict(field.choices or ())


def marker_label(nature: str) -> str:
    return str(_natures().get(nature, nature))


def _slot_label(slot: str) -> str:
    field = apps.get_model("people.ContactPoint")._meta.get_field("slot")
    return str(dict(field.choices or ()).get(slot, "")) if slot not in ("", "any") else ""


def _language_label(language: str) -> str:
    field = apps.get_model("people.Person")._meta.get_field("language")
    return str(dict(field.choices or ()).get(language, language))


def _past(call: Call) -> tuple[PastRing, ...]:
    """The last three rings of the household, whatever the campaign. One query."""
    rows = Attempt.objects.select_related("report").order_by("-at")
    if call.line.household_id:
        rows = rows.filter(call__line__household_id=call.line.household_id)
    else:
        rows = rows.filter(call__line_id=call.line_id)
    return tuple(past_ring(row) for row in rows[:3])


def past_ring(row: Attempt) -> PastRing:
    """Turn an attempt, with its report joined, into a line."""
    report: Report | None = getattr(row, "report", None)
    return PastRing(
        at=row.at,
        result_label=str(row.get_result_display()),
        direction=row.direction,
        by_name=row.by_name,
        wellbeing_label=str(report.get_wellbeing_display()) if report and report.wellbeing else "",
        note=report.note if report else "",
        alert_level=report.alert_level if report else "0",
    )


def _handed(members: set[UUID]) -> tuple[referrals.ReferralLine, ...]:
    """What became of earlier needs, those still open first. One query a member."""
    lines = [line for one in sorted(members, key=str) for line in referrals.lines_of_person(one)]
    lines.sort(key=lambda line: line.is_closed)
    return tuple(lines[:MOST_REFERRALS])


def _script(call: Call, members: tuple[MemberCard, ...], seat: Seat) -> Spoken:
    who = [member.addressed for member in members]
    said = gettext(" or ").join(who)
    return spoken(
        context=call.campaign.context,
        language=call.language,
        values={"caller": seat.name, "person": said, "residence": call.line.residence.name},
    )


_PROGRESS = f"""
SELECT
    (SELECT count(DISTINCT attempt.call_id) FROM outreach_attempt attempt
     WHERE attempt.by_id = %(user)s AND attempt.at >= %(midnight)s),
    count(*) FILTER (WHERE NOT promised AND NOT later),
    count(*) FILTER (WHERE NOT promised AND later),
    count(*) FILTER (WHERE promised), min(not_before) FILTER (WHERE not_before > %(now)s)
FROM (
    SELECT call.not_before, coalesce(call.not_before > %(now)s, false) AS promised,
           call.not_before IS NULL AND call.slot = ANY (%(later)s) AS later
    FROM outreach_call call
    JOIN outreach_line line ON line.id = call.line_id AND line.state = 'active'
    JOIN outreach_campaign campaign ON campaign.id = call.campaign_id AND campaign.state = 'open'
    WHERE call.state = 'waiting' AND call.phone <> '' AND call.due_on <= %(today)s
      AND {MAY_BE_MINE} AND {MAY_BE_CALLED}
) due
"""


def progress(*, seat: Seat, at: datetime) -> Progress:
    """Return how many calls the caller made today and how many wait for them. Two queries."""
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(_PROGRESS, {**wanted(seat, at=at), "midnight": midnight})
        return Progress(*cursor.fetchone())


def hard_calls(*, seat: Seat, at: datetime) -> list[HardCall]:
    """Return my hard calls of the last two days that I was not asked about: one at a time. One query."""
    rows = Report.objects.filter(
        by_id=seat.user_id, is_hard=True, debrief=Debrief.NOT_ASKED, at__gte=at - timedelta(days=2)
    )
    return [HardCall(row.pk, row.at) for row in rows.order_by("at")[:1]]


def landlord_name() -> str:
    """Return the name of the landlord for whom one calls."""
    return current_organisation().name


@dataclass(frozen=True)
class MemberName:
    """A frail member by name: the choices of a form."""

    id: UUID
    name: str


def members_of(call_id: UUID) -> list[MemberName]:
    """Return the frail members of a household. One query. Raises: NotFound when there is no such call."""
    rows = LineMember.objects.filter(line__calls=call_id, person__sealed_at__isnull=True)
    found = [MemberName(row.person_id, row.person.name) for row in rows.select_related("person")]
    if not found and not Call.objects.filter(pk=call_id).exists():
        raise NotFound
    return found


def is_in_hand(*, call_id: UUID, person_id: UUID, seat: Seat) -> bool:
    """Say whether somebody is of the household that this caller holds."""
    return LineMember.objects.filter(
        person_id=person_id,
        person__sealed_at__isnull=True,
        line__calls__id=call_id,
        line__calls__state=CallState.IN_CALL,
        line__calls__leased_by_id=seat.user_id,
    ).exists()


def language_choices() -> dict[str, str]:
    """Return the languages in which people are addressed, with their names."""
    field = apps.get_model("people.Person")._meta.get_field("language")
    return {str(code): str(label) for code, label in field.choices or ()}
