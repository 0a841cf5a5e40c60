"""What the pages of campaigns show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.search.providers import sources
from palier.modules.estate import public as estate
from palier.modules.outreach.enums import AttemptResult, CallState, CampaignState, LineEnd, LineState, Trigger
from palier.modules.outreach.models import (
    Call,
    Campaign,
    CampaignCaller,
    Line,
    LineMember,
    Visit,
)
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.rules.reasons import brought_up_to_date, worded
from palier.modules.outreach.selectors import places
from palier.modules.outreach.services.cadence import CALLED_ELSEWHERE
from palier.modules.outreach.workflow import CAMPAIGN
from palier.modules.people import public as people
from palier.modules.staff import public as staff


def marker_label(nature: str) -> str:
    """Return the words of a nature of marker."""
    try:
        return str(people.MarkerNature(nature).label)
    except ValueError:
        return nature


def reasons_of(reasons: Iterable[Mapping[str, Any]], *, heard_at: datetime | None = None) -> list[str]:
    """Return machine reasons as people read them; `heard_at`: the last contact since the list was made."""
    days = (localdate() - localdate(heard_at)).days if heard_at else None
    return worded(brought_up_to_date(reasons, days), marker_label=marker_label)


# Households still called, or called until the campaign closed: a closed campaign keeps its numbers.
_COUNTED = Q(state=LineState.ACTIVE) | Q(ended_because=LineEnd.CAMPAIGN_CLOSED)


def campaign_rows(*, actor: Actor) -> QuerySet[Campaign]:
    """Return the campaigns that an actor may see, the running ones first, with their numbers for a list."""
    lines = Line.objects.filter(_COUNTED, campaign=OuterRef("pk"))
    waiting = Call.objects.filter(campaign=OuterRef("pk"), state=CallState.WAITING)
    return (
        Campaign.objects.visible_to(actor)
        .annotate(
            households=_counted(lines),
            reached=_counted(lines.filter(last_reached_at__isnull=False)),
            waiting=_counted(waiting),
            late=_counted(waiting.filter(due_on__lt=localdate())),
        )
        .order_by(F("closed_at").desc(nulls_first=True), "-starts_on", "name")
    )


def _counted(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("campaign").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


@dataclass(frozen=True)
class CampaignCard:
    """A campaign with what its page says first."""

    id: UUID
    name: str
    state: str
    state_label: str
    trigger: str
    trigger_label: str
    context_label: str
    reason: str
    closing_reason: str
    scope_label: str
    starts_on: date
    last_day: date | None
    owner_name: str
    opened_at: datetime | None
    closed_at: datetime | None
    max_attempts: int
    attempt_days: int
    run_id: UUID | None
    segments: tuple[tuple[str, str, int | None], ...]
    actions: tuple[str, ...]
    is_by_level: bool


def campaign_card(*, campaign_id: UUID, actor: Actor) -> CampaignCard:
    """Return one campaign. Two queries. Raises: NotFound."""
    one = campaign_record(campaign_id=campaign_id, actor=actor)
    return CampaignCard(
        id=one.pk,
        name=one.name,
        state=one.state,
        state_label=str(one.get_state_display()),
        trigger=one.trigger,
        trigger_label=str(one.get_trigger_display()),
        context_label=str(one.get_context_display()),
        reason=one.reason,
        closing_reason=one.closing_reason,
        scope_label=one.scope_label,
        starts_on=one.starts_on,
        last_day=one.ends_on and one.ends_on - timedelta(days=1),
        owner_name=one.owner_name,
        opened_at=one.opened_at,
        closed_at=one.closed_at,
        max_attempts=one.max_attempts,
        attempt_days=one.attempt_days,
        run_id=one.run_id,
        segments=tuple((s.code, s.name, s.cadence_days) for s in one.segments.all()),
        actions=tuple(action.value for action in CAMPAIGN.open_to(one, actor)),
        is_by_level=one.trigger == Trigger.LEVEL,
    )


def campaign_record(*, campaign_id: UUID, actor: Actor) -> Campaign:
    """Raises: NotFound."""
    one = Campaign.objects.visible_to(actor).filter(pk=campaign_id).first()
    if one is None:
        raise NotFound
    return one


@dataclass(frozen=True)
class Progress:
    """Where a campaign stands. Units: households, but for `people` and `attempts`."""

    households: int
    people: int
    reached: int
    to_reach: int
    unreached: int
    visits: int
    late: int
    due_today: int
    ended: int
    elsewhere: int
    open_alerts: int

    @property
    def share(self) -> int:
        """Per cent of the households reached at least once."""
        return round(100 * self.reached / self.households) if self.households else 0


def progress(*, campaign_id: UUID, on: date) -> Progress:
    """Count where a campaign stands. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_PROGRESS, {"campaign": campaign_id, "today": on})
        return Progress(*(int(value) for value in cursor.fetchone()))


