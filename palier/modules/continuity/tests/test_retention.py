"""Exercises and reviews go when their time is over, whole, with their traces; what is not over stays."""

from datetime import UTC, datetime, timedelta

import pytest

from palier.kernel.audit.models import AuditEntry
from palier.kernel.places import organisation_place
from palier.kernel.retention.registry import class_named
from palier.kernel.retention.selectors import rules as asking
from palier.kernel.retention.services import engine, holds
from palier.kernel.retention.services import rules as deciding
from palier.modules.continuity.models import (
    Activation,
    AfterActionReview,
    Exercise,
    Inject,
    LogEntry,
    Observation,
    ReviewComment,
    ReviewProposal,
)
from palier.modules.continuity.services import after_action, exercises
from palier.modules.continuity.tests import plans

BEGUN = datetime(2026, 11, 2, 8, tzinfo=UTC)
ENDED = BEGUN + timedelta(hours=3)
#: The day on which five years are over, and the day before.
DUE = datetime(2031, 11, 4, 1, tzinfo=UTC)
EARLY = datetime(2031, 11, 2, 1, tzinfo=UTC)
SCRIPT = "T+0 | The boiler house stops | Call the contractor | 15"

pytestmark = pytest.mark.usefixtures("alpha")


def prepared(actor, level="3"):
    given = {"plan_code": "pandemic", "level": level, "scope": organisation_place(), "script": SCRIPT}
    return exercises.prepare(title="Boiler house", **given, by=actor, at=BEGUN)


@pytest.fixture
def played(alpha, actor):
    """An exercise with an event, what an observer noted, and its review with a comment."""
    plans.make_plan(by=actor, at=BEGUN)
    exercise = exercises.start(exercise_id=prepared(actor).pk, by=actor, at=BEGUN)
    exercises.play(inject_id=exercise.injects.get().pk, by=actor, at=BEGUN)
    exercises.observe(exercise_id=exercise.pk, kind="weakness", text="Nobody rang", by=actor, at=BEGUN)
    exercise = exercises.end(exercise_id=exercise.pk, by=actor, at=ENDED)
    review = after_action.draft_review(activation_id=exercise.activation_id, by=actor, at=ENDED)
    ReviewComment.objects.create(
        review=review, section="times", text="Slow", written_at=ENDED, written_by_name="Paule"
    )
    ReviewProposal.objects.create(review=review, rank=99, kind="longer_delay", said={})
    return exercise


def purge(key, actor, at):
    seen = asking.dry_run(key=key, at=at)
    deciding.switch_on(key=key, seen=seen.fingerprint, by=actor, at=at)
    return seen.due, engine.purge(class_named(key), by=actor, at=at)


class TestExercises:
    def test_go_with_their_events_and_notes_five_years_after_their_end(self, played, actor):
        assert purge("continuity.exercise", actor, DUE) == (1, 1)

        assert not (Exercise.objects.exists() or Inject.objects.exists() or Observation.objects.exists())
        assert not AuditEntry.objects.filter(table_name="continuity_observation").exists()

    def test_leave_the_level_and_its_log_to_their_own_time(self, played, actor):
        entries = LogEntry.objects.count()

        purge("continuity.exercise", actor, DUE)

        assert Activation.objects.filter(pk=played.activation_id, exercise=True).exists()
        assert LogEntry.objects.count() == entries > 0

    def test_stay_until_then(self, played, actor):
        assert purge("continuity.exercise", actor, EARLY) == (0, 0)

    def test_given_up_go_too_and_prepared_ones_stay(self, alpha, actor):
        plans.make_plan(by=actor, at=BEGUN)
        exercises.cancel(exercise_id=prepared(actor).pk, by=actor, at=BEGUN)
        waiting = prepared(actor, level="2")

        assert purge("continuity.exercise", actor, DUE) == (1, 1)
        assert Exercise.objects.get() == waiting

    def test_of_a_level_that_is_held_stay(self, played, actor):
        holds.place_hold(
            about_table="continuity_activation", about_id=played.activation_id, nature="litigation",
            reason="Dispute", by=actor, at=ENDED,
        )  # fmt: skip

        assert purge("continuity.exercise", actor, DUE) == (0, 0)
        assert purge("continuity.review", actor, DUE) == (0, 0)


class TestReviews:
    def test_go_with_their_comments_and_proposals_five_years_after(self, played, actor):
        assert purge("continuity.review", actor, DUE) == (1, 1)

        assert not AfterActionReview.objects.exists()
        assert not (ReviewComment.objects.exists() or ReviewProposal.objects.exists())
        assert Exercise.objects.exists()

    def test_stay_until_then(self, played, actor):
        assert purge("continuity.review", actor, EARLY) == (0, 0)
