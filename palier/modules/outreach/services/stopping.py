"""No call after a death, a departure, a seal or an objection: lines end, waiting calls are cancelled at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.keys.scrubbing import SealedSubject, scrubs
from palier.modules.outreach.enums import LineEnd
from palier.modules.outreach.models import FollowedPerson
from palier.modules.people import public as people

# The number on which the people left on a line may be called: preferred first, never an unsafe or a dead one.
_BEST_NUMBER = """
    SELECT point.value FROM outreach_line_member member
    JOIN people_contact_point point ON point.person_id = member.person_id AND point.channel = 'phone'
    WHERE member.line_id = line.id AND NOT point.is_unsafe
      AND coalesce(point.ended_on, 'infinity'::date) > current_date
    ORDER BY (point.value = line.phone) DESC, point.is_preferred DESC, point.is_shared, point.id LIMIT 1
"""


@transaction.atomic
def end_lines_of_persons(person_ids: Iterable[UUID | str], because: str, at: datetime, by: Actor) -> int:
    """Take persons off every list; a line left without anybody ends, with its waiting calls and open visits.

    A line that still covers somebody else goes on, on a number of theirs. A call in somebody's hand stays there (its
    line says why it ended), except that of a protected person, which is taken back. `because`: a `LineEnd`.
    Returns: how many lines ended.
    """
    gone, reason = [UUID(str(one)) for one in person_ids], LineEnd(because)
    lines = _lock_active_lines(gone)
    if not lines:
        return 0
    if reason == LineEnd.PROTECTED:
        _leave_no_trace()
    _run(
        """DELETE FROM outreach_line_member member WHERE member.line_id = ANY (%s) AND member.person_id = ANY (%s)
           AND EXISTS (SELECT FROM outreach_line_member other
                       WHERE other.line_id = member.line_id AND NOT other.person_id = ANY (%s))
           RETURNING member.id""",
        [lines, gone, gone],
    )
    ended = _run(
        """UPDATE outreach_line line SET state = 'ended', ended_because = %s, ended_at = %s
        WHERE line.id = ANY (%s) AND NOT EXISTS (
            SELECT FROM outreach_line_member other
            WHERE other.line_id = line.id AND NOT other.person_id = ANY (%s))
        RETURNING line.id""",
        [reason.value, at, lines, gone],
    )
    cancel_plans(ended, because=reason.value, at=at, in_hand=reason == LineEnd.PROTECTED)
    _move_to_other_numbers([line for line in lines if line not in set(ended)], at)
    journal.record("outreach.line.stop", by=by, at=at, because=reason.value, lines=len(ended))
    return len(ended)


def _lock_active_lines(persons: Sequence[UUID]) -> list[UUID]:
    return _run(
        """SELECT id FROM outreach_line WHERE state = 'active' AND id IN (
               SELECT line_id FROM outreach_line_member WHERE person_id = ANY (%s))
           ORDER BY id FOR UPDATE""",
        [list(persons)],
    )


def cancel_plans(line_ids: Sequence[UUID], *, because: str, at: datetime, in_hand: bool = False) -> int:
    """Cancel the waiting calls of lines, and the visits that nobody has made. `in_hand`: calls being made too.

    Returns: how many calls were cancelled.
    """
    states = ["waiting", "in_call"] if in_hand else ["waiting"]
    calls = _run(
        """UPDATE outreach_call SET state = 'cancelled', ended_at = %s, ended_because = %s, leased_by_id = NULL,
               leased_until = NULL, leased_by_name = ''
        WHERE line_id = ANY (%s) AND state = ANY (%s) RETURNING id""",
        [at, because, list(line_ids), states],
    )
    _run(
        """UPDATE outreach_visit SET state = 'cancelled', ended_at = %s
        WHERE line_id = ANY (%s) AND state IN ('to_visit', 'nobody') RETURNING id""",
        [at, list(line_ids)],
    )
    return len(calls)


def _move_to_other_numbers(line_ids: Sequence[UUID], at: datetime) -> None:
    """Call the people who remain on a number of their own; without any, their next round is a visit at the door.

    A number that another line of the campaign calls already is not taken twice.
    """
    _run(
        f"""UPDATE outreach_line line SET phone = coalesce((
            SELECT best.value FROM ({_BEST_NUMBER}) best
            WHERE NOT EXISTS (
                SELECT FROM outreach_line twin WHERE twin.campaign_id = line.campaign_id
                AND twin.phone = best.value AND twin.id <> line.id)), '')
        WHERE line.id = ANY (%s) RETURNING line.id""",
        [list(line_ids)],
    )
    _run(
        """UPDATE outreach_call call SET phone = line.phone FROM outreach_line line
        WHERE line.id = call.line_id AND line.id = ANY (%s) AND call.state = 'waiting' AND line.phone <> ''
        RETURNING call.id""",
        [list(line_ids)],
    )
    unreachable = _run(
        "SELECT id FROM outreach_line WHERE id = ANY (%s) AND phone = '' ORDER BY id", [list(line_ids)]
    )
    if unreachable:
        _run(
            """UPDATE outreach_call SET state = 'cancelled', ended_at = %s, ended_because = 'no_number'
            WHERE line_id = ANY (%s) AND state = 'waiting' RETURNING id""",
            [at, unreachable],
        )


@transaction.atomic
def forget_person(*, person_id: UUID, by: Actor, at: datetime) -> None:
    """Forget a person who was sealed: no list, number, reason or note of hers stays, past campaigns included.

    What was said in calls that covered her goes too: a note may name her. Her dwelling stays in the counts.
    """
    end_lines_of_persons([person_id], LineEnd.PROTECTED, at, by)
    _leave_no_trace()
    hers = _run("SELECT DISTINCT line_id FROM outreach_line_member WHERE person_id = %s", [person_id])
    _run("DELETE FROM outreach_need WHERE person_id = %s RETURNING id", [person_id])
    _run("DELETE FROM outreach_followed_person WHERE person_id = %s RETURNING id", [person_id])
    _run("DELETE FROM outreach_line_member WHERE person_id = %s RETURNING id", [person_id])
    _forget_texts(hers)
    _run(
        f"""UPDATE outreach_line line SET phone = '' WHERE line.id = ANY (%s)
        AND line.phone IS DISTINCT FROM ({_BEST_NUMBER}) RETURNING line.id""",
        [hers],
    )
    _run(
        """UPDATE outreach_call call SET phone = line.phone FROM outreach_line line
        WHERE line.id = call.line_id AND line.id = ANY (%s) AND call.phone <> line.phone RETURNING call.id""",
        [hers],
    )
    _run(
        """UPDATE outreach_line line SET household_id = NULL, lot_id = NULL WHERE line.id = ANY (%s)
        AND NOT EXISTS (SELECT FROM outreach_line_member other WHERE other.line_id = line.id) RETURNING line.id""",
        [hers],
    )
    _run(
        """UPDATE outreach_visit visit SET lot_id = NULL FROM outreach_line line
        WHERE line.id = visit.line_id AND line.id = ANY (%s) AND line.lot_id IS NULL RETURNING visit.id""",
        [hers],
    )


def _leave_no_trace() -> None:
    """Until the end of this transaction, the history copies nothing: it would keep what is being forgotten."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('palier.bulk_load', 'on', true)")


