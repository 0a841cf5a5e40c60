"""`palier serve`: everything up, everything watched, everything stopped."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from palier.config import serving
from palier.config.environment import PROJECT_ROOT
from palier.config.serving import Child, PortTaken, Supervisor
from tests.platform.installation import installation

PATIENT = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *a: sys.exit(0)); time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


def wait_until(truth, seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if truth():
            return True
        time.sleep(0.05)
    return False


class TestAChild:
    def test_that_dies_starts_again_after_a_pause_that_doubles(self):
        said: list[str] = []
        child = Child("short", [sys.executable, "-c", "pass"])

        child.start()
        for _ in range(2):
            child.process.wait()
            child.look(said.append)
            child.not_before = 0.0
            child.look(said.append)

        assert [line.rsplit(" in ", 1)[1] for line in said] == ["0.5 s.", "1 s."]
        child.process.wait()

    def test_that_does_not_listen_is_killed_when_the_time_is_up(self):
        child = Child("deaf", [sys.executable, "-c", DEAF])
        child.start()
        time.sleep(0.5)

        child.ask_to_stop()
        child.wait_or_kill(time.monotonic() + 0.3)

        assert child.process.returncode == -signal.SIGKILL


class TestTheSupervisor:
    def test_revives_what_is_killed_and_stops_all_on_a_signal(self, monkeypatch):
        monkeypatch.setattr(serving, "check_port", lambda: None)
        monkeypatch.setattr(serving, "revive", lambda: False)
        monkeypatch.setattr(serving, "is_healthy", lambda: True)
        ready = threading.Event()
        child = Child("patient", [sys.executable, "-c", PATIENT])
        numbers: list[int] = []

        def disturb() -> None:
            wait_until(lambda: child.process is not None)
            numbers.append(child.process.pid)
            os.kill(numbers[0], signal.SIGKILL)
            wait_until(lambda: child.process is not None and child.process.pid != numbers[0])
            numbers.append(child.process.pid)
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=disturb, daemon=True).start()
        Supervisor(tell=lambda line: None, children=[child]).run(when_ready=ready.set)

        assert len(set(numbers)) == 2
        assert child.process.returncode is not None
        assert ready.wait(5)


def test_a_taken_port_is_refused_before_anything_starts(monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setattr(
            serving, "ENV", type("Env", (), {"host": "127.0.0.1", "port": other.getsockname()[1]})
        )

        with pytest.raises(PortTaken):
            serving.check_port()


@pytest.fixture
def served(prepared):
    """One installation, served on a free port; killed at the end if it did not stop."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with installation(like=prepared, PORT=str(port)) as made:
        log = made.folder / "serve.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "palier.config.cli", "serve"],
                cwd=PROJECT_ROOT,
                env=made.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        yield made, process, f"http://127.0.0.1:{port}", log
        if process.poll() is None:
            process.kill()
            process.wait()


def test_everything_comes_up_is_watched_and_stops(served):
    made, process, address, log = served
    wait_until(lambda: is_ready(log, address) or process.poll() is not None, 150)
    assert is_ready(log, address), log.read_text()
    assert status(f"{address}/healthz") == 200

    worker = next(pid for pid, words in children_of(process.pid) if words[-2:] == ["worker", "bulk"])
    os.kill(worker, signal.SIGKILL)
    assert wait_until(lambda: status(f"{address}/healthz") == 503, 20)
    assert wait_until(lambda: status(f"{address}/healthz") == 200, 90)

    own = [pid for pid, _words in children_of(process.pid)]
    process.terminate()
    assert process.wait(60) == 0, log.read_text()
    assert not any(Path(f"/proc/{pid}").exists() for pid in own)
    assert not made.is_up()
    assert "Traceback" not in log.read_text()


def is_ready(log: Path, address: str) -> bool:
    return f"ready {address}" in log.read_text().splitlines()


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusal.code
    except OSError:
        return 0


def children_of(parent: int) -> list[tuple[int, list[str]]]:
    """Direct children with their command lines, read from /proc: a small machine has no `ps`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            words = (folder / "cmdline").read_text().rstrip("\0").split("\0")
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append((int(folder.name), words))
    return found
