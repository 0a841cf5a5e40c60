"""Find who may be written twice, and remember what people said of each pair."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.imports.staging import rows, run
from palier.kernel.jobs import start_run
from palier.modules.people.enums import PairState
from palier.modules.people.models import DuplicatePair, Person
from palier.modules.people.permissions import Permission
from palier.modules.people.rules import duplicates as rules
from palier.modules.people.selectors import resemblance
from palier.modules.people.services.sealing import without_audit

Progress = Callable[[int, int, str], None]


class JudgedAlready(DomainError):
    code = "people.pair-judged-already"
    message = _("{who} has judged this pair already.")


def _silent(done: int, total: int, note: str) -> None:
    """Tell nobody: the work was not asked for by a person."""


@transaction.atomic
def start_search(*, by: Actor, at: datetime) -> UUID:
    """Have the whole organisation compared, and let people watch. Raises: NotAllowed."""
    by.must(Permission.PERSON_MERGE)
    started: UUID = start_run(
        "people.find-duplicates",
        kind="people.duplicates",
        title=str(_("Search for duplicates")),
        by=by,
        at=at,
    ).pk
    return started


def find_duplicates(*, on: date, at: datetime, progress: Progress = _silent) -> dict[str, int]:
    """Compare everybody with whoever shares something with them, and renew what is proposed.

    A pair judged different is left as it is; a pair proposed for which nothing speaks any more goes away. A dozen
    statements whatever the number of persons. What is written is one transaction: cut before it, a search leaves
    nothing; two at once write one after the other.
    Returns: `compared`, `proposed` (in all), `new`, `gone`.
    """
    steps = (
        ("mate", resemblance.MATE.format(only="true"), _("Names")),
        ("point", resemblance.POINT, _("Phones and e-mails")),
        ("shared", resemblance.SHARED, _("Phones and e-mails")),
        ("dweller", resemblance.DWELLER, _("Dwellings")),
        ("neighbour", resemblance.NEIGHBOUR, _("Dwellings")),
        ("dated", resemblance.DATED, _("Birth dates")),
        ("dated_word", resemblance.DATED_WORD, _("Birth dates")),
        ("near", f"{resemblance.NEAR_BY_DATE} UNION {resemblance.NEAR_BY_REST}", _("Birth dates")),
        ("found", _found(), _("Names compared")),
    )
    names = ", ".join(f"pg_temp.{name}" for name, _query, _note in steps)
    run(f"DROP TABLE IF EXISTS {names}")
    for number, (name, query, note) in enumerate(steps):
        progress(number, len(steps) + 1, str(note))
        run(f"CREATE TEMPORARY TABLE {name} AS {query}", {"day": on})
        run(f"ANALYZE {name}")
    done = _renew(at)
    (done["compared"],) = rows("SELECT count(*) FROM near")[0]
    run(f"DROP TABLE {names}")
    progress(len(steps) + 1, len(steps) + 1, str(_("Done")))
    return done


def _found() -> str:
    return f"""SELECT e.first_id, e.second_id, {resemblance.points_sql()} AS score,
            {resemblance.kept_evidence_sql()} AS evidence
        FROM ({resemblance.EVIDENCE}) AS e
        WHERE e.alike >= {round(100 * rules.LEAST_ALIKE)} AND {resemblance.points_sql()} >= {rules.PROPOSED}"""


@transaction.atomic
def _renew(at: datetime) -> dict[str, int]:
    """Write what was found. The audit says what people judged, not what the machine proposed."""
    run("SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.people.duplicates'))")
    with without_audit():
        gone = run(
            """DELETE FROM people_duplicate_pair p WHERE p.state = 'proposed' AND NOT EXISTS (
                SELECT FROM found f WHERE f.first_id = p.first_id AND f.second_id = p.second_id)"""
        )
        run(
            """UPDATE people_duplicate_pair p SET score = f.score, evidence = f.evidence FROM found f
            WHERE f.first_id = p.first_id AND f.second_id = p.second_id AND p.state = 'proposed'
              AND (p.score, p.evidence) IS DISTINCT FROM (f.score::smallint, f.evidence)"""
        )
        new = run(
            """INSERT INTO people_duplicate_pair (first_id, second_id, state, score, evidence, found_at, judged_by)
            SELECT f.first_id, f.second_id, 'proposed', f.score, f.evidence, %(at)s, '' FROM found f
              JOIN people_person one ON one.id = f.first_id AND one.sealed_at IS NULL
              JOIN people_person other ON other.id = f.second_id AND other.sealed_at IS NULL
            ON CONFLICT (first_id, second_id) DO NOTHING""",
            {"at": at},
        )
    (proposed,) = rows("SELECT count(*) FROM people_duplicate_pair WHERE state = 'proposed'")[0]
    return {"proposed": proposed, "new": new, "gone": gone}


@transaction.atomic
def judge_different(*, pair_id: UUID, by: Actor, at: datetime) -> DuplicatePair:
    """Say that two records are two persons: they are never proposed together again.

    Raises: JudgedAlready, NotFound, NotAllowed.
    """
    by.must(Permission.PERSON_MERGE)
    pair = _lock(pair_id, by=by)
    if pair.state != PairState.PROPOSED:
        raise JudgedAlready(who=pair.judged_by)
    pair.state, pair.judged_at, pair.judged_by = PairState.DIFFERENT, at, by.name
    pair.save(update_fields=["state", "judged_at", "judged_by"])
    journal.record("people.pair.judge-different", by=by, at=at, subject=pair)
    return pair


@transaction.atomic
def judge_again(*, pair_id: UUID, by: Actor, at: datetime) -> DuplicatePair:
    """Put a pair back on the list of those to look at. Raises: NotFound, NotAllowed."""
    by.must(Permission.PERSON_MERGE)
    pair = _lock(pair_id, by=by)
    if pair.state == PairState.DIFFERENT:
        pair.state, pair.judged_at, pair.judged_by = PairState.PROPOSED, None, ""
        pair.save(update_fields=["state", "judged_at", "judged_by"])
        journal.record("people.pair.judge-again", by=by, at=at, subject=pair)
    return pair


def _lock(pair_id: UUID, *, by: Actor) -> DuplicatePair:
    people = Person.objects.visible_to(by)
    pairs = DuplicatePair.objects.select_for_update(of=("self",)).filter(first__in=people, second__in=people)
    pair = pairs.filter(pk=pair_id).first()
    if pair is None:
        raise NotFound
    return pair
