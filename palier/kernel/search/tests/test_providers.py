"""The header's box asks each module, under the actor's rights."""

from enum import StrEnum

import pytest

from palier.kernel.access import Actor
from palier.kernel.search import providers
from palier.kernel.search.providers import Hit, find_everywhere, searchable


class Right(StrEnum):
    SEE = "things:thing:see"


@pytest.fixture
def things(monkeypatch):
    monkeypatch.setattr(providers, "_sources", {})

    @searchable("things.thing", label="Things", permission=Right.SEE)
    def find(*, text, actor, limit):
        return [Hit(label=f"{text} {number}", url="/") for number in range(limit)]

    return find


def actor(*permissions):
    return Actor(
        user_id=None,
        name="A",
        email="a@alpha.example",
        organisation="alpha",
        permissions=frozenset(permissions),
    )


def test_whoever_may_see_finds_and_is_told_that_there_is_more(things):
    (group,) = find_everywhere(text="x", actor=actor(Right.SEE), limit=3)

    assert [hit.label for hit in group.hits] == ["x 0", "x 1", "x 2"]
    assert group.has_more


def test_whoever_may_not_see_is_not_even_asked_for(things):
    assert find_everywhere(text="x", actor=actor(), limit=3) == []
