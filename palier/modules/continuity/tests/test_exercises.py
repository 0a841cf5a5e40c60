"""An exercise does everything of a crisis, and reaches nobody outside the cell."""

from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

import pytest
from django.core import mail

from palier.kernel.access import Actor
from palier.kernel.deliveries.models import Delivery
from palier.kernel.documents.models import Document
from palier.kernel.errors import NotAllowed, TransitionRefused
from palier.kernel.events import subscribers
from palier.kernel.figures.registry import values
from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.modes import mode_of, services
from palier.kernel.outbox.models import OutboxEntry
from palier.kernel.places import organisation_place
from palier.modules.continuity.enums import ExerciseAction, ExerciseState
from palier.modules.continuity.models import CallOut, Cell, Exercise, Inject, LogEntry, Notice, Task
from palier.modules.continuity.selectors import board
from palier.modules.continuity.selectors import log as log_selectors
from palier.modules.continuity.selectors.reports import content_of
from palier.modules.continuity.services import (
    call_out,
    cell,
    exercises,
    late_tasks,
    meetings,
    notices,
    tasks,
)
from palier.modules.continuity.services import log as log_services
from palier.modules.continuity.tests import plans
from palier.modules.continuity.workflow.lessons import EXERCISE, INJECT
from palier.modules.estate.tests.factories import make_residence
from palier.modules.people.tests.factories import a_lease, a_person, a_phone

NOW = datetime.now(UTC).replace(microsecond=0)
SCRIPT = "T+0 | The boiler house stops | Call the contractor | 15\nT+30 min | A tenant faints | Call 15 | 5"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    settings.KEY_FILE = settings.PALIER_KEY_FILE = tmp_path / "key" / "master.key"
    from palier.kernel.keys import ensure_master_key

    ensure_master_key()


@pytest.fixture
def members(alpha, actor):
    for role, name in (("director", "Paule Directrice"), ("coordinator", "Cyril Coordinateur")):
        email = f"{role}@alpha.example"
        cell.appoint_member(name=name, role=role, seat="holder", email=email, by=actor, at=NOW)
    return {"director@alpha.example", "coordinator@alpha.example"}


@pytest.fixture
def plan(alpha, actor):
    return plans.make_plan(by=actor, at=NOW)


def prepare(actor, **given):
    said = {
        "title": "Boiler house",
        "plan_code": "pandemic",
        "level": "3",
        "scope": organisation_place(),
        "script": SCRIPT,
    }
    return exercises.prepare(**{**said, **given}, by=actor, at=NOW)


def running(actor, at=NOW, **given):
    exercise = exercises.start(exercise_id=prepare(actor, **given).pk, by=actor, at=at)
    deliver_waiting()
    exercise.refresh_from_db()
    return exercise


def addressees(messages):
    return {parseaddr(message.to[0])[1] for message in messages}


class TestPrepare:
    def test_tells_nobody(self, actor, plan, members):
        exercise = prepare(actor)
        deliver_waiting()

        assert (exercise.state, exercise.injects.count()) == ("prepared", 2)
        assert not Delivery.objects.exists()
        assert not LogEntry.objects.exists()

    def test_says_which_line_of_the_script_is_wrong(self, actor, plan):
        with pytest.raises(exercises.ScriptWrong) as refusal:
            prepare(actor, script="T+5 min")

        assert "1" in str(refusal.value)
        assert not Exercise.objects.exists()

    def test_asks_for_a_title(self, actor, plan):
        with pytest.raises(exercises.TitleMissing):
            prepare(actor, title=" ")

    def test_may_be_rewritten_until_it_begins(self, actor, plan, members):
        exercise = prepare(actor)
        exercises.rewrite(exercise_id=exercise.pk, script="T+5 min | One", title="Other", by=actor, at=NOW)
        exercises.start(exercise_id=exercise.pk, by=actor, at=NOW)

        assert Inject.objects.count() == 1
        with pytest.raises(exercises.ScriptClosed):
            exercises.rewrite(exercise_id=exercise.pk, script="", by=actor, at=NOW)


