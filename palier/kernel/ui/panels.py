"""Panels: what higher modules know about the subject of a lower module's page.

The page names an area (`estate.residence`) and gives its subject, an id; the module that knows something
registers a panel in its views.py. The page draws what is registered and imports nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string

from palier.kernel.requests import OrganisationRequest
from palier.kernel.words import Text

Draw = Callable[[OrganisationRequest, Any], dict[str, Any] | None]
CONNECTION_STATEMENTS = ("SET ", "RESET ", "SELECT set_config")
log = structlog.get_logger()


class TooManyQueries(AssertionError):
    """A panel used more queries than it declared."""


@dataclass(frozen=True)
class Panel:
    """One registered panel. max_queries bounds its cost whatever the data."""

    area: str
    name: str
    title: Text
    template: str
    icon: str
    permission: str
    max_queries: int
    order: int
    draw: Draw


@dataclass(frozen=True)
class DrawnPanel:
    """A panel ready to be placed on the page."""

    name: str
    title: Text
    icon: str
    html: str


_registry: dict[str, list[Panel]] = {}


def panel(
    area: str,
    *,
    template: str,
    title: Text,
    permission: str,
    max_queries: int,
    icon: str = "",
    order: int = 100,
) -> Callable[[Draw], Draw]:
    """Register a function that gives a panel's context, or None when it has nothing to say."""

    def register(draw: Draw) -> Draw:
        name = f"{draw.__module__}.{draw.__qualname__}"
        entry = Panel(area, name, title, template, icon, permission, max_queries, order, draw)
        others = [other for other in _registry.get(area, []) if other.name != name]
        _registry[area] = sorted([*others, entry], key=lambda one: (one.order, one.name))
        return draw

    return register


def registered(area: str) -> tuple[Panel, ...]:
    """Panels of an area, in order."""
    return tuple(_registry.get(area, ()))


def draw_area(request: OrganisationRequest, area: str, subject: Any) -> list[DrawnPanel]:
    """Draw the panels that the actor may see.

    Raises: TooManyQueries in tests; elsewhere the excess is logged and the page still comes.
    """
    actor = getattr(request, "actor", None)
    allowed = [entry for entry in registered(area) if actor is not None and actor.may(entry.permission)]
    drawn = (_draw_one(request, entry, subject) for entry in allowed)
    return [one for one in drawn if one is not None]


def _draw_one(request: OrganisationRequest, entry: Panel, subject: Any) -> DrawnPanel | None:
    counter = _Counter()
    with connection.execute_wrapper(counter):
        context = entry.draw(request, subject)
        html = (
            ""
            if context is None
            else render_to_string(entry.template, {**context, "subject": subject}, request)
        )
    if counter.count > entry.max_queries:
        _report_excess(entry, counter.count)
    return None if context is None else DrawnPanel(entry.name, str(entry.title), entry.icon, html)


def _report_excess(entry: Panel, count: int) -> None:
    if getattr(settings, "TESTING", False):
        raise TooManyQueries(f"{entry.name} used {count} queries, it declared {entry.max_queries}.")
    log.warning("panel.too-many-queries", panel=entry.name, queries=count, declared=entry.max_queries)


class _Counter:
    """Count the statements sent while a panel is drawn."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        # Opening a connection into the organisation is nobody's query.
        if not str(sql).startswith(CONNECTION_STATEMENTS):
            self.count += 1
        return execute(sql, params, many, context)
