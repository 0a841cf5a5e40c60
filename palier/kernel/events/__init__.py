"""News between modules: written in the business transaction, delivered by jobs, subscribed to by name.

@event("repairs.outage-opened")
@dataclass(frozen=True)
class OutageOpened:
    outage_id: UUID

publish(OutageOpened(outage_id=…))          # services.py of the publisher

@on("repairs.outage-opened")                # jobs.py of any module; no import of the publisher
def tell_tenants(*, event: dict, **_): …
"""

import dataclasses
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder

Handler = Callable[..., Any]
E = TypeVar("E", bound=type)

_events: dict[str, type] = {}
_subscribers: dict[str, list[str]] = defaultdict(list)


def event(name: str) -> Callable[[E], E]:
    """Register a frozen dataclass under a dotted name."""

    def register(cls: E) -> E:
        if _events.get(name, cls).__qualname__ != cls.__qualname__:
            raise ValueError(f"Two events are called {name!r}.")
        _events[name] = cls
        cls.event_name = name  # type: ignore[attr-defined]
        return cls

    return register


def on(name: str, *, queue: str = "default") -> Callable[[Handler], Handler]:
    """Have a function of `jobs.py` run, once, for each event of this name: `handler(event=…)`.

    It must be safe to run twice: its database effect and the mark that it ran are one transaction.
    """
    from palier.kernel.jobs.registry import register_handler

    def register(handler: Handler) -> Handler:
        key = register_handler(handler, queue=queue)
        if key not in _subscribers[name]:
            _subscribers[name].append(key)
        return handler

    return register


def subscribers(name: str) -> list[str]:
    return list(_subscribers.get(name, ()))


def known_events() -> dict[str, type]:
    return dict(_events)


def publish(news: Any) -> None:
    """Write the event into the outbox of the schema in which the business transaction runs."""
    from palier.kernel.jobs.outbox import write

    payload = {f.name: getattr(news, f.name) for f in dataclasses.fields(news)}
    write("event", type(news).event_name, as_json(payload))


def publish_many(news: Iterable[Any]) -> None:
    """Publish several events at once: two statements whatever their number."""
    from palier.kernel.jobs.outbox import write_many

    write_many(
        [
            (type(one).event_name, as_json({f.name: getattr(one, f.name) for f in dataclasses.fields(one)}))
            for one in news
        ]
    )


def as_json(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload as a job reads it back: ids and moments are text (ISO 8601)."""
    return json.loads(json.dumps(payload, cls=DjangoJSONEncoder))
