"""A run from the selection to its undoing: as announced, with the right to, once."""

from dataclasses import replace

import pytest
from django.utils import timezone

from palier.kernel.access import Actor
from palier.kernel.access.membership import actor_for
from palier.kernel.accounts.testing import make_member
from palier.kernel.audit.models import AuditEntry
from palier.kernel.bulk import selectors, services
from palier.kernel.bulk.models import BulkItem, BulkRun
from palier.kernel.bulk.services.drafts import CannotUndo, NothingChosen
from palier.kernel.bulk.services.running import NothingToDo, NumbersChanged
from palier.kernel.bulk.testing import Bulk
from palier.kernel.errors import NotAllowed, NotFound
from palier.kernel.jobs.models import JobRun
from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.jobs.services import ask_to_cancel
from palier.kernel.models import new_id
from palier.kernel.organisations.current import open_shared
from palier.modules.staff.models import Agent, Team
from palier.modules.staff.tests.factories import make_agent, make_team

pytestmark = pytest.mark.django_db
ACTION = "staff.move-to-team"


@pytest.fixture
def bulk(alpha, actor):
    return Bulk(actor, timezone.now())


def agents(count):
    return [make_agent() for _number in range(count)]


def moved(team):
    return Agent.objects.filter(team=team).count()


class TestStarting:
    def test_asks_to_choose_something(self, bulk):
        with pytest.raises(NothingChosen):
            bulk.draft(ACTION, [])

    def test_asks_for_the_right_of_the_action(self, alpha):
        nobody = Actor(
            user_id=new_id(),
            name="X",
            email="",
            organisation="alpha",
            permissions=frozenset({"bulk:run:start"}),
        )

        with pytest.raises(NotAllowed):
            Bulk(nobody, timezone.now()).draft(ACTION, agents(1))

    def test_knows_no_other_action(self, bulk):
        with pytest.raises(NotFound):
            bulk.draft("staff.dismiss", agents(1))


class TestThePreview:
    def test_counts_what_is_no_longer_there(self, bulk):
        team, gone = make_team(), make_agent()
        run = bulk.draft(ACTION, [*agents(2), gone], team_id=team.pk)
        gone.delete()

        preview = bulk.preview_of(run)

        assert (preview.change, preview.refused_count, preview.selected) == (2, 1, 3)

    def test_takes_as_many_queries_for_three_hundred_as_for_one(self, bulk, django_assert_num_queries):
        team = make_team()
        few, many = (
            bulk.draft(ACTION, agents(1), team_id=team.pk),
            bulk.draft(ACTION, agents(300), team_id=team.pk),
        )

        with django_assert_num_queries(2):
            bulk.preview_of(few)
        with django_assert_num_queries(2):
            bulk.preview_of(many)


class TestConfirming:
    def test_refuses_when_the_numbers_changed_and_does_nothing(self, bulk):
        team, other, found = make_team(), make_team(), agents(3)
        run = bulk.draft(ACTION, found, team_id=team.pk)
        seen = bulk.preview_of(run).fingerprint
        Agent.objects.filter(pk=found[0].pk).update(team=team)

        with pytest.raises(NumbersChanged):
            services.confirm(
                run_id=run.pk, chosen=tuple(run.selection["ids"]), selected=3, fingerprint=seen, by=bulk.actor,
                at=bulk.at,
            )  # fmt: skip

        run.refresh_from_db()
        assert run.state == "draft"
        assert (moved(team), moved(other), BulkItem.objects.count()) == (1, 0, 0)

    def test_says_when_nothing_would_change(self, bulk):
        team = make_team()
        there = make_agent(team=team)

        with pytest.raises(NothingToDo):
            bulk.run(ACTION, [there], team_id=team.pk)

    def test_is_for_whoever_prepared_it(self, bulk, actor):
        run = bulk.draft(ACTION, agents(1), team_id=make_team().pk)
        other = replace(actor, user_id=new_id())

        with pytest.raises(NotFound):
            services.confirm(run_id=run.pk, chosen=(), selected=1, fingerprint="", by=other, at=bulk.at)

    def test_done_at_once_when_small_and_twice_does_nothing_more(self, bulk):
        team = make_team()
        run = bulk.run(ACTION, agents(20), team_id=team.pk)

        again = services.confirm(
            run_id=run.pk, chosen=(), selected=0, fingerprint="", by=bulk.actor, at=bulk.at
        )

        assert (run.state, run.applied, run.job_id) == ("done", 20, None)
        assert (again.pk, BulkRun.objects.count()) == (run.pk, 1)

    def test_goes_to_a_watched_job_when_large(self, bulk):
        team = make_team()

        run = bulk.run(ACTION, agents(21), team_id=team.pk)

        job = JobRun.objects.get(pk=run.job_id)
        assert (job.state, job.done, job.total) == ("done", 21, 21)
        assert job.result_url.endswith(f"/done/{run.pk}/")
        assert (run.state, moved(team)) == ("done", 21)

    def test_a_row_changed_before_its_turn_is_left_and_said(self, bulk):
        team, found = make_team(), agents(21)
        run = confirmed(bulk, found, team)
        Agent.objects.filter(pk=found[0].pk).update(team=team)
        Agent.objects.filter(pk=found[1].pk).delete()

        deliver_waiting()

        run.refresh_from_db()
        assert (run.applied, run.unchanged, run.refused) == (19, 1, 1)
        assert BulkItem.objects.get(run=run, outcome="refused").reason == "gone"


