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


class TestTheWorld:
    def test_has_a_row_of_every_table(self, beta_world):
        assert beta_world.failures == {}


@pytest.mark.parametrize("method", ["get", "post"])
class TestSomebodyOfAlpha:
    def test_finds_no_such_organisation(self, address, method):
        client = client_of("alpha")
        open_doors = []
        for route in ROUTES:
            response = getattr(client, method)(address(route, "beta"))
            if response.status_code not in (403, 404) or walls.CANARY in everything(response):
                open_doors.append((route.name, response.status_code))

        assert open_doors == []

    def test_finds_nothing_under_betas_ids(self, address, method):
        client = client_of("alpha")
        open_doors = []
        for route in ROUTES:
            response = getattr(client, method)(address(route, "alpha"))
            is_wrong = route.parameters and response.status_code not in (403, 404, 405)
            if is_wrong and not SAMPLES.get(f"{route.name} is shared"):
                open_doors.append((route.name, response.status_code))
            if walls.CANARY in everything(response):
                open_doors.append((route.name, "canary"))

        assert open_doors == []


class TestSomebodyOfBeta:
    """The positive controls: without them a wall of 404s would prove nothing."""

    def test_opens_the_same_addresses(self, address):
        client = client_of("beta")
        closed = []
        for route in ROUTES:
            response = client.get(address(route, "beta"))
            if response.status_code not in (200, 204, 286, 302, 304, 405):
                closed.append((route.name, response.status_code))

        assert closed == []

    def test_sees_the_canary_where_a_page_is_about_a_record(self, address):
        client = client_of("beta")
        silent = []
        for route in ROUTES:
            response = client.get(address(route, "beta"))
            is_page = response.status_code == 200 and response.headers["Content-Type"].startswith("text/html")
            if is_page and route.name not in SHOWS_NO_TEXT and walls.CANARY not in everything(response):
                silent.append(route.name)

        assert silent == []

    def test_is_not_turned_away_when_writing(self, address):
        client = client_of("beta")
        closed = []
        for route in ROUTES:
            response = client.post(address(route, "beta"))
            if response.status_code in (403, 404) or response.status_code >= 500:
                closed.append((route.name, response.status_code))

        assert closed == []
