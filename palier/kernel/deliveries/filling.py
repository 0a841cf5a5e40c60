"""Words of a message that exist only while it leaves: the kept row has a mark in their place.

A secret link is one: whoever reads the list of messages, or a backup, must not be able to open it.

    @fills("referrals.link")                       # services of the module, imported by its AppConfig.ready
    def make_link(record_id: UUID, *, target: str, at: datetime) -> str: …
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

Filler = Callable[..., str]
"""Called with the id in the mark, `target` (the address) and `at`. A DomainError: the message is not to leave."""

_fillers: dict[str, Filler] = {}
_MARK = re.compile(r"\[\[([a-z]+\.[a-z-]+):([0-9a-f-]{36})\]\]")


def fills(name: str) -> Callable[[Filler], Filler]:
    """Declare who makes the words of a mark, at each attempt to send."""

    def register(filler: Filler) -> Filler:
        _fillers[name] = filler
        return filler

    return register


def mark(name: str, record_id: UUID) -> str:
    """Return what a body holds until it leaves."""
    return f"[[{name}:{record_id}]]"


def filled(delivery: Any, *, at: datetime) -> str:
    """Return the text that leaves. Marks that nobody declared are the words of somebody: they stay."""

    def words(found: re.Match[str]) -> str:
        filler = _fillers.get(found[1])
        return filler(UUID(found[2]), target=delivery.target, at=at) if filler else found[0]

    return _MARK.sub(words, delivery.body)
