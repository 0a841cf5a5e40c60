"""The life of a plan's versions."""

from datetime import date, timedelta

import pytest

from palier.kernel.access import Actor
from palier.kernel.errors import NotAllowed, TransitionRefused
from palier.modules.continuity.enums import VersionAction, VersionState
from palier.modules.continuity.models import PlanVersion
from palier.modules.continuity.selectors import plans as selectors
from palier.modules.continuity.services import plans
from palier.modules.continuity.services.templates import plan_templates
from palier.modules.continuity.tests.plans import NOON, PLAN, make_plan
from palier.modules.continuity.workflow.plans import PLAN_VERSION

OTHER = PLAN.replace("review_days = 14", "review_days = 10")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open(alpha):
    return alpha


def imported(by, text=PLAN):
    return plans.import_plan(content=text, by=by, at=NOON)


class TestImport:
    def test_makes_a_draft(self, actor):
        version = imported(actor)

        assert (version.number, version.state, version.plan.code) == (1, VersionState.DRAFT, "pandemic")

    def test_of_the_same_plan_changes_nothing(self, actor):
        version = make_plan(by=actor)

        again = imported(actor, PLAN + "\n# A remark.\n")

        assert again.pk == version.pk
        assert PlanVersion.objects.count() == 1

    def test_rewrites_the_draft(self, actor):
        first = imported(actor)

        second = imported(actor, OTHER)

        assert first.pk == second.pk
        assert second.document.levels["3"].review_days == 10

    def test_of_something_new_makes_the_next_version(self, actor):
        make_plan(by=actor)

        version = imported(actor, OTHER)

        assert (version.number, version.state) == (2, VersionState.DRAFT)

    def test_is_refused_while_a_version_is_in_review(self, actor):
        version = imported(actor)
        plans.submit(version_id=version.pk, by=actor, at=NOON)

        with pytest.raises(plans.VersionInReview):
            imported(actor, OTHER)

        version.refresh_from_db()
        assert version.document.levels["3"].review_days == 14

    def test_gives_every_problem(self, actor):
        with pytest.raises(plans.PlanRefused) as refusal:
            imported(actor, PLAN.replace("urgent_only", "urgent"))

        assert refusal.value.problems[0].path == "levels.3.services.repairs.accept"
        assert not PlanVersion.objects.exists()

    def test_needs_the_right(self, actor):
        with pytest.raises(NotAllowed):
            imported(Actor(user_id=None, name="N", email="", organisation="alpha"))

    def test_takes_every_template(self, actor):
        for template in plan_templates("fr"):
            assert imported(actor, template.text).document == template.document


class TestApprove:
    def test_archives_the_former_version(self, actor):
        first = make_plan(by=actor)

        second = make_plan(by=actor, text=OTHER)

        first.refresh_from_db()
        assert (first.state, second.state) == (VersionState.ARCHIVED, VersionState.IN_FORCE)

    def test_sets_the_next_review_within_a_year(self, actor):
        assert make_plan(by=actor).next_review_on == date(2027, 11, 2)

    def test_is_refused_for_a_review_too_far(self, actor):
        version = imported(actor)
        plans.submit(version_id=version.pk, by=actor, at=NOON)

        with pytest.raises(plans.ReviewTooFar):
            plans.approve(version_id=version.pk, by=actor, at=NOON, next_review_on=date(2028, 1, 1))

    def test_is_refused_before_review(self, actor):
        version = imported(actor)

        with pytest.raises(TransitionRefused):
            plans.approve(version_id=version.pk, by=actor, at=NOON)

        version.refresh_from_db()
        assert version.state == VersionState.DRAFT

    def test_handles_the_29th_of_february(self):
        assert plans.latest_review(date(2028, 2, 29)) == date(2029, 2, 28)


class TestWorkflow:
    @pytest.mark.parametrize("state", list(VersionState))
    @pytest.mark.parametrize("action", list(VersionAction))
    def test_does_what_the_table_says_and_nothing_else(self, state, action, actor):
        version = imported(actor)
        version.state = state
        sources, target, _permission = PLAN_VERSION.table[action]

        if state in sources:
            PLAN_VERSION.move(version, action, by=actor, at=NOON)
            assert version.state == target
        else:
            with pytest.raises(TransitionRefused):
                PLAN_VERSION.move(version, action, by=actor, at=NOON)


class TestSelectors:
    def test_list_plans_in_a_bounded_number_of_queries(self, actor, django_assert_max_num_queries):
        make_plan(by=actor)
        imported(actor, OTHER)
        make_plan(by=actor, text=PLAN.replace('code = "pandemic"', 'code = "flood"'))

        with django_assert_max_num_queries(2):
            rows = selectors.plans(actor=actor)

        assert [(row.code, bool(row.in_force), bool(row.being_written)) for row in rows] == [
            ("flood", True, False),
            ("pandemic", True, True),
        ]

    def test_say_when_a_review_is_overdue(self, actor):
        make_plan(by=actor)

        (row,) = selectors.plans(actor=actor)
        assert not row.review_overdue(date(2027, 11, 2))
        assert row.review_overdue(date(2027, 11, 3))

    def test_say_what_differs_between_two_versions(self, actor):
        first, second = make_plan(by=actor), make_plan(by=actor, text=OTHER, at=NOON + timedelta(days=1))

        (found,) = selectors.differences(version_id=second.pk, other_id=first.pk, actor=actor)

        assert (found.path, found.before, found.after) == ("levels.3.review_days", "14", "10")

    def test_show_every_service_of_a_level(self, actor):
        rows = selectors.level_modes(make_plan(by=actor).document.levels["3"])

        assert len(rows) == 22
        assert {row.service.key: row.state for row in rows if row.is_named} == {
            "repairs": "adapted",
            "reception": "stopped",
            "payables": "adapted",
        }
