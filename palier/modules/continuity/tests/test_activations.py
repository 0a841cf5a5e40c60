"""Deciding a level: what it asks of services, when, and what is refused."""

from datetime import date, timedelta

import pytest
from django.db import InternalError, ProgrammingError, connection

from palier.kernel.access import Actor
from palier.kernel.errors import NotAllowed, TransitionRefused
from palier.kernel.modes import Place, PlaceKind, State, mode_of, modes_of
from palier.kernel.places import PlaceRef, organisation_place
from palier.modules.continuity.enums import ActivationState
from palier.modules.continuity.models import ActivationStep, ModeChange
from palier.modules.continuity.selectors.activations import (
    activation_card,
    activations_in_force,
    frozen_list,
    level_cards,
    status,
)
from palier.modules.continuity.selectors.plans import LevelUnknown, PlanUnknown
from palier.modules.continuity.services import activations
from palier.modules.continuity.services.activations import Decision
from palier.modules.continuity.tests.plans import NOON, PLAN, activate, change, lift, make_plan, override
from palier.modules.estate.tests.factories import make_agency, make_residence

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ORGANISATION = organisation_place()

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(alpha, actor):
    return make_plan(by=actor)


def preview(plan, level="3", scope=ORGANISATION, at=NOON, activation=None):
    from palier.modules.continuity.selectors.preview import preview_level

    return preview_level(
        version=plan, level=plan.document.levels[level], scope=scope, at=at, activation=activation
    )


class TestActivate:
    def test_asks_at_once_what_the_level_says(self, plan, actor):
        activate(by=actor)

        answer = mode_of("repairs", ORGANISATION, NOON)
        assert answer.mode.plain() == {"accept": "urgent_only", "on_call": "nights", "entry_protocol": "on"}
        assert mode_of("reception", ORGANISATION, NOON).state == State.STOPPED
        assert mode_of("rent", ORGANISATION, NOON).is_normal

    def test_answers_normal_before_it_began(self, plan, actor):
        activate(by=actor)

        assert mode_of("repairs", ORGANISATION, NOON - HOUR).is_normal

    def test_keeps_the_time_of_the_decision_apart(self, plan, actor):
        activation = activate(by=actor, decided_at=NOON - 3 * HOUR, name="Anne Morel")

        assert activation.decided_at == NOON - 3 * HOUR
        assert activation.effective_at == activation.recorded_at == NOON
        assert mode_of("repairs", ORGANISATION, NOON - HOUR).is_normal

    def test_begins_later_when_decided_for_later(self, plan, actor):
        activation = activate(by=actor, effective_at=NOON + DAY)

        assert activation.state == ActivationState.DECIDED
        assert mode_of("repairs", ORGANISATION, NOON + HOUR).is_normal
        assert mode_of("repairs", ORGANISATION, NOON + DAY)["accept"] == "urgent_only"

    def test_becomes_active_when_its_time_has_come(self, plan, actor):
        activation = activate(by=actor, effective_at=NOON + DAY)

        assert activations.start_due(by=actor, at=NOON + HOUR) == 0
        assert activations.start_due(by=actor, at=NOON + DAY) == 1
        activation.refresh_from_db()
        assert activation.state == ActivationState.ACTIVE

    def test_sets_the_review_that_the_level_asks_for(self, plan, actor):
        assert activate(by=actor).review_on == date(2026, 11, 16)

    def test_never_lifts_by_itself(self, plan, actor):
        activate(by=actor)

        assert mode_of("repairs", ORGANISATION, NOON + 400 * DAY)["accept"] == "urgent_only"

    def test_says_what_made_it_so(self, plan, actor):
        activation = activate(by=actor)

        (contribution,) = mode_of("reception", ORGANISATION, NOON).contributions
        assert contribution.decisive == ("opening",)
        assert contribution.change.source_id == str(activation.pk)
        assert contribution.change.reason == "Lockdown"
        assert "Pandemic" in contribution.change.label

    def test_of_an_exercise_is_invisible(self, plan, actor):
        activation = activate(by=actor, exercise=True)

        assert mode_of("repairs", ORGANISATION, NOON).is_normal
        assert status(at=NOON)["activations"] == []
        assert activation.reference == "EX-2026-001"

    def test_gives_each_its_reference(self, plan, actor):
        first = activate(by=actor)
        lift(first, by=actor, at=NOON + HOUR)

        assert (first.reference, activate(by=actor, at=NOON + DAY).reference) == ("2026-001", "2026-002")

    def test_is_refused_without_a_reason(self, plan, actor):
        with pytest.raises(activations.ReasonMissing):
            activate(by=actor, reason=" ")

        assert not ModeChange.objects.exists()

    def test_is_refused_where_the_plan_is_already_active(self, plan, actor):
        activate(by=actor)

        with pytest.raises(activations.AlreadyActive) as refusal:
            activate(by=actor, level="2")

        assert refusal.value.code == "continuity.already-active"

    def test_is_refused_for_a_review_that_is_past(self, plan, actor):
        with pytest.raises(activations.ReviewDatePassed):
            activate(by=actor, review_on=date(2026, 11, 2))

    def test_is_refused_for_a_decision_not_yet_taken(self, plan, actor):
        with pytest.raises(activations.DecisionAhead):
            activate(by=actor, decided_at=NOON + HOUR)

    def test_names_the_levels_when_one_is_unknown(self, plan, actor):
        with pytest.raises(LevelUnknown) as refusal:
            activate(by=actor, level="4")

        assert "2, 3" in str(refusal.value)

    def test_names_the_plans_when_one_is_unknown(self, plan, actor):
        with pytest.raises(PlanUnknown) as refusal:
            activate(by=actor, plan="flood")

        assert "pandemic" in str(refusal.value)

    def test_is_refused_without_the_right(self, plan, actor):
        nobody = Actor(user_id=None, name="N", email="", organisation="alpha")

        with pytest.raises(NotAllowed):
            activate(by=nobody)


