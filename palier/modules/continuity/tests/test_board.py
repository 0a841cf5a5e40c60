"""The situation board: what it says, what it costs, and that a change shows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from palier.kernel.access import Actor
from palier.kernel.figures.selectors import figure_curves
from palier.kernel.modes import PlaceKind, State
from palier.kernel.places import Place
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors.board import board, board_stamp, level_mark
from palier.modules.continuity.services import log, tasks
from palier.modules.continuity.tests.plans import NOON, activate, lift, make_plan, override
from palier.modules.estate.tests.factories import make_agency

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(alpha, actor):
    return make_plan(by=actor)


def line(found, key):
    return next(one for one in found.lines if one.key == key)


def write(actor, text="The lift is stuck", at=NOON):
    return log.record_entry(text=text, category="incident", by=actor, at=at, event_at=at)


class TestBoard:
    def test_is_calm_when_nothing_is_in_force(self, alpha, actor):
        found = board(actor=actor, at=NOON)

        assert found.levels == ()
        assert found.departing == []
        assert len(found.usual) == len(found.lines) > 20

    def test_shows_the_level_and_what_it_does_to_services(self, plan, actor):
        activate(by=actor)

        found = board(actor=actor, at=NOON + 2 * HOUR)

        level = found.levels[0]
        assert (level.level, level.name, level.since, level.elapsed) == ("3", "Full", NOON, 2 * HOUR)
        assert line(found, "reception").state == State.STOPPED
        assert line(found, "repairs").state == State.ADAPTED
        assert found.departing[0].key == "reception"
        assert dict(found.by_state)["stopped"] == 1

    def test_runs_the_clock_of_a_stopped_service_by_the_delays_of_the_plan(self, plan, actor):
        activate(by=actor)

        clock = line(board(actor=actor, at=NOON + 30 * HOUR), "reception").clock

        assert (clock.begun_at, clock.rto_hours, clock.mtpd_hours) == (NOON, 24, 96)
        assert clock.phase == "past_target"

    def test_stops_the_clock_when_the_level_is_lifted(self, plan, actor):
        activation = activate(by=actor)
        lift(activation, by=actor, at=NOON + HOUR)

        found = board(actor=actor, at=NOON + 2 * HOUR)

        assert found.levels == ()
        assert line(found, "reception").is_normal
        assert line(found, "reception").clock is None

    def test_shows_apart_what_was_decided_for_one_agency(self, plan, actor):
        agency = make_agency(code="A01", name="Narbonne")
        activate(by=actor, scope=Place(PlaceKind.AGENCY, str(agency.pk), "A01", "Narbonne"))

        found = line(board(actor=actor, at=NOON + HOUR), "reception")

        assert found.state == State.NORMAL
        assert [(one.label, one.state) for one in found.local] == [("Narbonne", "stopped")]
        assert found.worst == State.STOPPED

    def test_marks_what_the_cell_decided_over_the_level(self, plan, actor):
        activate(by=actor)
        override(by=actor, service="repairs", accept="all", at=NOON + HOUR)

        found = line(board(actor=actor, at=NOON + 2 * HOUR), "repairs")

        assert "accept" not in {one.label for one in found.fields}
        assert found.state == State.ADAPTED

    def test_counts_late_tasks(self, plan, actor):
        tasks.add_task(
            title="Close the doors", role="lettings", due_at=NOON - HOUR, by=actor, at=NOON - 2 * HOUR
        )
        tasks.add_task(
            title="Call the mayor", role="lettings", due_at=NOON + HOUR, by=actor, at=NOON - 2 * HOUR
        )

        found = board(actor=actor, at=NOON).tasks

        assert (found.overdue, found.due_soon, found.later) == (1, 1, 0)
        assert found.lines[0].title == "Close the doors"
        assert found.lines[0].late == HOUR

    def test_shows_the_last_entries_of_the_log_newest_first(self, alpha, actor):
        write(actor, "First")
        write(actor, "Second")

        assert [one.text for one in board(actor=actor, at=NOON).entries] == ["Second", "First"]

    def test_leaves_out_what_the_actor_may_not_see(self, alpha, actor):
        write(actor)
        observer = Actor(
            user_id=actor.user_id, name="Observer", email="", organisation="alpha",
            permissions=frozenset({str(Permission.ACTIVATION_VIEW)}),
        )  # fmt: skip

        found = board(actor=observer, at=NOON)

        assert found.entries is None
        assert found.tasks is None
        assert found.answers is None

    def test_costs_the_same_whatever_there_is(self, plan, actor):
        """Beside the figures, which each module adds."""
        activate(by=actor)
        for number in range(20):
            write(actor, f"Entry {number}")
        with CaptureQueriesContext(connection) as counted:
            figure_curves(at=NOON + HOUR)

        with CaptureQueriesContext(connection) as asked:
            board(actor=actor, at=NOON + HOUR)

        assert len(asked) - len(counted) <= 25


class TestLevelMark:
    def test_is_nothing_in_ordinary_times(self, plan, actor):
        activate(by=actor, exercise=True)

        assert level_mark(at=NOON) is None

    def test_names_the_gravest_level_and_counts_the_others(self, plan, actor, django_assert_num_queries):
        agency = make_agency(code="A01", name="Narbonne")
        activate(by=actor, level="2")
        activate(by=actor, level="3", scope=Place(PlaceKind.AGENCY, str(agency.pk), "A01", "Narbonne"))

        with django_assert_num_queries(1):
            mark = level_mark(at=NOON)

        assert (mark.level, mark.name, mark.scope, mark.others) == ("3", "Full", "Narbonne", 1)


class TestBoardStamp:
    def test_takes_one_query(self, alpha, django_assert_num_queries):
        board_stamp(at=NOON)

        with django_assert_num_queries(1):
            board_stamp(at=NOON)

    def test_stays_while_nothing_changes(self, alpha):
        assert board_stamp(at=NOON) == board_stamp(at=NOON + timedelta(seconds=50))

    def test_moves_with_the_minute_for_the_clocks(self, alpha):
        assert board_stamp(at=NOON) != board_stamp(at=NOON + timedelta(minutes=1))

    def test_moves_with_each_thing_that_is_shown(self, plan, actor):
        marks = [board_stamp(at=NOON)]

        activate(by=actor)
        marks.append(board_stamp(at=NOON))
        write(actor)
        marks.append(board_stamp(at=NOON))

        assert len(set(marks)) == 3


class TestBoardPage:
    def test_is_the_first_page_and_polls_its_own_fragment(self, sign_in):
        page = sign_in("alpha", "director").get("/o/alpha/continuity/")

        assert page.status_code == 200
        assert 'data-poll="/o/alpha/continuity/board/live/"' in page.content.decode()
        assert page["Cache-Control"] == "no-store"

    def test_answers_nothing_while_nothing_has_changed(self, sign_in):
        client = sign_in("alpha", "director")
        first = client.get("/o/alpha/continuity/board/live/")

        again = client.get("/o/alpha/continuity/board/live/", headers={"If-None-Match": first["ETag"]})

        assert first.status_code == 200
        assert again.status_code == 304
        assert again.content == b""

    def test_is_refused_to_those_who_may_not_see_levels(self, sign_in):
        client = sign_in("alpha", "violence_referent")

        assert client.get("/o/alpha/continuity/").status_code == 403


class TestBoardEntry:
    def test_writes_in_the_log_and_gives_an_empty_form(self, sign_in):
        client = sign_in("alpha", "director")

        answer = client.post(
            "/o/alpha/continuity/board/entry/",
            {"text": "Lift stuck at Les Acacias", "category": "incident", "severity": "serious"},
            headers={"HX-Request": "true"},
        )

        assert answer.status_code == 200
        assert "palier:refresh" in answer["HX-Trigger"]
        assert "Lift stuck" not in answer.content.decode()
        assert "Lift stuck at Les Acacias" in client.get("/o/alpha/continuity/board/live/").content.decode()

    def test_says_what_is_missing(self, sign_in):
        answer = sign_in("alpha", "director").post(
            "/o/alpha/continuity/board/entry/", {"text": " "}, headers={"HX-Request": "true"}
        )

        assert answer.status_code == 422
        assert 'class="errors"' in answer.content.decode()


class TestHeader:
    def test_says_the_level_on_every_page_but_those_without_the_organisations_role(self, sign_in, actor):
        from palier.kernel.organisations.current import open_organisation

        client = sign_in("alpha", "director", "administrator")
        with open_organisation("alpha"):
            make_plan(by=actor)
            activate(by=actor, at=timezone.now())

        assert "header-pill-3" in client.get("/o/alpha/jobs/").content.decode()
        members = client.get("/o/alpha/access/")
        assert members.status_code == 200
        assert "header-pill" not in members.content.decode()
