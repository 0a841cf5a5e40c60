"""The query that answers `mode_of` says what the rule says, whatever was decided."""

from datetime import date, timedelta
from random import Random

import pytest

from palier.kernel.errors import DomainError
from palier.kernel.modes import Place, PlaceKind, in_force, merge, mode_of, modes_of, services
from palier.kernel.places import PlaceRef, organisation_place
from palier.modules.continuity.models import Activation, ModeOverride
from palier.modules.continuity.selectors.modes import whole_history
from palier.modules.continuity.selectors.preview import preview_level
from palier.modules.continuity.services import overrides
from palier.modules.continuity.tests.plans import NOON, PLAN, activate, change, lift, make_plan, override

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
COMMUNE = Place(PlaceKind.COMMUNE, "11262", "11262", "Narbonne", (PlaceRef(PlaceKind.DEPARTMENT, "11"),))
DEPARTMENT = Place(PlaceKind.DEPARTMENT, "11", "11", "Aude")
SCOPES = (organisation_place(), COMMUNE, DEPARTMENT)
INSIDE = Place(
    PlaceKind.RESIDENCE, "01900000-0000-7000-8000-000000000001", within=(COMMUNE.ref, DEPARTMENT.ref)
)
OUTSIDE = Place(PlaceKind.RESIDENCE, "01900000-0000-7000-8000-000000000002")


def decide_at_random(chance, actor, hours):
    """One decision, whichever is possible; a refusal is a decision not taken."""
    at = NOON + hours * HOUR
    later = {"effective_at": at + chance.randint(0, 20) * HOUR}
    standing = list(Activation.objects.standing())
    decided = list(ModeOverride.objects.filter(state="in_force"))
    kind = chance.choice(["activate", "activate", "change", "lift", "override", "end"])
    try:
        if kind == "activate":
            options = {"scope": chance.choice(SCOPES), "exercise": chance.random() < 0.2} | later
            activate(
                by=actor,
                at=at,
                level=chance.choice("23"),
                plan=chance.choice(["pandemic", "flood"]),
                **options,
            )
        elif kind == "change" and standing:
            change(chance.choice(standing), by=actor, at=at, level=chance.choice("23"), **later)
        elif kind == "lift" and standing:
            lift(chance.choice(standing), by=actor, at=at, **later)
        elif kind == "override":
            value = chance.choice(["all", "urgent_only", "safety_only"])
            override(by=actor, at=at, scope=chance.choice(SCOPES), accept=value, review_on=date(2027, 12, 1))
        elif kind == "end" and decided:
            overrides.lift_override(override_id=chance.choice(decided).pk, reason="Over", by=actor, at=at)
    except DomainError:
        pass


class TestSource:
    @pytest.mark.parametrize("seed", range(6))
    def test_says_what_the_rule_says(self, alpha, actor, seed):
        chance = Random(seed)
        make_plan(by=actor)
        make_plan(by=actor, text=PLAN.replace('"pandemic"', '"flood"', 2))
        for hours in range(1, 25):
            decide_at_random(chance, actor, hours)
        history = whole_history(at=NOON + 1000 * HOUR)
        assert len(history) >= 12

        for _question in range(25):
            at = NOON + chance.randint(0, 60) * HOUR
            known_at = chance.choice([at, NOON + chance.randint(0, 30) * HOUR])
            for place in (INSIDE, OUTSIDE, organisation_place()):
                answers = modes_of(None, [place], at, known_at)
                asked = in_force(history, at=at, known_at=known_at)
                for one in services():
                    expected = merge(one, place, asked, at=at, known_at=known_at)
                    assert answers[one.key, place.ref].mode == expected.mode, (seed, one.key, place, at)

    def test_asks_one_query(self, alpha, actor, django_assert_num_queries):
        make_plan(by=actor)
        activate(by=actor)

        with django_assert_num_queries(1):
            mode_of("repairs", INSIDE, NOON)


class TestPreview:
    def test_asks_a_bounded_number_of_queries(self, alpha, actor, django_assert_max_num_queries):
        version = make_plan(by=actor)
        for scope in SCOPES[1:]:
            activate(by=actor, scope=scope)

        with django_assert_max_num_queries(12):
            preview_level(version=version, level=version.document.levels["3"], scope=SCOPES[0], at=NOON)
