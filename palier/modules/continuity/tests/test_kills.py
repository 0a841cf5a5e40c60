"""Posters and packs whose worker is killed anywhere, then run again: everything is there, once, whole."""

import io
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from os import kill
from pathlib import Path

import pytest
from django.db import connection
from pypdf import PdfReader

from palier.kernel.deliveries.models import Delivery
from palier.kernel.documents.models import Document
from palier.kernel.documents.selectors import checked_content, file_problems
from palier.kernel.jobs.models import JobRun
from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.keys import ensure_master_key
from palier.kernel.places import organisation_place
from palier.modules.continuity.models import LogEntry, Notice, OfflinePack
from palier.modules.continuity.selectors import log as log_selectors
from palier.modules.continuity.services import exercises, notices, pack
from palier.modules.continuity.tests import plans
from palier.modules.estate.tests.factories import make_agency, make_residence

pytestmark = pytest.mark.race

ROOT = Path(__file__).parents[4]
NOW = datetime.now(UTC)
RESIDENCES = 45
KILLS = 8
EVENTS = 60
PASSWORD = "correct cheval pile agrafe"


class Worker:
    """Starts jobs in another process and kills them."""

    def __init__(self, folder):
        arguments = [connection.settings_dict["NAME"], str(folder)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "palier.modules.continuity.tests.killed_worker", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self.process.stdout.readline().strip() == "ready"

    def run(self, *words, kill_after=None):
        """Run one job; return its exit status, negative when it was killed, and how long it took."""
        begun = time.monotonic()
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                kill(pid, signal.SIGKILL)
        return int(self.process.stdout.readline()), time.monotonic() - begun

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


@pytest.fixture
def worker(committed, settings, tmp_path):
    settings.KEY_FILE, settings.FILES_FOLDER = tmp_path / "keys" / "master.key", tmp_path / "kept"
    settings.PACK_FOLDER = tmp_path / "away"
    ensure_master_key()
    started = Worker(tmp_path)
    yield started
    started.close()


@pytest.fixture
def notice(worker, actor):
    agencies = [make_agency(), make_agency(), None]
    for number in range(RESIDENCES):
        make_residence(agency=agencies[number % 3])
    plans.make_plan(by=actor, at=NOW)
    plans.activate(by=actor, at=NOW)
    deliver_waiting()
    return Notice.objects.get(channel="poster", language="fr")


def test_posters_go_on_where_they_stopped(worker, notice, actor):
    trial = notices.start_posters(
        notice_id=Notice.objects.get(channel="poster", language="en").pk, by=actor, at=NOW
    )
    _status, whole = worker.run("posters", trial.pk, Notice.objects.get(channel="poster", language="en").pk)
    run = notices.start_posters(notice_id=notice.pk, by=actor, at=NOW)
    chance = random.Random(27)

    killed = [
        worker.run("posters", run.pk, notice.pk, kill_after=chance.uniform(0.2, 0.9) * whole)[0]
        for _ in range(KILLS)
    ]
    status, _took = worker.run("posters", run.pk, notice.pk)

    assert status == 0
    assert any(one == -signal.SIGKILL for one in killed)
    keys = Counter(Document.objects.filter(about_id=str(notice.pk)).values_list("key", flat=True))
    assert set(keys.values()) == {1}
    assert sum(key.startswith("poster:") for key in keys) == RESIDENCES
    assert sum(key.startswith("posters:") for key in keys) == 3
    assert list(file_problems()) == []
    finished = JobRun.objects.get(pk=run.pk)
    assert (finished.state, finished.done) == ("done", RESIDENCES)
    agency_files = Document.objects.filter(key__startswith=f"posters:{notice.pk}:")
    assert [len(PdfReader(io.BytesIO(checked_content(one))).pages) for one in agency_files] == [15, 15, 15]


def test_a_pack_is_made_once_and_leaves_once(worker, actor, settings):
    plans.make_plan(by=actor, at=NOW)
    pack.choose_settings(addresses=["dg@autre.example"], password=PASSWORD, by=actor, at=NOW)
    _status, whole = worker.run("pack", "trial")
    chance = random.Random(29)

    for _ in range(KILLS):
        worker.run("pack", "night", kill_after=chance.uniform(0.2, 1.0) * whole)
    status, _took = worker.run("pack", "night")

    assert status == 0
    assert OfflinePack.objects.filter(key="night").count() == 1
    assert Document.objects.filter(key="pack:night").count() == 1
    assert list(file_problems()) == []
    assert sorted(Delivery.objects.filter(key__startswith="pack:night").values_list("key", flat=True)) == [
        "pack:night:dg@autre.example",
        "pack:night:folder",
    ]
    deliver_waiting()
    pushed = next((settings.PACK_FOLDER / "alpha").iterdir())
    reader = PdfReader(io.BytesIO(pushed.read_bytes()))
    assert reader.decrypt(PASSWORD)


def test_events_of_an_exercise_are_announced_once(worker, actor):
    begun = NOW - timedelta(hours=5)
    plans.make_plan(by=actor, at=begun)
    script = "\n".join(f"T+{number} min | Event {number}" for number in range(EVENTS))
    exercise = exercises.prepare(
        title="Drill",
        plan_code="pandemic",
        level="3",
        scope=organisation_place(),
        script=script,
        clock="clock",
        by=actor,
        at=begun,
    )
    exercises.start(exercise_id=exercise.pk, by=actor, at=begun)
    chance = random.Random(31)

    for _ in range(KILLS):
        worker.run("injects", kill_after=chance.uniform(0.05, 0.6))
    status, _took = worker.run("injects")

    assert status == 0
    assert set(exercise.injects.values_list("state", flat=True)) == {"played"}
    said = Counter(LogEntry.objects.filter(kind="inject").values_list("text", flat=True))
    assert len(said) == EVENTS
    assert set(said.values()) == {1}
    assert log_selectors.chain_report().whole
