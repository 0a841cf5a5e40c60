"""« Ce que je viens de faire »: big acts of the whole house, each with its result and what can be done about it.

A part of the house that does big acts of its own (a load, a merge, an activation) registers a source:

    @register_done_source("imports.batches", permission=Permission.BATCH_READ)
    def batches_done(*, by: Actor, everybody: bool, before: datetime, limit: int) -> list[Done]: …
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from palier.kernel.access import Actor
from palier.kernel.previews import Undoing
from palier.kernel.words import Text


@dataclass(frozen=True)
class Done:
    """One act, ready to read. `undo_url` leads to a page that previews the undoing; it undoes nothing itself."""

    at: datetime
    who: str
    title: Text
    url: str
    detail: Text = ""
    """What was asked, in a few words."""
    result: Text = ""
    state: Text = ""
    tone: str = "neutral"
    undoing: Undoing | None = None
    undo_url: str = ""
    note: Text = ""
    """What became of it since: "undone on …"; or why it cannot be undone any more."""


class DoneSource(Protocol):
    def __call__(self, *, by: Actor, everybody: bool, before: datetime, limit: int) -> Iterable[Done]: ...


S = TypeVar("S", bound=DoneSource)
_sources: dict[str, tuple[str, DoneSource]] = {}


def register_done_source(key: str, *, permission: str = "") -> Callable[[S], S]:
    """Have a function give its acts, newest first: at most `limit`, all before a moment, in bounded queries.

    `everybody`: everyone's acts, for those who may see them; else those of `by` alone.
    """

    def register(source: S) -> S:
        _sources[key] = (str(permission), source)
        return source

    return register


def acts_done(*, by: Actor, everybody: bool, before: datetime, limit: int) -> list[Done]:
    """The latest acts of every source that this person may read, newest first."""
    found: list[Done] = []
    for permission, source in _sources.values():
        if not permission or by.may(permission):
            found += source(by=by, everybody=everybody, before=before, limit=limit)
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]