class TestScope:
    def test_of_an_agency_reaches_its_residences_alone(self, plan, actor):
        here, elsewhere = make_agency(), make_agency()
        scope = Place(PlaceKind.AGENCY, str(here.pk), here.code, here.name)
        activate(by=actor, scope=scope)
        inside = Place(PlaceKind.RESIDENCE, "r", within=(scope.ref,))
        outside = Place(PlaceKind.RESIDENCE, "s", within=(PlaceRef(PlaceKind.AGENCY, str(elsewhere.pk)),))

        assert mode_of("repairs", inside, NOON)["accept"] == "urgent_only"
        assert mode_of("repairs", outside, NOON).is_normal
        assert mode_of("repairs", ORGANISATION, NOON).is_normal

    def test_leaves_alone_the_services_that_it_cannot_decide(self, plan, actor):
        agency = make_agency()
        activate(by=actor, scope=Place(PlaceKind.AGENCY, str(agency.pk), agency.code, agency.name))

        assert set(ModeChange.objects.values_list("service", flat=True)) == {"repairs", "reception"}

    def test_of_a_commune_reaches_the_residences_there(self, plan, actor):
        from palier.modules.estate.public import place_of, place_of_id

        residence = make_residence(insee_code="11262", city="Narbonne")
        activate(by=actor, scope=place_of("commune", "11262"))

        there = place_of_id("residence", residence.pk)
        assert mode_of("repairs", there, NOON)["accept"] == "urgent_only"

    def test_asks_many_places_in_one_query(self, plan, actor, django_assert_num_queries):
        activate(by=actor)
        places = [Place(PlaceKind.RESIDENCE, str(number)) for number in range(50)]

        with django_assert_num_queries(1):
            answers = modes_of(None, places, NOON)

        assert len(answers) == 50 * 22


class TestChangeLevel:
    def test_asks_what_the_new_level_says_and_nothing_else(self, plan, actor):
        activation = activate(by=actor)

        change(activation, by=actor, level="2", at=NOON + DAY)

        later = NOON + DAY
        assert mode_of("reception", ORGANISATION, later)["opening"] == "by_appointment"
        assert mode_of("repairs", ORGANISATION, later).mode.plain()["accept"] == "all"
        assert mode_of("payables", ORGANISATION, later).is_normal
        assert mode_of("reception", ORGANISATION, later - HOUR)["opening"] == "closed"

    def test_opens_only_the_cards_that_were_not_opened(self, plan, actor):
        activation = activate(by=actor, level="2")

        change(activation, by=actor, level="3", at=NOON + DAY)

        step = ActivationStep.objects.get(activation=activation, number=2)
        assert [card.code for card in level_cards(step_id=step.pk)] == ["close-the-doors"]

    def test_keeps_the_clock_of_a_service_that_stays_as_it_is(self, alpha, actor):
        text = PLAN.replace('opening = "by_appointment"', 'opening = "closed"')
        make_plan(by=actor, text=text)
        activation = activate(by=actor)

        change(activation, by=actor, level="2", at=NOON + DAY)

        assert mode_of("reception", ORGANISATION, NOON + 2 * DAY).since == NOON

    def test_names_who_decided_the_level_in_force(self, plan, actor):
        activation = activate(by=actor, name="Anne Morel")

        changed = change(activation, by=actor, level="2", at=NOON + DAY, name="Paul Serra")

        changed.refresh_from_db()
        assert (changed.decided_by_name, changed.decided_at) == ("Paul Serra", NOON + DAY)
        steps = ActivationStep.objects.filter(activation=activation).order_by("number")
        assert [step.decided_by_name for step in steps] == ["Anne Morel", "Paul Serra"]

    def test_is_refused_to_the_same_level(self, plan, actor):
        activation = activate(by=actor)

        with pytest.raises(activations.SameLevel):
            change(activation, by=actor, level="3", at=NOON + DAY)


