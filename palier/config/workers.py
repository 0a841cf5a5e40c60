"""The processes that do the jobs: one per queue, the first also moves the outbox.

Each announces itself by a session lock of PostgreSQL: the lock goes with the process, so who is alive
needs neither a heartbeat to write nor a delay to wait for.
"""

import signal
import threading
import time
from typing import Any

import psycopg
import structlog
from django.db import connection

from palier.kernel.jobs.registry import QUEUES

log = structlog.get_logger(__name__)

# The first number of the lock's key says « a worker of Palier »; the second, which queue.
LOCK_CLASS = 0x50414C
DISPATCHING_QUEUE = "urgent"
PING_SECONDS = 5.0


def lock_number(queue: str) -> int:
    return list(QUEUES).index(queue) + 1


def serve_queue(queue: str) -> None:
    """Do the jobs of one queue until SIGTERM or SIGINT; the job under way ends first."""
    from palier.kernel.jobs.worker import run_worker

    stop = threading.Event()
    threading.Thread(target=announce, args=(queue, stop), daemon=True, name="announce").start()
    dispatcher = _start_dispatcher(stop) if queue == DISPATCHING_QUEUE else None
    try:
        run_worker(queue)
    finally:
        stop.set()
        if dispatcher is not None:
            dispatcher.join(timeout=20)


def _start_dispatcher(stop: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=_dispatch, args=(stop,), name="dispatcher")
    thread.start()
    return thread


def _dispatch(stop: threading.Event) -> None:
    from palier.kernel.jobs.worker import run_dispatcher

    try:
        run_dispatcher(stop)
    except Exception:
        # Without it no job is ever handed out: better to end whole and be started again.
        log.exception("dispatcher.died")
        signal.raise_signal(signal.SIGTERM)
    finally:
        connection.close()


def announce(queue: str, stop: threading.Event) -> None:
    """Hold the lock that says this queue is served; take it again after the database was away."""
    while not stop.is_set():
        try:
            with _plain_connection() as held:
                held.execute("SELECT pg_advisory_lock_shared(%s, %s)", [LOCK_CLASS, lock_number(queue)])
                while not stop.wait(PING_SECONDS):
                    held.execute("SELECT 1")
        except psycopg.Error:
            stop.wait(1.0)


def _plain_connection() -> psycopg.Connection[Any]:
    from palier.config.postgres import server_of

    return server_of().connect("app")


def served_queues() -> set[str]:
    """The queues that a living worker serves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT objid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK_CLASS],
        )
        numbers = {row[0] for row in cursor.fetchall()}
    return {queue for queue in QUEUES if lock_number(queue) in numbers}


def wait_for_queues(seconds: float) -> bool:
    """Wait until every queue is served; False when the time is up."""
    deadline = time.monotonic() + seconds
    while served_queues() != set(QUEUES):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True
