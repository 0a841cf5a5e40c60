"""An undoing killed anywhere, then run again, ends as one that was never killed."""

import random
import signal
from datetime import UTC, datetime

import pytest

from palier.kernel.access import system_actor
from palier.kernel.imports import services
from palier.kernel.imports.models import ImportBatch
from palier.kernel.organisations.current import open_organisation
from tests.test_killed_loads import (  # noqa: F401  fixtures
    SLUG,
    as_owner,
    database,
    forget_everything,
    landlord,
    loader,
    wait_for_the_dead,
)

pytestmark = pytest.mark.race

KILLS = 5
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

LEFT = """
SELECT (SELECT count(*) FROM estate_lot) + (SELECT count(*) FROM estate_residence)
     + (SELECT count(*) FROM estate_building) + (SELECT count(*) FROM estate_entrance),
    (SELECT state FROM import_batch), (SELECT undoing->>'removed' FROM import_batch),
    (SELECT undoing->>'left' FROM import_batch),
    (SELECT count(*) FROM outbox_entry WHERE name = 'imports.batch-undone')
"""


def decide():
    """Load whole, then decide to undo: the work itself is done in the process that is killed."""
    with open_organisation(SLUG):
        batch = ImportBatch.objects.latest("received_at")
        who = {"by": system_actor("test"), "at": NOON}
        plan = services.plan_undoing(batch_id=batch.pk, **who)
        services.begin_undoing(batch_id=batch.pk, planned_at=plan["planned_at"], **who)


def loaded_and_decided(loader):  # noqa: F811
    forget_everything()
    as_owner("TRUNCATE import_undo_row")
    assert loader.run()[0] == 0
    decide()


class TestAnUndoingKilledAtFivePlaces:
    def test_ends_as_if_it_had_not_been(self, loader):  # noqa: F811
        loaded_and_decided(loader)
        status, whole = loader.run("undo")
        assert status == 0
        expected = as_owner(LEFT)
        assert (expected[0][0], expected[0][1], expected[0][4]) == (0, "rolled_back", 1)
        draws, killed, half_done = random.Random(7), 0, 0

        for _try in range(4 * KILLS):
            loaded_and_decided(loader)
            status, _spent = loader.run("undo", kill_after=draws.uniform(0.05, whole))
            wait_for_the_dead()
            if status == -signal.SIGKILL:
                killed += 1
                half_done += as_owner("SELECT count(*) FROM import_undo_row WHERE is_done") != [(0,)]
                assert loader.run("undo")[0] == 0
            assert as_owner(LEFT) == expected
            if killed == KILLS:
                break

        assert killed == KILLS
        assert half_done >= 1
