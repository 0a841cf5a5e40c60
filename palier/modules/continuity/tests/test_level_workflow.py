"""Every state of an activation against every action: the table says it all."""

from pathlib import Path

import pytest

from palier.kernel.access import Actor
from palier.kernel.errors import NotAllowed, TransitionRefused
from palier.modules.continuity.enums import ActivationAction, ActivationState
from palier.modules.continuity.models import Activation
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.tests.plans import NOON
from palier.modules.continuity.workflow.activations import ACTIVATION, OVERRIDE
from palier.modules.continuity.workflow.plans import PLAN_VERSION

pytestmark = pytest.mark.django_db


class TestActivation:
    @pytest.mark.parametrize("state", list(ActivationState))
    @pytest.mark.parametrize("action", list(ActivationAction))
    def test_does_what_the_table_says_and_nothing_else(self, alpha, actor, state, action):
        activation = Activation(state=state)
        sources, target, _permission = ACTIVATION.table[action]

        if state in sources:
            ACTIVATION.move(activation, action, by=actor, at=NOON)
            assert activation.state == target
        else:
            with pytest.raises(TransitionRefused):
                ACTIVATION.move(activation, action, by=actor, at=NOON)

    def test_is_decided_by_those_who_may(self, alpha):
        secretary = Actor(
            user_id=None,
            name="S",
            email="",
            organisation="alpha",
            permissions=frozenset({Permission.ACTIVATION_PROPOSE.value}),
        )

        with pytest.raises(NotAllowed):
            ACTIVATION.move(Activation(state="proposed"), ActivationAction.DECIDE, by=secretary, at=NOON)

    def test_reaches_every_state(self):
        assert ACTIVATION.states() == set(ActivationState)

    def test_ends_only_when_closed_or_dropped(self):
        begun_from = {
            state for sources, _target, _permission in ACTIVATION.table.values() for state in sources
        }

        assert set(ActivationState) - begun_from == {ActivationState.CLOSED, ActivationState.DROPPED}


class TestReadme:
    @pytest.mark.parametrize("table", [PLAN_VERSION, ACTIVATION, OVERRIDE], ids=lambda table: table.name)
    def test_draws_the_table(self, table):
        readme = Path(__file__).resolve().parent.parent / "README.md"

        assert table.as_mermaid() in readme.read_text(encoding="utf-8")
