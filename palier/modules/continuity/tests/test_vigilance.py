"""Loading the vigilance map, and what it proposes: nothing is ever decided by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from palier.kernel.access import Actor
from palier.kernel.errors import NotAllowed
from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.outbox.models import OutboxEntry
from palier.modules.continuity.models import (
    Activation,
    LogEntry,
    Task,
    VigilanceBulletin,
    VigilanceProposal,
    VigilanceStretch,
)
from palier.modules.continuity.public import vigilance_in_force
from palier.modules.continuity.selectors import vigilance as selectors
from palier.modules.continuity.services import vigilance as services
from palier.modules.continuity.tests import plans
from palier.modules.continuity.tests.vigilance_map import domain, lap, map_of, period, phenomenon
from palier.modules.estate.tests.factories import make_lot

AT = datetime(2026, 7, 10, 5, tzinfo=UTC)
NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def housed(alpha):
    """Alpha has a dwelling in Aude (11), and says that Haute-Garonne (31) is hers too."""
    alpha.departments = ["11", "31"]
    return make_lot()


def load(actor, content=None, at=AT):
    return services.load_bulletin(content=content or map_of(), by=actor, at=at, source="map.json")


def rule(actor, **given):
    said = {"phenomenon": "heat", "colour": "orange", "act": "level", "plan_code": "pandemic", "level": "2"}
    return services.keep_rule(**{**said, **given}, by=actor, at=AT)


def published():
    rows = OutboxEntry.objects.filter(name="continuity.vigilance-changed").order_by("id")
    return [(row.payload["department"], row.payload["phenomenon"], row.payload["colour"]) for row in rows]


class TestLoad:
    def test_keeps_what_concerns_our_departments_alone(self, actor):
        elsewhere = period(domain("11", phenomenon("6", lap(2))), domain("35", phenomenon("6", lap(4))))

        load(actor, map_of(elsewhere))

        assert set(VigilanceStretch.objects.values_list("department", flat=True)) == {"11"}

    def test_does_a_map_once_however_often_it_comes(self, actor):
        first, second = load(actor), load(actor, at=AT + timedelta(minutes=5))

        assert (first.is_new, second.is_new) == (True, False)
        assert VigilanceBulletin.objects.count() == 1
        assert len(published()) == first.changes

    def test_publishes_what_changed(self, actor):
        load(actor)

        assert published() == [("11", "coast", "yellow"), ("11", "heat", "orange"), ("31", "heat", "yellow")]

    def test_publishes_the_return_to_green(self, actor):
        load(actor)
        calm = period(
            domain("11", phenomenon("6", lap(1))),
            domain("31", phenomenon("6", lap(2, end="2026-07-11T22:00:00Z"))),
        )

        load(actor, map_of(calm, issued="2026-07-10T10:00:00Z"), at=NOON)

        assert published()[3:] == [("11", "coast", "green"), ("11", "heat", "green")]

    def test_keeps_an_older_map_without_news(self, actor):
        load(actor)
        before = len(published())

        done = load(
            actor, map_of(period(domain("11", phenomenon("6", lap(4)))), issued="2026-07-09T04:00:00Z")
        )

        assert (done.changes, len(published())) == (0, before)
        assert [one.colour for one in vigilance_in_force(NOON) if one.phenomenon == "heat"] == ["orange"]

    def test_refuses_a_map_that_speaks_of_none_of_ours(self, actor):
        with pytest.raises(services.NothingOfOurs):
            load(actor, map_of(period(domain("35", phenomenon("6", lap(2))))))

        assert not VigilanceBulletin.objects.exists()

    def test_refuses_another_file_and_says_why(self, actor):
        with pytest.raises(services.MapUnreadable) as refusal:
            load(actor, b"{}")

        assert "cdp_carte_externe" in str(refusal.value)

    def test_asks_for_the_right(self, actor):
        nobody = Actor(user_id=None, name="Somebody", email="", organisation="alpha")

        with pytest.raises(NotAllowed):
            load(nobody)

    def test_is_written_in_the_log_once(self, actor):
        load(actor)
        deliver_waiting()
        load(actor)
        deliver_waiting()

        assert LogEntry.objects.filter(kind="vigilance").count() == 1


class TestInForce:
    def test_answers_at_the_moment_asked(self, actor):
        load(actor)

        assert [(one.department, one.colour) for one in vigilance_in_force(AT)] == [
            ("11", "yellow"),
            ("11", "yellow"),
        ]
        assert ("11", "heat", "orange") in [
            (v.department, v.phenomenon, v.colour) for v in vigilance_in_force(NOON)
        ]

    def test_says_nothing_once_the_map_is_over(self, actor):
        load(actor)

        assert vigilance_in_force(NOON + timedelta(days=3)) == []

    def test_says_nothing_of_a_map_that_was_only_looked_at(self, actor):
        services.receive_bulletin(content=map_of(), by=actor, at=AT)

        assert vigilance_in_force(NOON) == []

    def test_keeps_the_beginning_of_the_spell_from_map_to_map(self, actor):
        load(actor)
        later = period(
            domain("11", phenomenon("6", lap(3, "2026-07-11T04:00:00Z", "2026-07-11T22:00:00Z"))),
            begin="2026-07-11T04:00:00Z",
            end="2026-07-11T22:00:00Z",
        )

        load(actor, map_of(later, issued="2026-07-11T04:00:28Z"), at=AT + timedelta(days=1))

        (one,) = vigilance_in_force(NOON + timedelta(days=1))
        assert one.since == datetime(2026, 7, 10, 10, tzinfo=UTC)

    def test_bounds_its_queries(self, actor, django_assert_max_num_queries):
        load(actor)

        with django_assert_max_num_queries(2):
            vigilance_in_force(NOON)


class TestRules:
    @pytest.fixture(autouse=True)
    def plan(self, actor):
        plans.make_plan(by=actor, at=AT)

    def test_propose_a_level_and_decide_nothing(self, actor):
        rule(actor)

        load(actor)

        (proposed,) = Activation.objects.all()
        assert (proposed.state, proposed.level, proposed.scope_id) == ("proposed", "2", "11")
        assert not proposed.mode_changes.exists()

    def test_propose_once_for_one_spell(self, actor):
        rule(actor)
        load(actor)
        later = period(
            domain("11", phenomenon("6", lap(3, "2026-07-11T04:00:00Z", "2026-07-12T22:00:00Z"))),
            begin="2026-07-11T04:00:00Z",
            end="2026-07-12T22:00:00Z",
        )

        load(actor, map_of(later, issued="2026-07-11T04:00:28Z"), at=AT + timedelta(days=1))

        assert VigilanceProposal.objects.count() == 1
        assert VigilanceProposal.objects.get().until == datetime(2026, 7, 12, 22, tzinfo=UTC)

    def test_propose_the_calls_as_a_task(self, actor):
        rule(actor, act="calls")

        load(actor)

        (task,) = Task.objects.all()
        assert (task.role, task.state) == ("social", "open")

    def test_say_nothing_below_their_colour(self, actor):
        rule(actor, colour="red")

        assert load(actor).proposals == 0

    def test_say_nothing_where_nobody_lives(self, actor):
        rule(actor, colour="yellow", departments=["31"])

        assert load(actor).proposals == 0

    def test_say_nothing_once_switched_off(self, actor):
        kept = rule(actor)
        services.switch_rule(rule_id=kept.pk, active=False, by=actor, at=AT)

        assert load(actor).proposals == 0

    def test_do_not_ask_again_for_what_stands(self, actor):
        rule(actor)
        plans.activate(by=actor, level="3", at=AT)

        load(actor)

        assert VigilanceProposal.objects.get().activation is None
        assert VigilanceProposal.objects.get().refusal

    def test_are_not_written_twice(self, actor):
        rule(actor)

        with pytest.raises(services.RuleTaken):
            rule(actor)

    def test_name_a_level_that_the_plan_has(self, actor):
        with pytest.raises(services.LevelMissing):
            rule(actor, level="")


class TestSeason:
    HEAT = (
        plans.PLAN.replace('"pandemic"', '"canicule"', 1)
        .replace('"pandemic"', '"heat_wave"')
        .replace("[levels.2]", '[levels.0]\nname = "Watch"\n[levels.2]')
    )

    def test_proposes_the_watch_once_a_season(self, actor):
        plans.make_plan(by=actor, at=AT, text=self.HEAT)

        first = services.propose_seasonal_watch(by=actor, at=AT)
        again = services.propose_seasonal_watch(by=actor, at=AT + timedelta(days=1))

        assert (first.level, first.state, again) == ("0", "proposed", None)

    def test_proposes_nothing_out_of_season(self, actor):
        plans.make_plan(by=actor, at=AT, text=self.HEAT)

        assert services.propose_seasonal_watch(by=actor, at=datetime(2026, 9, 16, 12, tzinfo=UTC)) is None

    def test_says_until_when(self, actor):
        assert selectors.situation(at=AT).season_ends_on.isoformat() == "2026-09-15"
