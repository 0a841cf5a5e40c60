"""Every state against every action: the table says it all."""

from pathlib import Path

import pytest

from palier.kernel.access import Actor
from palier.kernel.errors import NotAllowed, TransitionRefused
from palier.modules.support.models import Aim, Appointment, Step, SupportFile
from palier.modules.support.tests.factories import AT
from palier.modules.support.workflow import AIM, APPOINTMENT, FILE, STEP

pytestmark = pytest.mark.usefixtures("alpha")

TABLES = [(FILE, SupportFile), (AIM, Aim), (STEP, Step), (APPOINTMENT, Appointment)]
CASES = [
    pytest.param(workflow, model, state, action, id=f"{workflow.name}-{state.value}-{action.value}")
    for workflow, model in TABLES
    for state in sorted(workflow.states())
    for action in workflow.table
]


@pytest.mark.parametrize(("workflow", "model", "state", "action"), CASES)
def test_each_action_goes_where_the_table_says_or_is_refused(workflow, model, state, action, actor):
    record = model(state=state)
    sources, target, _permission = workflow.table[action]

    if state in sources:
        workflow.move(record, action, by=actor, at=AT)
        assert record.state == target
    else:
        with pytest.raises(TransitionRefused):
            workflow.move(record, action, by=actor, at=AT)


@pytest.mark.parametrize("workflow", [workflow for workflow, _model in TABLES])
def test_nobody_moves_a_file_without_the_right(workflow):
    visitor = Actor(user_id=None, name="Visiteur", email="", organisation="alpha")
    action, (sources, _target, _permission) = next(iter(workflow.table.items()))

    with pytest.raises(NotAllowed):
        workflow.move(type("Row", (), {"state": sources[0]})(), action, by=visitor, at=AT)


@pytest.mark.parametrize("workflow", [FILE, APPOINTMENT])
def test_the_readme_draws_the_table(workflow):
    readme = Path(__file__).parents[1] / "README.md"

    assert workflow.as_mermaid() in readme.read_text(encoding="utf-8")