class TestStart:
    def test_opens_tasks_and_calls_the_cell(self, actor, plan, members):
        exercise = running(actor)

        assert Task.objects.filter(exercise=True, activation=exercise.activation).count() == 2
        assert CallOut.objects.get().exercise
        assert addressees(mail.outbox) == members

    def test_marks_every_message_and_every_entry(self, actor, plan, members):
        running(actor)
        tasks.finish_task(task_id=Task.objects.get(code="call-the-cell").pk, by=actor, at=NOW)
        late_tasks.carry_up_late_tasks(by=actor, at=NOW + timedelta(days=2))
        deliver_waiting()

        assert len(mail.outbox) > 2
        assert [one.subject for one in mail.outbox if not one.subject.startswith("[EXERCI")] == []
        entries = list(LogEntry.objects.values_list("text", "exercise"))
        assert len(entries) >= 4
        assert all(flag and text.startswith("[EXERCI") for text, flag in entries)

    def test_keeps_one_chain_without_a_gap(self, actor, plan, members):
        log_services.record_entry(text="Real", category="fact", by=actor, at=NOW)
        running(actor)
        log_services.record_entry(text="Real again", category="fact", by=actor, at=NOW)

        report = log_selectors.chain_report()
        assert report.whole
        assert report.entries == LogEntry.objects.count()

    def test_is_one_at_a_time(self, actor, plan, members):
        running(actor)

        with pytest.raises(exercises.OneAtATime):
            exercises.start(exercise_id=prepare(actor, level="2", scope=place()).pk, by=actor, at=NOW)

    def test_asks_for_the_right(self, actor, plan):
        nobody = Actor(
            user_id=None,
            name="Somebody",
            email="",
            organisation="alpha",
            permissions=frozenset({"continuity:activation:view"}),
        )

        with pytest.raises(NotAllowed):
            exercises.start(exercise_id=prepare(actor).pk, by=nobody, at=NOW)

        assert Exercise.objects.get().state == ExerciseState.PREPARED


def place():
    from palier.modules.estate import public as estate

    residence = make_residence()
    return estate.place_of_id("residence", residence.pk)


class TestReachesNobody:
    @pytest.fixture
    def tenant(self, alpha):
        """A canary: a tenant who may be reached by every channel."""
        person = a_person(family_name="CANARI")
        a_phone(person, "+33639980101")
        a_lease(person)
        return person

    def test_no_message_leaves_but_to_the_cell(self, actor, plan, members, tenant):
        exercise = running(actor)
        for inject in exercise.injects.all():
            exercises.play(inject_id=inject.pk, by=actor, at=NOW)
        late_tasks.carry_up_late_tasks(by=actor, at=NOW + timedelta(days=2))
        deliver_waiting()
        exercises.end(exercise_id=exercise.pk, by=actor, at=NOW + timedelta(hours=2))
        deliver_waiting()

        assert set(Delivery.objects.values_list("target", flat=True)) <= members
        for message in mail.outbox:
            assert "CANARI" not in message.body + message.subject
        assert not Document.objects.filter(kind__in=("poster", "recipients")).exists()

    def test_no_notice_of_it_can_be_issued_printed_or_drawn(self, actor, plan, members, tenant):
        running(actor)

        assert Notice.objects.filter(exercise=True).count() == 3
        for notice in Notice.objects.all():
            acts = {
                "poster": [notices.issue, notices.start_posters],
                "sms": [notices.issue, notices.draw_recipients],
            }[notice.channel]
            for act in acts:
                with pytest.raises(notices.ExerciseReachesNobody):
                    act(notice_id=notice.pk, by=actor, at=NOW)
        assert not Notice.objects.filter(state="issued").exists()

    def test_no_module_hears_of_it_as_of_a_level(self, actor, plan, members):
        exercise = running(actor)
        late_tasks.carry_up_late_tasks(by=actor, at=NOW + timedelta(days=2))
        exercises.end(exercise_id=exercise.pk, by=actor, at=NOW + timedelta(hours=1))
        deliver_waiting()

        said = set(OutboxEntry.objects.filter(kind="event").values_list("name", flat=True))
        own = {name for name in said if name.startswith("continuity.")}
        assert {"continuity.exercise-activated", "continuity.exercise-lifted"} <= own
        assert not any(name.startswith(("continuity.level-", "continuity.task-late")) for name in own)

    def test_only_continuity_listens_to_exercises(self):
        for name in ("activated", "changed", "extended", "lifted"):
            assert subscribers(f"continuity.exercise-{name}")
            for handler in subscribers(f"continuity.exercise-{name}"):
                assert handler.startswith("palier.modules.continuity.")

    def test_changes_no_mode(self, actor, plan, members):
        before = {one.key: mode_of(one.key, organisation_place(), NOW).mode for one in services()}

        running(actor)

        assert {one.key: mode_of(one.key, organisation_place(), NOW).mode for one in services()} == before

    def test_is_not_on_the_board_of_the_real_situation(self, actor, plan, members):
        running(actor)

        found = board.board(actor=actor, at=NOW)
        assert found.levels == ()
        assert (found.tasks.total, found.entries, found.answers) == (0, (), None)
        assert [one.title for one in found.exercises] == ["Boiler house"]

    def test_counts_in_no_figure(self, actor, plan, members, tenant):
        later = NOW + timedelta(days=2)
        before = {one.figure.key: one.value for one in values(at=later)}

        exercise = running(actor)
        exercises.play(inject_id=exercise.injects.first().pk, by=actor, at=NOW)
        meetings.record_decision(
            cell_id=Cell.objects.get().pk, text="Shut it", exercise=True, by=actor, at=NOW
        )
        late_tasks.carry_up_late_tasks(by=actor, at=later)
        deliver_waiting()

        assert {one.figure.key: one.value for one in values(at=later)} == before

    def test_leaves_a_crisis_that_goes_on_as_it_is(self, actor, plan, members):
        plans.activate(by=actor, at=NOW, level="2")
        deliver_waiting()
        standing = mode_of("reception", organisation_place(), NOW).mode

        exercise = running(actor)
        exercises.end(exercise_id=exercise.pk, by=actor, at=NOW + timedelta(hours=1))
        deliver_waiting()

        assert mode_of("reception", organisation_place(), NOW + timedelta(hours=2)).mode == standing
        assert not Task.objects.filter(exercise=False, state="abandoned").exists()