class TestLift:
    def test_restores_everything(self, plan, actor):
        activation = activate(by=actor)

        lift(activation, by=actor, at=NOON + DAY)

        assert all(answer.is_normal for answer in modes_of(None, [ORGANISATION], NOON + DAY).values())
        assert mode_of("repairs", ORGANISATION, NOON + HOUR)["accept"] == "urgent_only"

    def test_leaves_what_another_level_asks(self, plan, actor):
        agency = make_agency()
        scope = Place(PlaceKind.AGENCY, str(agency.pk), agency.code, agency.name)
        everywhere = activate(by=actor)
        activate(by=actor, scope=scope, level="2")

        lift(everywhere, by=actor, at=NOON + DAY)

        inside = Place(PlaceKind.RECEPTION, "p", within=(scope.ref,))
        assert mode_of("reception", inside, NOON + DAY)["opening"] == "by_appointment"

    def test_cancels_what_was_planned(self, plan, actor):
        activation = activate(by=actor, effective_at=NOON + 2 * DAY)

        lift(activation, by=actor, at=NOON + DAY)

        assert mode_of("repairs", ORGANISATION, NOON + 3 * DAY).is_normal
        expected = mode_of("repairs", ORGANISATION, NOON + 3 * DAY, known_at=NOON + HOUR)
        assert expected["accept"] == "urgent_only"

    def test_cannot_be_done_twice(self, plan, actor):
        activation = activate(by=actor)
        lift(activation, by=actor, at=NOON + DAY)

        with pytest.raises(TransitionRefused):
            lift(activation, by=actor, at=NOON + 2 * DAY)

    def test_then_lessons_then_close(self, plan, actor):
        activation = lift(activate(by=actor), by=actor, at=NOON + DAY)

        activations.debrief(
            activation_id=activation.pk, lessons="Order masks in October.", by=actor, at=NOON + DAY
        )
        closed = activations.close(activation_id=activation.pk, by=actor, at=NOON + DAY)

        assert closed.state == ActivationState.CLOSED


class TestExtend:
    def test_sets_a_later_review_and_changes_no_mode(self, plan, actor):
        activation = activate(by=actor)
        before = ModeChange.objects.count()

        activations.extend(
            activation_id=activation.pk,
            decision=Decision(reason="Still here", review_on=date(2026, 12, 1)),
            by=actor,
            at=NOON + DAY,
        )

        activation.refresh_from_db()
        assert activation.review_on == date(2026, 12, 1)
        assert ModeChange.objects.count() == before

    def test_is_refused_to_an_earlier_date(self, plan, actor):
        activation = activate(by=actor)

        with pytest.raises(activations.ReviewNotLater):
            activations.extend(
                activation_id=activation.pk,
                decision=Decision(reason="Still here", review_on=date(2026, 11, 10)),
                by=actor,
                at=NOON + DAY,
            )


