"""Every state × action of the tables, allowed or refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from palier.kernel.access import Actor
from palier.kernel.errors import NotAllowed, TransitionRefused
from palier.modules.estate.enums import LotAction, LotStatus, ReservationAction, ReservationState
from palier.modules.estate.tests import factories
from palier.modules.estate.workflow import LOT, RESERVATION

pytestmark = pytest.mark.usefixtures("alpha")

NOW = datetime(2020, 3, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize("status", LotStatus)
@pytest.mark.parametrize("action", LotAction)
def test_a_lot_takes_the_steps_of_its_table_alone(actor, status, action):
    lot = factories.make_lot(status=status)
    sources, target, _permission = LOT.table[action]

    if status in sources:
        LOT.move(lot, action, by=actor, at=NOW)
        assert lot.status == target
    else:
        with pytest.raises(TransitionRefused):
            LOT.move(lot, action, by=actor, at=NOW)
        assert lot.status == status


def test_every_status_can_be_left_and_every_table_is_whole():
    left = {state for sources, _target, _right in LOT.table.values() for state in sources}

    assert left == set(LotStatus)
    assert set(LOT.table) == set(LotAction)
    assert set(RESERVATION.table) == set(ReservationAction)
    assert RESERVATION.states() == set(ReservationState)


def test_a_lot_stays_where_it_is_without_the_right():
    lot = factories.make_lot(status="vacant")

    with pytest.raises(NotAllowed):
        LOT.move(lot, LotAction.LET, by=Actor(None, "Visiteur", "", "alpha"), at=NOW)
    assert lot.status == "vacant"


@pytest.mark.parametrize("workflow", [LOT, RESERVATION])
def test_the_readme_draws_the_table(workflow):
    readme = Path(__file__).parents[1] / "README.md"

    assert workflow.as_mermaid() in readme.read_text(encoding="utf-8")
