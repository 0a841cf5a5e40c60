"""What the board counts of the estate."""

from datetime import UTC, datetime

import pytest

from palier.kernel.figures import registry
from palier.modules.estate.services import reservations
from palier.modules.estate.tests import factories

pytestmark = pytest.mark.usefixtures("alpha")

NOW = datetime(2020, 3, 20, 9, tzinfo=UTC)


def test_figures_count_what_is_there(actor):
    residence = factories.make_residence()
    for status in ("occupied", "vacant", "vacant"):
        lot = factories.make_lot(residence, status=status)
    factories.make_residence(source="rpls", address_key="k", declared_dwellings=10)
    reservations.reserve(lot_id=lot.id, purpose="carers", holder="CH", starts_at=NOW, by=actor, at=NOW)

    counted = {one.key: one.count(at=NOW) for one in registry.figures() if one.module == "estate"}

    assert counted == {
        "estate.residences": 2,
        "estate.dwellings": 13,
        "estate.vacant": 2,
        "estate.reserved": 1,
    }