def confirmed(bulk, found, team):
    run = bulk.draft(ACTION, found, team_id=team.pk)
    return services.confirm(
        run_id=run.pk, chosen=tuple(run.selection["ids"]), selected=run.selected,
        fingerprint=bulk.preview_of(run).fingerprint, by=bulk.actor, at=bulk.at,
    )  # fmt: skip


class TestAJob:
    def member(self, *roles):
        with open_shared():
            membership = make_member("alpha", *roles)
            return membership, actor_for(membership.user, membership)

    def test_acts_under_the_name_of_the_person(self, alpha):
        _membership, person = self.member("administrator")
        team = make_team()

        run = Bulk(person, timezone.now()).run(ACTION, agents(21), team_id=team.pk)

        assert run.applied == 21
        entry = AuditEntry.objects.filter(table_name="staff_agent", operation="update").first()
        assert entry.actor == f"{person.user_id}|{person.name}"

    def test_uses_no_right_that_was_withdrawn_meanwhile(self, alpha):
        membership, person = self.member("administrator")
        team = make_team()
        run = confirmed(Bulk(person, timezone.now()), agents(21), team)
        with open_shared():
            membership.is_active = False
            membership.save()

        deliver_waiting()

        run.refresh_from_db()
        assert (run.state, run.applied, moved(team)) == ("stopped", 0, 0)
        assert run.error
        assert JobRun.objects.get(pk=run.job_id).state == "failed"

    def test_stops_when_asked_and_goes_on_when_asked(self, bulk):
        team = make_team()
        run = confirmed(bulk, agents(21), team)
        ask_to_cancel(run_id=run.job_id)
        deliver_waiting()
        run.refresh_from_db()
        assert (run.state, run.applied) == ("stopped", 0)

        services.resume(run_id=run.pk, by=bulk.actor, at=bulk.at)
        deliver_waiting()

        run.refresh_from_db()
        assert (run.state, run.applied, moved(team)) == ("done", 21, 21)


class TestUndoing:
    def test_is_once(self, bulk):
        run = bulk.run(ACTION, agents(2), team_id=make_team().pk)
        bulk.undo(run)

        with pytest.raises(CannotUndo):
            bulk.undo(run)

    def test_of_two_people_at_once_is_done_by_one(self, bulk, actor):
        run = bulk.run(ACTION, agents(2), team_id=make_team().pk)
        other = Bulk(replace(actor, user_id=new_id()), bulk.at)
        drafts = [services.begin_undo(run_id=run.pk, by=one.actor, at=bulk.at) for one in (bulk, other)]
        bulk.confirm(drafts[0])

        with pytest.raises((CannotUndo, NothingToDo, NumbersChanged)):
            other.confirm(drafts[1])

    def test_lists_what_was_changed_since(self, bulk):
        team, east, found = make_team(), make_team(), agents(3)
        run = bulk.run(ACTION, found, team_id=team.pk)
        Agent.objects.filter(pk=found[1].pk).update(team=east)

        undone = bulk.undo(run)

        left = BulkItem.objects.get(run=undone, outcome="refused")
        said = selectors.run_card(undone, bulk.actor).left
        assert [row.label for row in said] == [found[1].name]
        assert "Camille" in str(said[0].reason) or "since" in str(said[0].reason)
        assert (left.subject_id, left.reason) == (found[1].pk, "changed-since")
        assert (undone.applied, undone.refused) == (2, 1)

    def test_cannot_be_asked_by_somebody_without_the_right(self, bulk):
        run = bulk.run(ACTION, agents(2), team_id=make_team().pk)
        reader = Actor(
            user_id=new_id(), name="X", email="", organisation="alpha",
            permissions=frozenset({"bulk:run:start", "bulk:run:view_all"}),
        )  # fmt: skip

        with pytest.raises(NotAllowed):
            services.begin_undo(run_id=run.pk, by=reader, at=bulk.at)


class TestQueries:
    def test_of_a_chunk_do_not_grow_with_it(self, bulk, django_assert_max_num_queries):
        team = make_team()
        run = confirmed(bulk, agents(300), team)

        with django_assert_max_num_queries(24):
            services.apply_chunk(run_id=run.pk, by=bulk.actor, at=bulk.at)

        assert moved(team) == 300


class TestDrafts:
    def test_are_forgotten_after_a_day(self, bulk):
        old = bulk.draft(ACTION, agents(1), team_id=make_team().pk)
        done = bulk.run(ACTION, agents(1), team_id=make_team().pk)

        services.forget_drafts(at=bulk.at + timezone.timedelta(days=2))

        assert list(BulkRun.objects.values_list("pk", flat=True)) == [done.pk]
        assert old.pk != done.pk
        assert Team.objects.exists()