@scrubs("outreach_line_member")
def forget_in_reasons(subject: SealedSubject) -> int:
    """Take off the reasons written by hand, on somebody else's line, that name her."""
    _leave_no_trace()
    changed = _run(
        """UPDATE outreach_line_member member SET reasons = (
               SELECT coalesce(jsonb_agg(reason), '[]'::jsonb) FROM jsonb_array_elements(member.reasons) AS reason
               WHERE NOT coalesce(public.search_key(reason ->> 'why') ~ %s, false))
        WHERE public.search_key(member.reasons::text) ~ %s RETURNING member.id""",
        [subject.pattern, subject.pattern],
    )
    _run("SELECT set_config('palier.bulk_load', 'off', true)", [])
    return len(changed)


def _forget_texts(lines: Sequence[UUID]) -> None:
    for statement in (
        """UPDATE outreach_report report SET note = '' FROM outreach_call call
           WHERE call.id = report.call_id AND call.line_id = ANY (%s) AND note <> '' RETURNING report.id""",
        """UPDATE outreach_need need SET note = '', consent_how = '' FROM outreach_report report
           JOIN outreach_call call ON call.id = report.call_id
           WHERE report.id = need.report_id AND call.line_id = ANY (%s) RETURNING need.id""",
        """UPDATE outreach_alert alert SET transmitted_to = '',
               closing_note = CASE WHEN alert.state = 'closed' THEN '—' ELSE '' END
           FROM outreach_report report JOIN outreach_call call ON call.id = report.call_id
           WHERE report.id = alert.report_id AND call.line_id = ANY (%s) RETURNING alert.id""",
        "UPDATE outreach_visit SET note = '' WHERE line_id = ANY (%s) AND note <> '' RETURNING id",
    ):
        _run(statement, [list(lines)])


def still_to_stop(person_ids: Iterable[UUID | str], why: str, *, at: datetime) -> list[UUID]:
    """Keep those for whom the reason is still true: a notice may have been withdrawn before the day of exit."""
    wanted = [UUID(str(one)) for one in person_ids]
    if why == LineEnd.DECEASED:
        return _run(
            "SELECT id FROM people_person WHERE id = ANY (%s) AND deceased_on <= %s", [wanted, localdate(at)]
        )
    if why != LineEnd.GONE:
        return wanted
    housed = people.homes_of(wanted, on=localdate(at))
    return [one for one in wanted if one not in housed]


@transaction.atomic
def tidy_after_merge(*, person_id: UUID, by: Actor, at: datetime) -> int:
    """End the lines that a merge of two files left without anybody: the kept person is called once.

    Returns: how many lines ended.
    """
    empty = _run(
        """UPDATE outreach_line line SET state = 'ended', ended_because = 'no_longer_listed', ended_at = %s
        WHERE line.state = 'active'
          AND NOT EXISTS (SELECT FROM outreach_line_member member WHERE member.line_id = line.id)
          AND line.campaign_id IN (SELECT campaign_id FROM outreach_line_member WHERE person_id = %s)
        RETURNING line.id""",
        [at, person_id],
    )
    cancel_plans(empty, because=LineEnd.NO_LONGER_LISTED.value, at=at)
    if empty:
        journal.record("outreach.line.stop", by=by, at=at, because="merged", lines=len(empty))
    return len(empty)


def mark_followed(*, person_id: UUID, since: datetime) -> None:
    """Keep that the social workers follow somebody: an allowed input of segments. Safe to run twice."""
    if people.names([person_id]):
        FollowedPerson.objects.get_or_create(person_id=person_id, defaults={"since": since})


def unmark_followed(*, person_id: UUID) -> None:
    """Keep that a follow-up is over."""
    FollowedPerson.objects.filter(person_id=person_id).delete()


def _run(statement: str, parameters: list[Any]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()]
