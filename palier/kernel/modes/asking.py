"""How a module asks for the mode of a service at the moment it decides.

`continuity` registers the source of what is decided; without one, every service works as usual.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from palier.kernel.modes.merging import ModeAnswer, ModeChange, merge
from palier.kernel.modes.registry import as_services
from palier.kernel.modes.services import Service
from palier.kernel.places import Place, PlaceRef, scopes_of


class Source(Protocol):
    """Answers with what is in force, exercises left out, in one query."""

    def __call__(
        self, *, services: frozenset[str], scopes: frozenset[PlaceRef], at: datetime, known_at: datetime
    ) -> Iterable[ModeChange]: ...


def _nothing_decided(
    *, services: frozenset[str], scopes: frozenset[PlaceRef], at: datetime, known_at: datetime
) -> Iterable[ModeChange]:
    return ()


_source: Source = _nothing_decided


def register_source(source: Source) -> Source:
    """Make this the source of every answer; return the former one."""
    global _source
    former, _source = _source, source
    return former


def mode_of(
    service: Service | str, place: Place, at: datetime, known_at: datetime | None = None
) -> ModeAnswer:
    """Say how a service works at a place at a time; with `known_at`, as people knew it then.

    One query. UnknownService.
    """
    return modes_of([service], [place], at, known_at)[as_services([service])[0].key, place.ref]


def modes_of(
    services: Iterable[Service | str] | None,
    places: Iterable[Place],
    at: datetime,
    known_at: datetime | None = None,
) -> dict[tuple[str, PlaceRef], ModeAnswer]:
    """Say how several services (None: all) work at several places. One query, however many.

    Returns: {(service key, place reference): answer}.
    """
    asked_services, asked_places = as_services(services), tuple(places)
    known_at = at if known_at is None else known_at
    asked = list(
        _source(
            services=frozenset(one.key for one in asked_services),
            scopes=scopes_of(asked_places),
            at=at,
            known_at=known_at,
        )
    )
    by_service: dict[str, list[ModeChange]] = {}
    for change in asked:
        by_service.setdefault(change.service, []).append(change)
    return {
        (one.key, place.ref): merge(one, place, by_service.get(one.key, ()), at=at, known_at=known_at)
        for one in asked_services
        for place in asked_places
    }