class TestInjects:
    def test_are_written_in_the_log_as_of_the_exercise(self, actor, plan, members):
        exercise = running(actor)
        inject = exercise.injects.first()

        exercises.play(inject_id=inject.pk, by=actor, at=NOW)

        inject.refresh_from_db()
        entry = LogEntry.objects.get(seq=inject.log_seq)
        assert (entry.exercise, entry.activation_id) == (True, exercise.activation_id)

    def test_are_played_once(self, actor, plan, members):
        inject = running(actor).injects.first()
        exercises.play(inject_id=inject.pk, by=actor, at=NOW)

        with pytest.raises(TransitionRefused):
            exercises.play(inject_id=inject.pk, by=actor, at=NOW)

    def test_are_played_by_the_clock_at_their_time(self, actor, plan, members):
        running(actor, clock="clock")

        assert exercises.play_due(by=actor, at=NOW + timedelta(minutes=29)) == 1
        assert exercises.play_due(by=actor, at=NOW + timedelta(minutes=30)) == 1
        assert exercises.play_due(by=actor, at=NOW + timedelta(hours=3)) == 0

    def test_are_left_to_the_animator_by_hand(self, actor, plan, members):
        running(actor)

        assert exercises.play_due(by=actor, at=NOW + timedelta(hours=3)) == 0

    def test_are_not_answered_before_they_are_announced(self, actor, plan, members):
        with pytest.raises(exercises.NotPlayed):
            exercises.answered(inject_id=running(actor).injects.first().pk, by=actor, at=NOW)

    def test_keep_the_first_answer(self, actor, plan, members):
        inject = running(actor).injects.first()
        exercises.play(inject_id=inject.pk, by=actor, at=NOW)

        exercises.answered(inject_id=inject.pk, by=actor, at=NOW + timedelta(minutes=4))
        exercises.answered(inject_id=inject.pk, by=actor, at=NOW + timedelta(minutes=9))

        inject.refresh_from_db()
        assert inject.answered_at == NOW + timedelta(minutes=4)

    def test_wait_for_the_exercise_to_begin(self, actor, plan):
        inject = prepare(actor).injects.first()

        with pytest.raises(exercises.NotRunning):
            exercises.play(inject_id=inject.pk, by=actor, at=NOW)


