"""`palier serve`: the web server and the workers, watched, started again when they die, stopped together.

The children are in sessions of their own, so that Ctrl-C reaches this process alone and it stops them in
order; the kernel tells them when this process is killed.
"""

import ctypes
import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from palier.config.environment import ENV, PROJECT_ROOT, child_environment
from palier.config.postgres import PostgresError, revive
from palier.kernel.errors import DomainError
from palier.kernel.jobs.registry import QUEUES

Tell = Callable[[str], None]

LOOK_SECONDS = 0.25
DATABASE_LOOK_SECONDS = 2.0
READY_SECONDS = 90.0
STOP_SECONDS = 30.0
QUIET_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 30.0
SET_DEATH_SIGNAL = 1


class PortTaken(DomainError):
    code = "serve.port-taken"
    message = (
        "Port {port} of {host} is taken. Stop what listens there, or choose another one: PORT=8001 make run"
    )


@dataclass
class Child:
    """A process to keep alive. It is started again after a pause that doubles while it keeps dying."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    not_before: float = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            cwd=PROJECT_ROOT,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        self.started_at = time.monotonic()

    def look(self, tell: Tell) -> None:
        """Start it again if it died, unless its pause is not over."""
        now = time.monotonic()
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            self.deaths = 1 if now - self.started_at > QUIET_SECONDS else self.deaths + 1
            pause = min(LONGEST_PAUSE_SECONDS, 0.5 * 2 ** (self.deaths - 1))
            tell(f"{self.name} ended ({_reason(code)}); it starts again in {pause:g} s.")
            self.process, self.not_before = None, now + pause
        if now >= self.not_before:
            self.start()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_or_kill(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _die_with_parent() -> None:
    """Ask the kernel for SIGTERM when the supervisor is killed: no orphan keeps the port or the database."""
    ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGTERM)


def _reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"


def children() -> list[Child]:
    """The web server, and one worker for each queue."""
    python = [sys.executable, "-m"]
    web = [
        *python, "granian", "palier.config.wsgi:application", "--interface", "wsgi",
        "--host", ENV.host, "--port", str(ENV.port), "--workers", str(ENV.web_workers),
        "--blocking-threads", str(ENV.web_threads), "--respawn-failed-workers", "--no-ws",
        "--workers-kill-timeout", "10", "--log-level", "warning",
    ]  # fmt: skip
    workers = [Child(f"worker {queue}", [*python, "palier.config.cli", "worker", queue]) for queue in QUEUES]
    return [Child("web", web), *workers]


@dataclass
class Supervisor:
    """Keeps the children alive until a signal. `tell` prints one line for a person."""

    tell: Tell
    children: list[Child] = field(default_factory=children)
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self, when_ready: Callable[[], None]) -> None:
        """Serve until SIGINT, SIGTERM or SIGHUP. Raises: PortTaken."""
        check_port()
        before = {each: signal.signal(each, self._on_signal) for each in STOP_SIGNALS}
        try:
            self._serve(when_ready)
        finally:
            self._stop()
            for each, handler in before.items():
                signal.signal(each, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def _serve(self, when_ready: Callable[[], None]) -> None:
        threading.Thread(target=self._announce, args=(when_ready,), daemon=True).start()
        next_look_at_database = 0.0
        while not self.stopping.is_set():
            for each in self.children:
                each.look(self.tell)
            if time.monotonic() >= next_look_at_database:
                self._look_at_database()
                next_look_at_database = time.monotonic() + DATABASE_LOOK_SECONDS
            self.stopping.wait(LOOK_SECONDS)

    def _look_at_database(self) -> None:
        try:
            if revive():
                self.tell("The database had stopped; it runs again.")
        except PostgresError as trouble:
            self.tell(str(trouble))

    def _announce(self, when_ready: Callable[[], None]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.stopping.is_set():
            if is_healthy():
                when_ready()
                return
            if time.monotonic() > deadline:
                self.tell(f"Palier does not answer after {READY_SECONDS:g} s: see the lines above.")
                deadline = float("inf")
            self.stopping.wait(0.2)

    def _stop(self) -> None:
        """The web first, so that nothing new is asked while the workers finish."""
        self.tell("Stopping…")
        deadline = time.monotonic() + STOP_SECONDS
        for each in self.children:
            each.ask_to_stop()
        for each in self.children:
            each.wait_or_kill(deadline)


STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def check_port() -> None:
    """Raises: PortTaken."""
    family = socket.AF_INET6 if ":" in ENV.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the web server does: a port that a stopped server has just left can be taken at once.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ENV.host, ENV.port))
        except OSError as refusal:
            raise PortTaken(port=ENV.port, host=ENV.host) from refusal


def local_address() -> str:
    """The address on which this machine reaches the web server."""
    host = "127.0.0.1" if ENV.host in ("0.0.0.0", "::") else ENV.host
    return f"http://{f'[{host}]' if ':' in host else host}:{ENV.port}"


def is_healthy() -> bool:
    """True when /healthz answers 200."""
    host = local_address().removeprefix("http://").rpartition(":")[0].strip("[]")
    link = http.client.HTTPConnection(host, ENV.port, timeout=5)
    try:
        link.request("GET", "/healthz", headers={"Host": f"{ENV.hosts[0]}:{ENV.port}"})
        return link.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()
