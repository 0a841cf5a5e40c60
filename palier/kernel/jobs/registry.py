"""The jobs and handlers of the house, by key. Filled when the apps' `jobs.py` are imported."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

QUEUES = ("urgent", "default", "bulk")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Job:
    """A function that a worker runs. `atomic`: its effect and the mark that it ran are one transaction."""

    key: str
    function: Callable[..., Any]
    queue: str
    atomic: bool
    cron: str | None

    @property
    def app(self) -> str:
        return self.function.__module__


_jobs: dict[str, Job] = {}


def jobs() -> dict[str, Job]:
    return dict(_jobs)


def job(
    key: str, *, queue: str = "default", atomic: bool = True, cron: str | None = None
) -> Callable[[F], F]:
    """Register a job under a dotted key.

    `atomic=False`: the job commits in chunks and keeps its own checkpoint. `cron` (UTC, five
    fields): it also runs on schedule, once for each organisation that has its module.
    """

    def register(function: F) -> F:
        _add(Job(key, function, queue, atomic, cron))
        return function

    return register


def register_handler(function: Callable[..., Any], *, queue: str) -> str:
    key = f"{function.__module__}.{function.__qualname__}"
    _add(Job(key, function, queue, True, None))
    return key


def key_of(function: Callable[..., Any]) -> str:
    return next(job.key for job in _jobs.values() if job.function is function)


def _add(new: Job) -> None:
    if new.queue not in QUEUES:
        raise ValueError(f"{new.key}: the queues are {', '.join(QUEUES)}.")
    known = _jobs.get(new.key)
    if known and known.function.__qualname__ != new.function.__qualname__:
        raise ValueError(f"Two jobs are called {new.key!r}.")
    _jobs[new.key] = new