class TestPreview:
    def test_counts_what_the_activation_then_does(self, plan, actor):
        make_residence()
        shown = preview(plan)

        activation = activate(by=actor, fingerprint=shown.fingerprint)

        step = activation.steps.get()
        assert step.preview == shown.as_json()
        assert [one["service"] for one in step.preview["changes"]] == ["repairs", "reception", "payables"]
        assert (step.preview["tasks"], step.preview["notices"], step.preview["posters"]) == (2, 3, 2)
        assert len(level_cards(step_id=step.pk)) == step.preview["tasks"]
        assert frozen_list(step_id=step.pk, key="tasks") == ("call-the-cell", "close-the-doors")

    def test_says_null_where_no_module_answers(self, plan, actor):
        shown = preview(plan).as_json()

        assert (shown["calls"], shown["appointments"], shown["parked"]) == (None, None, None)
        assert shown["masks"] == {"needed": None, "stock": None}

    def test_gives_each_service_from_and_to(self, plan, actor):
        change_of_repairs = preview(plan).as_json()["changes"][0]

        assert change_of_repairs["from"]["state"] == "normal"
        assert change_of_repairs["to"] == {
            "state": "adapted",
            "fields": {"accept": "urgent_only", "on_call": "nights", "entry_protocol": "on"},
        }

    def test_is_the_same_twice(self, plan, actor):
        assert preview(plan).fingerprint == preview(plan, at=NOON + HOUR).fingerprint

    def test_refuses_to_confirm_numbers_that_have_changed(self, plan, actor):
        shown = preview(plan)
        override(by=actor, accept="safety_only")

        with pytest.raises(activations.PreviewOutdated) as refusal:
            activate(by=actor, fingerprint=shown.fingerprint)

        assert refusal.value.preview.fingerprint != shown.fingerprint
        assert not ActivationStep.objects.exists()

    def test_says_what_stays_because_something_more_protective_decides(self, plan, actor):
        override(by=actor, accept="safety_only", entry_protocol="on")

        shown = preview(plan)

        assert "repairs" not in [one.service.key for one in shown.changes]
        assert [one.key for one in shown.masked] == ["repairs"]

    def test_says_what_the_scope_cannot_decide(self, plan, actor):
        agency = make_agency()
        shown = preview(plan, scope=Place(PlaceKind.AGENCY, str(agency.pk)))

        assert [one.key for one in shown.elsewhere] == ["payables"]

    def test_asks_of_an_agency_only_the_staff_of_its_own_services(self, alpha, actor):
        text = PLAN.replace("[levels.3.staff]\n", "[levels.3.staff]\npayables = 1\n")
        plan, agency = make_plan(by=actor, text=text), make_agency()

        assert preview(plan).as_json()["staff"]["needed"] == 3
        assert preview(plan, scope=Place(PlaceKind.AGENCY, str(agency.pk))).as_json()["staff"]["needed"] == 2

    def test_of_a_lift_counts_the_way_back(self, plan, actor):
        from palier.modules.continuity.selectors.preview import preview_lift

        activation = activate(by=actor)

        shown = preview_lift(activation=activation, scope=ORGANISATION, at=NOON + DAY)

        assert {one.service.key: one.after.state for one in shown.changes} == {
            "repairs": State.NORMAL,
            "reception": State.NORMAL,
            "payables": State.NORMAL,
        }


class TestDoubleClick:
    def test_does_once_what_is_confirmed_twice(self, plan, actor):
        first = activate(by=actor, key="one-click")

        second = activate(by=actor, key="one-click")

        assert first.pk == second.pk
        assert ActivationStep.objects.count() == 1


class TestRecord:
    def test_of_a_mode_is_never_rewritten(self, plan, actor):
        activate(by=actor)

        with pytest.raises((ProgrammingError, InternalError)), connection.cursor() as cursor:
            cursor.execute("UPDATE continuity_mode_change SET values = '{}'")

    def test_of_levels_tells_the_past(self, plan, actor):
        activation = activate(by=actor)
        change(activation, by=actor, level="2", at=NOON + DAY)
        lift(activation, by=actor, at=NOON + 3 * DAY)

        assert [one.level for one in activations_in_force(at=NOON + HOUR)] == ["3"]
        assert [one.level for one in activations_in_force(at=NOON + 2 * DAY)] == ["2"]
        assert activations_in_force(at=NOON + 4 * DAY) == ()

    def test_of_an_activation_lists_its_decisions(self, plan, actor):
        activation = activate(by=actor)
        change(activation, by=actor, level="2", at=NOON + DAY)

        card = activation_card(activation_id=activation.pk, actor=actor)

        assert [(step.kind, step.level) for step in card.steps] == [("activate", "3"), ("change", "2")]
        assert {"change", "extend", "lift"} <= set(card.actions)


class TestProposal:
    def test_changes_nothing_until_it_is_decided(self, plan, actor):
        proposed = activations.propose(
            plan_code="pandemic", level="2", scope=ORGANISATION, decision=Decision(reason="Cases"), by=actor, at=NOON
        )  # fmt: skip

        assert mode_of("reception", ORGANISATION, NOON).is_normal

        decided = activate(by=actor, level="2", at=NOON + HOUR, proposal_id=proposed.pk)
        assert decided.pk == proposed.pk
        assert decided.state == ActivationState.ACTIVE
        assert mode_of("reception", ORGANISATION, NOON + HOUR)["opening"] == "by_appointment"


class TestStatus:
    def test_has_the_shape_that_scripts_read(self, plan, actor):
        activate(by=actor)

        said = status(at=NOON)

        assert said["activations"] == [
            {
                "plan": "pandemic",
                "level": "3",
                "scope": "organisation",
                "since": NOON.isoformat(),
                "review_on": "2026-11-16",
            }
        ]
        assert said["modes"]["reception"] == {
            "state": "stopped",
            "fields": {"opening": "closed", "travel_document": "off"},
        }
        assert len(said["modes"]) == 22
