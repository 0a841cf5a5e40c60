"""Panels: drawn for those who may see them, in order, at the cost they declared."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import RequestFactory

from palier.kernel.access import Actor
from palier.kernel.ui import panels
from palier.kernel.ui.panels import TooManyQueries, draw_area, panel

AREA = "tests.area"


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(panels, "_registry", {})
    yield


def asked_by(*permissions: str):
    request = RequestFactory().get("/")
    request.actor = Actor(None, "Léa", "", "alpha", frozenset(permissions))
    return request


def declare(name, *, permission="tests:thing:view", order=100, max_queries=0, draws=None):
    def draw(request, subject):
        return draws(subject) if draws else {"title": f"{name} {subject}", "icon": "inbox"}

    draw.__qualname__ = name
    return panel(
        AREA,
        template="palier/_empty.html",
        title=name,
        permission=permission,
        max_queries=max_queries,
        order=order,
    )(draw)


def _ask_the_database(times):
    def draws(subject):
        with connection.cursor() as cursor:
            for _time in range(times):
                cursor.execute("SELECT 1")
        return {"title": "counted", "icon": "inbox"}

    return draws


@pytest.mark.django_db
class TestDrawArea:
    def test_draws_what_is_registered_in_order(self):
        declare("second", order=20)
        declare("first", order=10)

        drawn = draw_area(asked_by("tests:thing:view"), AREA, "R001")

        assert [one.title for one in drawn] == ["first", "second"]
        assert "first R001" in drawn[0].html

    def test_leaves_out_what_the_actor_may_not_see(self):
        declare("open")
        declare("closed", permission="tests:secret:view")

        assert [one.title for one in draw_area(asked_by("tests:thing:view"), AREA, "R001")] == ["open"]

    def test_leaves_out_a_panel_that_has_nothing_to_say(self):
        declare("silent", draws=lambda subject: None)

        assert draw_area(asked_by("tests:thing:view"), AREA, "R001") == []

    def test_refuses_a_panel_that_costs_more_than_it_declared(self):
        declare("greedy", max_queries=1, draws=_ask_the_database(2))

        with pytest.raises(TooManyQueries, match=r"greedy used 2 queries, it declared 1"):
            draw_area(asked_by("tests:thing:view"), AREA, "R001")

    def test_accepts_one_that_keeps_to_it(self):
        declare("sober", max_queries=2, draws=_ask_the_database(2))

        assert len(draw_area(asked_by("tests:thing:view"), AREA, "R001")) == 1

    def test_registers_a_reloaded_function_once(self):
        declare("same")
        declare("same")

        assert len(panels.registered(AREA)) == 1