_PROGRESS = f"""
WITH active AS (
    SELECT line.* FROM outreach_line line WHERE line.campaign_id = %(campaign)s
      AND (line.state = 'active' OR line.ended_because = 'campaign_closed')
),
last_calls AS (
    SELECT DISTINCT ON (call.line_id) call.line_id, call.state FROM outreach_call call
    JOIN active ON active.id = call.line_id WHERE call.state IN ('reached', 'unreached', 'closed')
    ORDER BY call.line_id, call.round DESC
)
SELECT (SELECT count(*) FROM active),
       (SELECT count(*) FROM outreach_line_member member JOIN active ON active.id = member.line_id),
       (SELECT count(*) FROM active WHERE last_reached_at IS NOT NULL),
       (SELECT count(*) FROM active WHERE last_reached_at IS NULL AND phone <> ''),
       (SELECT count(*) FROM last_calls WHERE state = 'unreached'),
       (SELECT count(*) FROM outreach_visit visit JOIN outreach_line line ON line.id = visit.line_id
        WHERE line.campaign_id = %(campaign)s AND visit.state IN ('to_visit', 'nobody')),
       (SELECT count(*) FROM outreach_call WHERE campaign_id = %(campaign)s AND state = 'waiting'
        AND due_on < %(today)s),
       (SELECT count(*) FROM outreach_call WHERE campaign_id = %(campaign)s AND state = 'waiting'
        AND due_on = %(today)s),
       (SELECT count(*) FROM outreach_line WHERE campaign_id = %(campaign)s AND state = 'ended'),
       (SELECT count(*) FROM active line WHERE line.phone <> '' AND {CALLED_ELSEWHERE}),
       (SELECT count(*) FROM outreach_alert alert JOIN outreach_report report ON report.id = alert.report_id
        JOIN outreach_call call ON call.id = report.call_id
        WHERE call.campaign_id = %(campaign)s AND alert.state <> 'closed')
"""


@dataclass(frozen=True)
class DayLine:
    """One day of a campaign: what was done, or what is planned."""

    day: date
    attempts: int
    reached: int
    planned: int

    @property
    def total(self) -> int:
        return max(self.attempts, self.planned)


def days(*, campaign_id: UUID, on: date, before: int = 14, after: int = 7) -> list[DayLine]:
    """Return what was done each day, and what is planned for the days to come. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (attempt.at AT TIME ZONE 'Europe/Paris')::date, count(*),
                   count(*) FILTER (WHERE attempt.result IN ('answered', 'third_party', 'callback_asked'))
            FROM outreach_attempt attempt JOIN outreach_call call ON call.id = attempt.call_id
            WHERE call.campaign_id = %s AND attempt.at >= %s GROUP BY 1""",
            [campaign_id, on - timedelta(days=before)],
        )
        done = {day: (int(rang), int(reached)) for day, rang, reached in cursor.fetchall()}
        cursor.execute(
            """SELECT greatest(due_on, %s), count(*) FROM outreach_call
            WHERE campaign_id = %s AND state = 'waiting' AND due_on <= %s GROUP BY 1""",
            [on, campaign_id, on + timedelta(days=after)],
        )
        planned = {day: int(count) for day, count in cursor.fetchall()}
    span = [on + timedelta(days=shift) for shift in range(-before, after + 1)]
    known = [DayLine(day, *done.get(day, (0, 0)), planned.get(day, 0)) for day in span]
    return [one for one in known if one.total or one.day == on]


@dataclass(frozen=True)
class SegmentLine:
    """How one segment of a campaign stands."""

    code: str
    name: str
    cadence_days: int | None
    households: int
    people: int
    reached: int


