"""Campaigns with good defaults, made by SQL so that a test of thousands of households stays quick."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection

from palier.modules.outreach.models import (
    Call,
    Campaign,
    CampaignCaller,
    CampaignSegment,
    Line,
    LineMember,
    Segment,
)
from palier.modules.people.tests.factories import a_lease, a_lot, a_person, a_phone, a_residence

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday."""
TODAY = date(2026, 11, 23)
_numbers = count(1)
SENIORS: dict[str, Any] = {"any": [{"all": [{"input": "age", "at_least": 75}]}]}


def make_segment(code: str = "A", **given: Any) -> Segment:
    known = Segment.objects.filter(code=code).first()
    values = {
        "name": f"Segment {code}",
        "criteria": SENIORS,
        "weight": 100,
        "cadence_days": 7,
        "changed_at": AT,
        "changed_by": "Test",
    }
    return known or Segment.objects.create(code=code, **{**values, **given})


def make_campaign(*, lines: int = 0, callers: Any = (), with_calls: bool = True, **given: Any) -> Campaign:
    """An open campaign of the organisation, `lines` households of one frail member each, due today.

    `callers`: agents. The n-th household has the number +3363998xxxx, a person « DURANDn Marie » and a score of
    200 - n, so that the order of the desk is known.
    """
    number = next(_numbers)
    values = {
        "name": f"Campagne {number}",
        "scope_kind": "organisation",
        "scope_label": "Alpha Habitat",
        "starts_on": TODAY,
        "state": "open",
        "created_at": AT,
        "opened_at": AT,
        "owner_name": "Camille Ferrand",
    }
    campaign = Campaign.objects.create(**{**values, **given})
    segment = make_segment()
    CampaignSegment.objects.create(
        campaign=campaign,
        segment=segment,
        code=segment.code,
        name=segment.name,
        version=segment.version,
        criteria=segment.criteria,
        weight=segment.weight,
        cadence_days=segment.cadence_days,
    )
    for agent in callers:
        CampaignCaller.objects.create(campaign=campaign, agent=agent)
    if lines:
        _households(campaign, lines, number)
        if with_calls:
            _calls(campaign)
    return campaign


def add_line(campaign: Campaign, *persons: Any, phone: str = "", **given: Any) -> Line:
    """A line that covers these persons (one new person when none is given), without a call."""
    people = persons or (a_person(f"Martin{next(_numbers)}", birth_on=date(1941, 5, 4)),)
    for person in people:
        if not person.parties.exists():
            a_lease(person)
    party = people[0].parties.select_related("lease__lot").first()
    if phone and not people[0].contact_points.filter(value=phone).exists():
        a_phone(people[0], phone)
    line = Line.objects.create(
        campaign=campaign,
        household=party.lease.household,
        lot=party.lease.lot,
        residence_id=party.lease.lot.residence_id,
        phone=phone,
        **{"segment_code": "A", "cadence_days": 7, "score": 100, **given},
    )
    for person in people:
        LineMember.objects.create(line=line, campaign=campaign, person=person, segment_code="A", score=100)
    return line


def add_call(line: Line, **given: Any) -> Call:
    """A waiting call of a line, due today."""
    values = {"phone": line.phone, "due_on": TODAY, "score": line.score, "caller_id": line.caller_id}
    return Call.objects.create(line=line, campaign_id=line.campaign_id, **{**values, **given})


def reached(call: Call, at: datetime | None = None) -> Call:
    """End a call as reached, as the desk would."""
    call.state, call.ended_at, call.last_attempt_at = "reached", at or AT, at or AT
    call.save(update_fields=["state", "ended_at", "last_attempt_at"])
    Line.objects.filter(pk=call.line_id).update(last_reached_at=at or AT)
    return call


def days_ago(days: int) -> datetime:
    return AT - timedelta(days=days)


_HOUSEHOLDS = """
WITH n AS (SELECT generate_series(1, %(lines)s) AS i),
lots AS (
    INSERT INTO estate_lot (id, code, residence_id, kind, status)
    SELECT public.uuid7(), 'L%(number)s-' || i, %(residence)s, 'dwelling', 'occupied' FROM n
    RETURNING id, code
),
homes AS (
    INSERT INTO people_household (id, external_key) SELECT public.uuid7(), 'H%(number)s-' || i FROM n
    RETURNING id, external_key
),
persons AS (
    INSERT INTO people_person (id, family_name, given_names, birth_on, household_id, external_key)
    SELECT public.uuid7(), 'Durand' || i, 'Marie', '1941-05-04', homes.id, 'P%(number)s-' || i
    FROM n JOIN homes ON homes.external_key = 'H%(number)s-' || i
    RETURNING id, household_id, external_key
),
leases AS (
    INSERT INTO people_lease (id, reference, lot_id, nature, entered_on, household_id)
    SELECT public.uuid7(), 'C%(number)s-' || i, lots.id, 'conventioned', '2015-01-01', homes.id
    FROM n JOIN lots ON lots.code = 'L%(number)s-' || i JOIN homes ON homes.external_key = 'H%(number)s-' || i
    RETURNING id, household_id
),
parties AS (
    INSERT INTO people_lease_party (id, lease_id, person_id, role, since)
    SELECT public.uuid7(), leases.id, persons.id, 'holder', '2015-01-01'
    FROM leases JOIN persons USING (household_id)
),
phones AS (
    INSERT INTO people_contact_point (id, person_id, channel, value, line_type)
    SELECT public.uuid7(), persons.id, 'phone', '+336' || (39980000 + %(number)s * 100000 + i), 'mobile'
    FROM n JOIN persons ON persons.external_key = 'P%(number)s-' || i
),
lines AS (
    INSERT INTO outreach_line (id, campaign_id, household_id, lot_id, residence_id, phone, score, segment_code,
                               cadence_days)
    SELECT public.uuid7(), %(campaign)s, homes.id, lots.id, %(residence)s,
           '+336' || (39980000 + %(number)s * 100000 + i), 200 - i, 'A', 7
    FROM n JOIN lots ON lots.code = 'L%(number)s-' || i JOIN homes ON homes.external_key = 'H%(number)s-' || i
    RETURNING id, household_id, score
)
INSERT INTO outreach_line_member (id, line_id, campaign_id, person_id, segment_code, score, reasons)
SELECT public.uuid7(), lines.id, %(campaign)s, persons.id, 'A', lines.score, '[]'
FROM lines JOIN persons USING (household_id)
"""


def _households(campaign: Campaign, lines: int, number: int) -> None:
    residence = a_residence()
    with connection.cursor() as cursor:
        cursor.execute(
            _HOUSEHOLDS.replace("%(number)s", str(number)),
            {"lines": lines, "residence": residence.pk, "campaign": campaign.pk},
        )


def _calls(campaign: Campaign) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO outreach_call (line_id, campaign_id, phone, due_on, score)
            SELECT id, campaign_id, phone, %s, score FROM outreach_line WHERE campaign_id = %s AND phone <> ''""",
            [campaign.starts_on, campaign.pk],
        )


__all__ = [
    "AT", "SENIORS", "TODAY", "a_lease", "a_lot", "a_person", "a_phone", "a_residence", "add_call", "add_line",
    "days_ago", "make_campaign", "make_segment", "reached",
]  # fmt: skip
