"""Each state × action of a referral and of an observation: open to whom has the right, refused otherwise."""

import itertools
from pathlib import Path

import pytest

from palier.kernel.errors import NotAllowed, TransitionRefused
from palier.modules.referrals.enums import ObservationAction, ObservationState, ReferralAction, ReferralState
from palier.modules.referrals.models import Observation, Referral
from palier.modules.referrals.tests.factories import AT, somebody, with_rights
from palier.modules.referrals.workflow import OBSERVATION, REFERRAL

pytestmark = pytest.mark.django_db

CASES = [
    *(
        (REFERRAL, Referral, state, action)
        for state, action in itertools.product(ReferralState, ReferralAction)
    ),
    *(
        (OBSERVATION, Observation, state, action)
        for state, action in itertools.product(ObservationState, ObservationAction)
    ),
]


@pytest.mark.parametrize(("workflow", "model", "state", "action"), CASES)
def test_a_step_is_taken_from_its_states_alone(alpha, workflow, model, state, action):
    record = model(state=state)
    sources, target, _right = workflow.table[action]

    if state in sources:
        workflow.move(record, action, by=somebody(), at=AT)
        assert record.state == target
    else:
        with pytest.raises(TransitionRefused):
            workflow.move(record, action, by=somebody(), at=AT)
        assert record.state == state


@pytest.mark.parametrize("action", list(ReferralAction))
def test_a_step_asks_for_its_right(action):
    (source, *_), _target, right = REFERRAL.table[action]
    record = Referral(state=source)

    with pytest.raises(NotAllowed):
        REFERRAL.move(record, action, by=with_rights("referrals:referral:view"), at=AT)

    assert record.state == source
    assert action in REFERRAL.open_to(record, with_rights(right))


def test_every_action_has_a_word():
    assert all(action.label for action in [*ReferralAction, *ObservationAction])


@pytest.mark.parametrize("workflow", [REFERRAL, OBSERVATION])
def test_the_readme_draws_the_table(workflow):
    readme = Path(__file__).parents[1] / "README.md"

    assert workflow.as_mermaid() in readme.read_text(encoding="utf-8")
