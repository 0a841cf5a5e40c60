"""A run whose worker is killed anywhere, and two runs over the same rows at once: each row is done once."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from os import kill
from pathlib import Path

import pytest
from django.db import connection, connections
from django.utils import timezone

from palier.kernel.bulk import services
from palier.kernel.bulk.models import BulkItem, BulkRun
from palier.kernel.bulk.testing import Bulk
from palier.kernel.jobs.models import JobRun
from palier.kernel.journal.models import JournalEntry
from palier.kernel.organisations.current import open_organisation
from palier.modules.staff.models import Agent
from palier.modules.staff.tests.factories import make_agent, make_team

pytestmark = pytest.mark.race

ROOT = Path(__file__).parents[4]
AGENTS = 120
KILLS = 6


class Worker:
    """Starts jobs in another process and kills them."""

    def __init__(self):
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "palier.kernel.bulk.tests.killed_worker",
                connection.settings_dict["NAME"],
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self.process.stdout.readline().strip() == "ready"

    def run(self, *words, kill_after=None):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                kill(pid, signal.SIGKILL)
        return int(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


@pytest.fixture
def worker(committed):
    started = Worker()
    yield started
    started.close()


def confirmed(bulk, agents, team):
    """A run confirmed and left to the workers."""
    run = bulk.draft("staff.move-to-team", agents, team_id=team.pk)
    return services.confirm(
        run_id=run.pk, chosen=tuple(run.selection["ids"]), selected=run.selected,
        fingerprint=bulk.preview_of(run).fingerprint, by=bulk.actor, at=bulk.at,
    )  # fmt: skip


def test_a_killed_run_goes_on_without_doing_a_row_twice(worker, actor):
    bulk, team, chance = Bulk(actor, timezone.now()), make_team(), random.Random(31)
    run = confirmed(bulk, [make_agent() for _number in range(AGENTS)], team)

    killed = [
        worker.run(run.job_id, run.pk, kill_after=chance.uniform(0.05, 0.35)) for _number in range(KILLS)
    ]
    halfway = Agent.objects.filter(team=team).count()
    status = worker.run(run.job_id, run.pk)

    assert status == 0
    assert -signal.SIGKILL in killed
    assert halfway == BulkItem.objects.filter(run=run, outcome="applied").count() or halfway < AGENTS
    run.refresh_from_db()
    assert (run.state, run.applied, run.refused) == ("done", AGENTS, 0)
    assert Agent.objects.filter(team=team).count() == AGENTS
    # One journal line a chunk that was committed, and none for those that were killed.
    moved = JournalEntry.objects.filter(kind="staff.agents-moved").values_list("data", flat=True)
    assert sum(line["agents"] for line in moved) == AGENTS
    assert JobRun.objects.get(pk=run.job_id).state == "done"


def test_two_runs_over_the_same_rows_leave_each_row_done_once_by_each_or_refused(committed, actor):
    bulk = Bulk(actor, timezone.now())
    north, south = make_team(), make_team()
    agents = [make_agent() for _number in range(60)]
    runs = [confirmed(bulk, agents, north), confirmed(bulk, list(reversed(agents)), south)]
    failures = []

    def go(run):
        try:
            with open_organisation("alpha"):
                while services.apply_chunk(run_id=run.pk, by=actor, at=timezone.now()):
                    pass
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=(run,)) for run in runs for _twice in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    outcomes = Counter(BulkItem.objects.values_list("run", "outcome"))
    assert {outcome for _run, outcome in outcomes} == {"applied"}
    assert set(outcomes.values()) == {60}
    assert Agent.objects.filter(team__in=[north, south]).count() == 60
    assert set(BulkRun.objects.values_list("state", "applied")) == {("done", 60)}


def test_two_confirmations_at_once_make_one_run(committed, actor):
    bulk, team = Bulk(actor, timezone.now()), make_team()
    run = bulk.draft("staff.move-to-team", [make_agent() for _number in range(5)], team_id=team.pk)
    given = {
        "run_id": run.pk, "chosen": tuple(run.selection["ids"]), "selected": 5,
        "fingerprint": bulk.preview_of(run).fingerprint, "by": actor, "at": bulk.at,
    }  # fmt: skip
    answers, gate = [], threading.Barrier(2)

    def go():
        try:
            with open_organisation("alpha"):
                gate.wait()
                answers.append(services.confirm(**given).state)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == ["done", "done"]
    assert BulkItem.objects.count() == 5
    assert JournalEntry.objects.filter(kind="bulk.run.confirm").count() == 1