def by_segment(*, campaign_id: UUID) -> list[SegmentLine]:
    """Return how each segment stands, the heaviest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT segment.code, segment.name, segment.cadence_days,
                   count(DISTINCT line.id), count(member.id),
                   count(DISTINCT line.id) FILTER (WHERE line.last_reached_at IS NOT NULL)
            FROM outreach_campaign_segment segment
            LEFT JOIN outreach_line_member member
              ON member.campaign_id = segment.campaign_id AND member.segment_code = segment.code
            LEFT JOIN outreach_line line ON line.id = member.line_id
                 AND (line.state = 'active' OR line.ended_because = 'campaign_closed')
            WHERE segment.campaign_id = %s GROUP BY 1, 2, 3, segment.weight ORDER BY segment.weight DESC, 1""",
            [campaign_id],
        )
        return [SegmentLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class CallerLine:
    """Who calls, and how loaded. `today` and `late` are calls waiting; `made` those of the last seven days."""

    agent_id: UUID
    name: str
    state: str
    daily: int
    languages: tuple[str, ...]
    households: int
    today: int
    late: int
    made: int

    @property
    def is_away(self) -> bool:
        return staff.is_away(self.state)

    @property
    def is_overloaded(self) -> bool:
        return self.today + self.late > self.daily


def callers(*, campaign_id: UUID, at: datetime) -> list[CallerLine]:
    """Return the callers of a campaign with their load. Five queries."""
    on = localdate(at)
    rows = list(CampaignCaller.objects.filter(campaign_id=campaign_id, is_active=True))
    ids = [row.agent_id for row in rows]
    states, names = staff.states_on(ids, on=on), staff.agents_named(ids)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT agent.id,
                (SELECT count(*) FROM outreach_line line
                 WHERE line.campaign_id = %(c)s AND line.caller_id = agent.id AND line.state = 'active'),
                (SELECT count(*) FROM outreach_call call WHERE call.campaign_id = %(c)s
                 AND call.caller_id = agent.id AND call.state = 'waiting' AND call.due_on = %(on)s),
                (SELECT count(*) FROM outreach_call call WHERE call.campaign_id = %(c)s
                 AND call.caller_id = agent.id AND call.state = 'waiting' AND call.due_on < %(on)s),
                (SELECT count(*) FROM outreach_attempt attempt JOIN outreach_call call ON call.id = attempt.call_id
                 WHERE call.campaign_id = %(c)s AND attempt.agent_id = agent.id AND attempt.at > %(week)s)
            FROM unnest(%(agents)s::uuid[]) AS agent (id)""",
            {"c": campaign_id, "on": on, "agents": ids, "week": at - timedelta(days=7)},
        )
        loads = {row[0]: row[1:] for row in cursor.fetchall()}
    lines = [
        CallerLine(
            row.agent_id,
            names[row.agent_id].name,
            states[row.agent_id],
            row.daily_calls,
            tuple(_language(code) for code in row.languages),
            *(int(value) for value in loads[row.agent_id]),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda one: one.name)


def _language(code: str) -> str:
    try:
        return str(people.Language(code).label)
    except ValueError:
        return code


def line_rows(*, campaign_id: UUID, actor: Actor) -> QuerySet[Line]:
    """Return the households of a campaign for a list. A line that covers nobody any more is in no list."""
    actor.must(Permission.CAMPAIGN_VIEW)
    first = LineMember.objects.filter(line=OuterRef("pk"), person__sealed_at__isnull=True).order_by(
        "-score", "pk"
    )
    upcoming = Call.objects.filter(line=OuterRef("pk"), state__in=["waiting", "in_call"])
    return (
        Line.objects.filter(campaign_id=campaign_id)
        .filter(Exists(LineMember.objects.filter(line=OuterRef("pk"))))
        .select_related("residence", "lot", "caller")
        .prefetch_related("members__person")
        .annotate(
            search_key=Subquery(first.values("person__search_key")[:1]),
            next_on=Subquery(upcoming.values("due_on")[:1]),
            people=Count("members", distinct=True),
            attempts=Coalesce(Max("calls__attempts_made"), Value(0)),
            has_visit=Exists(Visit.objects.filter(line=OuterRef("pk"), state__in=["to_visit", "nobody"])),
        )
        .order_by("-score", "pk")
    )


def names_of_line(line: Line) -> str:
    """Return who a household's call covers, for a list; sealed persons are never named."""
    members = sorted(line.members.all(), key=lambda one: -one.score)
    return ", ".join(one.person.name for one in members if one.person.sealed_at is None)


def reasons_of_line(line: Line) -> str:
    """Return why a household is listed, in one line."""
    members = sorted(line.members.all(), key=lambda one: -one.score)
    return " ; ".join(
        ", ".join(reasons_of(one.reasons, heard_at=line.last_reached_at))
        for one in members
        if one.person.sealed_at is None
    )


@dataclass(frozen=True)
class MemberCard:
    """A person whom a line covers, with why."""

    person_id: UUID
    name: str
    segment_code: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class LineCard:
    """A household of a campaign. `kept_by` names the campaign that calls its number instead of this one."""

    id: UUID
    campaign_id: UUID
    campaign_name: str
    phone: str
    slot: str
    language: str
    score: int
    cadence_days: int | None
    caller: str
    state: str
    ended_label: str
    residence_id: UUID
    residence: str
    lot_code: str
    members: tuple[MemberCard, ...]
    kept_by: str
    calls: tuple[Call, ...]
    is_active: bool


def line_card(*, line_id: UUID, actor: Actor) -> LineCard:
    """Return one household with its calls. Five queries. Raises: NotFound."""
    line = (
        Line.objects.filter(campaign__in=Campaign.objects.visible_to(actor))
        .select_related("campaign", "residence", "lot", "caller")
        .prefetch_related("members__person")
        .filter(pk=line_id)
        .first()
    )
    members = (
        tuple(_member(one, line) for one in line.members.all() if one.person.sealed_at is None)
        if line
        else ()
    )
    if line is None or not members:
        raise NotFound
    return LineCard(
        id=line.pk,
        campaign_id=line.campaign_id,
        campaign_name=line.campaign.name,
        phone=line.phone,
        slot=str(people.Slot(line.slot).label) if line.slot in people.Slot.values else "",
        language=_language(line.language),
        score=line.score,
        cadence_days=line.cadence_days,
        caller=line.caller.name if line.caller else "",
        state=line.state,
        ended_label=str(LineEnd(line.ended_because).label) if line.ended_because else "",
        residence_id=line.residence_id,
        residence=line.residence.name,
        lot_code=line.lot.code if line.lot else "",
        members=members,
        kept_by=kept_by([line.pk]).get(line.pk, ""),
        calls=tuple(line.calls.select_related("caller").order_by("-round")[:20]),
        is_active=line.state == LineState.ACTIVE,
    )


def _member(one: LineMember, line: Line) -> MemberCard:
    reasons = reasons_of(one.reasons, heard_at=line.last_reached_at)
    return MemberCard(one.person_id, one.person.name, one.segment_code, tuple(reasons))


def kept_by(line_ids: list[UUID]) -> dict[UUID, str]:
    """Return the campaign that calls the number of each of these lines instead of their own. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT ON (line.id) line.id, elsewhere.name
            FROM outreach_line line
            JOIN outreach_line other ON other.phone = line.phone AND other.state = 'active' AND other.id <> line.id
            JOIN outreach_campaign elsewhere ON elsewhere.id = other.campaign_id AND elsewhere.state = 'open'
            WHERE line.id = ANY (%s) AND line.phone <> '' AND line.state = 'active'
              AND (coalesce(other.cadence_days, 9999), -other.score, other.id)
                < (coalesce(line.cadence_days, 9999), -line.score, line.id)
            ORDER BY line.id, coalesce(other.cadence_days, 9999), other.score DESC, other.id""",
            [line_ids],
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class OfPerson:
    """Where a person stands in one campaign, for their page."""

    line_id: UUID
    campaign_id: UUID
    campaign: str
    is_active: bool
    ended_label: str
    reasons: tuple[str, ...]
    caller: str
    cadence_days: int | None
    next_on: date | None
    last_reached_at: datetime | None
    last_result: str


def of_person(*, person_id: UUID, limit: int = 4) -> list[OfPerson]:
    """Return the campaigns that list a person, the running ones first. One query."""
    upcoming = Call.objects.filter(line=OuterRef("line"), state__in=["waiting", "in_call"])
    past = Call.objects.filter(line=OuterRef("line")).exclude(last_result="").order_by("-round")
    rows = (
        LineMember.objects.filter(person_id=person_id, person__sealed_at__isnull=True)
        .select_related("line__campaign", "line__caller")
        .annotate(
            next_on=Subquery(upcoming.values("due_on")[:1]),
            last_result=Subquery(past.values("last_result")[:1]),
        )
        .order_by(F("line__ended_at").desc(nulls_first=True), "-line__pk")[:limit]
    )
    return [_of_person(one) for one in rows]


def _of_person(one: Any) -> OfPerson:
    line = one.line
    return OfPerson(
        line.pk,
        line.campaign_id,
        line.campaign.name,
        line.state == LineState.ACTIVE,
        str(LineEnd(line.ended_because).label) if line.ended_because else "",
        tuple(reasons_of(one.reasons, heard_at=line.last_reached_at)),
        line.caller.name if line.caller else "",
        line.cadence_days,
        one.next_on,
        line.last_reached_at,
        str(AttemptResult(one.last_result).label) if one.last_result else "",
    )


@dataclass(frozen=True)
class OfResidence:
    """How calls stand in a residence, for its page."""

    households: int
    reached: int
    to_visit: int
    late: int


def of_residence(*, residence_id: UUID, on: date) -> OfResidence | None:
    """Count the households called in a residence; None when nobody is. One query."""
    lines = Line.objects.filter(
        residence_id=residence_id, state=LineState.ACTIVE, campaign__state=CampaignState.OPEN
    )
    waiting = Q(calls__state=CallState.WAITING, calls__due_on__lt=on)
    visits = Q(visits__state__in=["to_visit", "nobody"])
    counted = lines.aggregate(
        households=Count("pk", distinct=True),
        reached=Count("pk", distinct=True, filter=Q(last_reached_at__isnull=False)),
        to_visit=Count("pk", distinct=True, filter=visits),
        late=Count("pk", distinct=True, filter=waiting),
    )
    return OfResidence(**counted) if counted["households"] else None


def scope_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the places that a campaign may call, by kind, for a form: `kind:id`. Five queries."""
    whole = estate.organisation_place()
    groups: list[tuple[str, list[tuple[str, str]]]] = [("", [("organisation:", whole.label)])]
    groups.append(("agency", [(f"agency:{one.id}", one.name) for one in estate.agencies()]))
    for kind in ("department", "commune", "residence"):
        groups.append((kind, [(f"{kind}:{one.id}", one.label or one.code) for one in estate.places(kind)]))
    groups.append(("district", [(f"district:{id}", name) for id, name in places.districts()]))
    return [(kind, rows) for kind, rows in groups if rows]


def possible_callers(*, on: date) -> list[tuple[UUID, str, str, bool]]:
    """Return the agents who could call: (id, name, trade, used to speaking with tenants), the latter first."""
    trades = (
        "social_adviser",
        "social_worker",
        "adviser",
        "receptionist",
        "collection_officer",
        "letting_officer",
    )
    rank = {trade: place for place, trade in enumerate(trades)}
    cards = sorted(staff.crisis_directory(on=on), key=lambda one: (rank.get(one.job, len(rank)), one.name))
    return [(one.id, one.name, one.job_title or one.job_label, one.job in rank) for one in cards]


@dataclass(frozen=True)
class Found:
    """Somebody that a search found, to be put on a list."""

    id: UUID
    name: str
    where: str


def find_people(*, text: str, actor: Actor, limit: int = 10) -> list[Found]:
    """Return the tenants who resemble a text; only those whom the actor may see."""
    source = next((one for one in sources() if one.key == "people.person"), None)
    if source is None or not actor.may(source.permission):
        return []
    hits = source.find(text=text, actor=actor, limit=limit)
    return [Found(UUID(hit.url.rstrip("/").rsplit("/", 1)[-1]), hit.label, hit.detail) for hit in hits]


class PersonNotChosen(DomainError):
    code = "outreach.person-not-chosen"
    message = _("Search, then choose the person to add.")


def person_id_of(text: str) -> UUID:
    """Read the id that a page posted. Raises: PersonNotChosen."""
    try:
        return UUID(text)
    except ValueError:
        raise PersonNotChosen from None


def chosen_callers(*, campaign_id: UUID) -> dict[UUID, tuple[int, list[str]]]:
    """Return who calls for a campaign: {agent: (households a day, languages)}. One query."""
    rows = CampaignCaller.objects.filter(campaign_id=campaign_id, is_active=True)
    return {row.agent_id: (row.daily_calls, list(row.languages)) for row in rows}


def name_of(*, campaign_id: UUID, actor: Actor) -> str | None:
    """Return the name of a campaign that an actor may see, None otherwise."""
    return Campaign.objects.visible_to(actor).filter(pk=campaign_id).values_list("name", flat=True).first()


def rebalancing_words(foreseen: Any) -> list[str]:
    """Return what rebalancing would do, one sentence a caller. One query."""
    names = staff.agents_named([one for one, _n in (*foreseen.away, *foreseen.to) if one])
    if not foreseen.waiting:
        return [gettext("Nobody with calls today is away: only calls lent earlier go back to their caller.")]
    said = [
        ngettext(
            "%(n)d call of %(name)s, who is away, changes hands.",
            "%(n)d calls of %(name)s, who is away, change hands.",
            count,
        )
        % {"n": count, "name": names[agent].name if agent else gettext("nobody")}
        for agent, count in foreseen.away
    ]
    if not foreseen.to:
        return [*said, gettext("Nobody else is there to take them: add a caller first.")]
    return said + [
        ngettext("%(name)s takes %(n)d call.", "%(name)s takes %(n)d calls.", count)
        % {"n": count, "name": names[agent].name}
        for agent, count in foreseen.to
    ]