class TestThisIsReal:
    def test_stops_the_exercise_and_says_so_outside_of_it(self, actor, plan, members):
        exercise = running(actor)
        mail.outbox.clear()

        exercises.stop_for_real(exercise_id=exercise.pk, by=actor, at=NOW + timedelta(minutes=20))
        deliver_waiting()

        exercise.refresh_from_db()
        entry = LogEntry.objects.get(kind="exercise-stopped")
        assert (exercise.state, exercise.is_stopped_for_real) == ("ended", True)
        assert (entry.exercise, entry.severity) == (False, "critical")
        assert not Task.objects.unfinished().exists()
        real = [message for message in mail.outbox if "[EXERCI" not in message.subject]
        assert addressees(real) == members

    def test_leaves_the_way_free_for_the_real_level(self, actor, plan, members):
        exercise = running(actor)
        exercises.stop_for_real(exercise_id=exercise.pk, by=actor, at=NOW)

        activation = plans.activate(by=actor, at=NOW)

        assert not activation.exercise
        assert mode_of("reception", organisation_place(), NOW).mode["opening"] == "closed"


class TestObserve:
    def test_keeps_what_is_seen(self, actor, plan, members):
        exercise = running(actor)

        exercises.observe(exercise_id=exercise.pk, kind="weakness", text="Nobody rang", by=actor, at=NOW)

        assert exercise.observations.get().text == "Nobody rang"

    def test_asks_for_words_and_for_an_exercise_that_runs(self, actor, plan):
        exercise = prepare(actor)

        with pytest.raises(exercises.NoteMissing):
            exercises.observe(exercise_id=exercise.pk, kind="fact", text=" ", by=actor, at=NOW)
        with pytest.raises(exercises.NotRunning):
            exercises.observe(exercise_id=exercise.pk, kind="fact", text="Early", by=actor, at=NOW)


class TestOtherEntries:
    def test_a_task_or_an_entry_of_an_exercise_belongs_to_it(self, actor, plan, members):
        exercise = running(actor)
        given = {"activation_id": exercise.activation_id, "by": actor, "at": NOW}

        task = tasks.add_task(title="Ring", role="social", **given)
        entry = log_services.record_entry(text="Said", category="fact", **given)

        assert (task.exercise, entry.exercise) == (True, True)

    def test_the_situation_report_is_silent_about_it(self, actor, plan, members):
        from palier.modules.continuity.services import reports

        running(actor)

        content = content_of(reports.begin_report(by=actor, at=NOW), at=NOW)

        assert (content["activations"], content["tasks"], content["entries"]) == ([], [], [])

    def test_an_unprepared_exercise_has_a_board_and_an_end(self, actor, plan, members):
        activation = plans.activate(by=actor, at=NOW, exercise=True)

        exercise = exercises.adopt_activation(activation=activation, by=actor, at=NOW)
        exercises.end(exercise_id=exercise.pk, by=actor, at=NOW + timedelta(hours=1))

        activation.refresh_from_db()
        assert activation.state == "lifted"

    def test_a_call_out_by_hand_for_an_exercise_is_marked(self, actor, members):
        call_out.call_out(reason="Drill", exercise=True, by=actor, at=NOW)
        deliver_waiting()

        assert [one.subject for one in mail.outbox if not one.subject.startswith("[EXERCI")] == []
        assert "EXERCI" in mail.outbox[0].body


@pytest.mark.parametrize("state", ExerciseState)
@pytest.mark.parametrize("action", ExerciseAction)
def test_every_state_and_action(alpha, actor, state, action):
    record = Exercise(state=state, title="x")
    sources, target, _right = EXERCISE.table[action]

    if state in sources:
        EXERCISE.move(record, action, by=actor, at=NOW)
        assert record.state == target
    else:
        with pytest.raises(TransitionRefused):
            EXERCISE.move(record, action, by=actor, at=NOW)
        assert record.state == state


def test_an_event_is_played_or_skipped_from_its_first_state_alone():
    assert {sources for sources, _to, _right in INJECT.table.values()} == {("planned",)}
