"""The wall between organisations, page by page, with positive controls.

Beta holds a canary in every text. Whatever somebody of alpha asks with beta's ids answers 404 or
403 without a canary; the same request by somebody of beta succeeds, and pages show the canary.
A new route whose ids have no sample fails here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from palier.kernel.accounts.testing import make_member
from palier.kernel.organisations.current import open_organisation
from tests.wall import world as walls
from tests.wall.samples import SAMPLES, SHOWS_NO_TEXT

pytestmark = pytest.mark.django_db

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One address of a landlord's pages: `estate:residence`, its pattern and the names of its parameters."""

    name: str
    pattern: str
    parameters: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


def landlord_routes() -> list[Route]:
    def walk(patterns: list[Any], prefix: str, space: str) -> Iterator[Route]:
        for one in patterns:
            here = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, here, one.namespace or space)
            elif isinstance(one, URLPattern):
                name = f"{space}:{one.name}" if space else str(one.name)
                yield Route(name, here, tuple(PARAMETER.findall(here)))

    return list(walk(get_resolver(settings.ORGANISATION_URLCONFS["landlord"]).url_patterns, "", ""))


ROUTES = landlord_routes()


@pytest.fixture
def beta_world():
    with open_organisation("beta"):
        return walls.build()


@pytest.fixture
def address(beta_world):
    """The address of a route with beta's ids, under an organisation."""

    def of(route: Route, slug: str) -> str:
        path = route.pattern
        for parameter in route.parameters:
            path = re.sub(rf"<(?:\w+:)?{parameter}>", str(sample(beta_world, route, parameter)), path)
        return f"/o/{slug}/{path}"

    return of


def sample(world: walls.World, route: Route, parameter: str) -> Any:
    found = SAMPLES.get(f"{route.name} {parameter}", SAMPLES.get(f"{route.name.split(':')[0]}:{parameter}"))
    assert found is not None, f"Give a sample of “{parameter}” for {route.name} in tests/wall/samples.py."
    return found(world) if callable(found) else found


def client_of(slug: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make_member(slug).user)
    return client


def everything(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{response.headers} {response.cookies} {body.decode('utf-8', 'replace')}"


ABSENT, OPEN, WRITTEN = {403, 404}, {200, 204, 286, 302, 304, 405}, {200, 204, 286, 302, 303, 405, 409, 422}


class Round:
    """One walk over every address; what is wrong is told by route, so that one run shows it all."""

    def __init__(self, method: str, address: Any) -> None:
        self.method, self.address, self.wrong = method, address, []

    def walk(self, client: Client, slug: str) -> Iterator[tuple[Route, Any, str]]:
        for route in ROUTES:
            response = getattr(client, self.method)(self.address(route, slug))
            yield route, response, everything(response)

    def note(self, problem: str, route: Route, response: Any) -> None:
        self.wrong.append(f"{route.name}: {problem} ({response.status_code})")


def stranger_finds_no_such_organisation(walk: Round) -> None:
    for route, response, said in walk.walk(client_of("alpha"), "beta"):
        if response.status_code not in ABSENT:
            walk.note("beta is open to alpha", route, response)
        if walls.CANARY in said:
            walk.note("alpha reads beta's canary", route, response)


def stranger_finds_nothing_under_betas_ids(walk: Round) -> None:
    for route, response, said in walk.walk(client_of("alpha"), "alpha"):
        names_betas = route.parameters and not SAMPLES.get(f"{route.name} is shared")
        if names_betas and response.status_code not in ABSENT | {405}:
            walk.note("beta's id is found in alpha", route, response)
        if walls.CANARY in said:
            walk.note("alpha reads beta's canary at home", route, response)


def member_succeeds(walk: Round, allowed: set[int]) -> None:
    """The positive control: without it a wall of 404s would prove nothing."""
    for route, response, said in walk.walk(client_of("beta"), "beta"):
        if response.status_code not in allowed:
            walk.note("beta is closed to its own", route, response)
        is_page = response.status_code == 200 and response.headers["Content-Type"].startswith("text/html")
        if walk.method == "get" and is_page and route.name not in SHOWS_NO_TEXT and walls.CANARY not in said:
            walk.note("beta does not see its own canary", route, response)


class TestTheWall:
    def test_stands_when_reading(self, beta_world, address):
        walk = Round("get", address)

        assert beta_world.failures == {}
        stranger_finds_no_such_organisation(walk)
        stranger_finds_nothing_under_betas_ids(walk)
        member_succeeds(walk, OPEN)

        assert walk.wrong == []

    def test_stands_when_writing(self, address):
        walk = Round("post", address)

        stranger_finds_no_such_organisation(walk)
        stranger_finds_nothing_under_betas_ids(walk)
        member_succeeds(walk, WRITTEN)

        assert walk.wrong == []
