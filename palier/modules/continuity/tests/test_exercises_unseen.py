"""`mode_of` never sees an exercise, whatever is activated, changed and lifted around it."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from palier.kernel.modes import ModeChange, SourceKind, in_force, mode_of, services
from palier.kernel.places import WHOLE_ORGANISATION, organisation_place
from palier.modules.continuity.models import Activation
from palier.modules.continuity.services.activations import AlreadyActive, SameLevel
from palier.modules.continuity.tests import plans

BEGUN = datetime(2026, 11, 2, 8, tzinfo=UTC)

CHANGES = st.builds(
    lambda number, source, hour, exercise, empty: ModeChange(
        number,
        "reception",
        WHOLE_ORGANISATION,
        SourceKind.ACTIVATION,
        f"{source}{'x' if exercise else ''}",
        {} if empty else {"opening": "closed"},
        effective_at=BEGUN + timedelta(hours=hour),
        recorded_at=BEGUN + timedelta(hours=hour),
        exercise=exercise,
    ),
    st.integers(1, 1000),
    st.integers(1, 3),
    st.integers(0, 48),
    st.booleans(),
    st.booleans(),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(CHANGES, max_size=8), st.integers(0, 50))
def test_what_is_in_force_is_the_same_without_the_exercises(changes, hour):
    at = BEGUN + timedelta(hours=hour)
    real = [one for one in changes if not one.exercise]

    assert in_force(changes, at=at, known_at=at) == in_force(real, at=at, known_at=at)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_a_life_with_exercises_gives_the_modes_of_the_same_life_without(alpha, actor, seed):
    plans.make_plan(by=actor, at=BEGUN)
    chance = random.Random(seed)
    at = BEGUN
    for _ in range(12):
        at += timedelta(hours=chance.randint(1, 5))
        before = _modes(at)
        exercise, level = chance.random() < 0.6, chance.choice("23")
        standing = Activation.objects.standing().filter(exercise=exercise).first()
        try:
            if standing is None:
                plans.activate(by=actor, level=level, at=at, exercise=exercise)
            elif chance.random() < 0.5:
                plans.lift(standing, by=actor, at=at)
            else:
                plans.change(standing, by=actor, level=level, at=at)
        except (AlreadyActive, SameLevel):
            continue
        if exercise:
            assert _modes(at) == before
        else:
            real = Activation.objects.standing().real().first()
            asked = real.plan_version.document.levels[real.level].services if real else {}
            assert (_modes(at)["reception"]["opening"] == "open") == ("reception" not in asked)


def _modes(at):
    return {one.key: mode_of(one.key, organisation_place(), at).mode.plain() for one in services()}
