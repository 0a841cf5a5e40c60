"""What the search box of the header looks through: each module registers a provider.

@searchable("estate.residence", label=_("Residences"), permission=Permission.RESIDENCE_VIEW, order=20)
def residences(*, text: str, actor: Actor, limit: int) -> list[Hit]: ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.utils.functional import Promise

from palier.kernel.access import Actor


@dataclass(frozen=True)
class Hit:
    """One line of results: what it is called, what tells it from its namesakes, where it leads."""

    label: str
    url: str
    detail: str = ""
    icon: str = ""


class Provider(Protocol):
    """Finds at most `limit` hits; starts from what the actor may see."""

    def __call__(self, *, text: str, actor: Actor, limit: int) -> list[Hit]: ...


@dataclass(frozen=True)
class Source:
    """One registered provider."""

    key: str
    label: str | Promise
    permission: StrEnum
    find: Provider
    order: int


@dataclass(frozen=True)
class Group:
    """The hits of one source, as the page shows them."""

    key: str
    label: str | Promise
    hits: list[Hit]
    has_more: bool


_sources: dict[str, Source] = {}


def searchable(
    key: str, *, label: str | Promise, permission: StrEnum, order: int = 100
) -> Callable[[Provider], Provider]:
    """Register what a module lets people find from the header."""

    def register(find: Provider) -> Provider:
        _sources[key] = Source(key=key, label=label, permission=permission, find=find, order=order)
        return find

    return register


def sources() -> list[Source]:
    """Return what is registered, in the order in which it is shown."""
    return sorted(_sources.values(), key=lambda source: (source.order, source.key))


def find_everywhere(*, text: str, actor: Actor, limit: int) -> list[Group]:
    """Return what each source that the actor may read has found; sources that found nothing are left out."""
    groups = []
    for source in sources():
        if not actor.may(source.permission):
            continue
        hits = source.find(text=text, actor=actor, limit=limit + 1)
        if hits:
            groups.append(Group(source.key, source.label, hits[:limit], has_more=len(hits) > limit))
    return groups
