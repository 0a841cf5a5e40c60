"""The presence sheet: by keyboard alone, by thumb, and by two people at once."""

import pytest
from django.utils import timezone

from palier.kernel.organisations.current import open_organisation
from palier.modules.staff.models import Presence
from palier.modules.staff.tests.factories import make_agent, make_team
from tests.browser.conftest import SLUG, axe

pytestmark = pytest.mark.browser
PHONE = 360


@pytest.fixture
def team(site):
    """A team of three of whom nothing is known yet."""
    with open_organisation(SLUG):
        team = make_team()
        for name in ("Abadie", "Bosc", "Calvet"):
            make_agent(team=team, last_name=name)
        return team


def states(page):
    return page.eval_on_selector_all("[data-presence-row]", "rows => rows.map(row => row.dataset.state)")


ROWS = "Array.from(document.querySelectorAll('[data-presence-row]'), row => row.dataset.state)"


def wait_for(page, expected):
    page.wait_for_function(f"wanted => {ROWS}.join() === wanted", arg=",".join(expected))
    page.wait_for_selector("[data-tap]:focus")


def saved(team):
    with open_organisation(SLUG):
        rows = Presence.objects.filter(agent__team=team, day=timezone.localdate()).order_by(
            "agent__last_name"
        )
        return list(rows.values_list("agent__last_name", "state", "reachable"))


class TestPresenceSheet:
    def test_is_filled_by_the_keyboard_alone(self, browser_page, site, team):
        page = browser_page()
        page.goto(site.inside(f"staff/presence/{team.pk}/"))

        page.keyboard.press("3")
        wait_for(page, ["telework", "unknown", "unknown"])
        page.keyboard.press("2")
        wait_for(page, ["telework", "field", "unknown"])
        page.keyboard.press("5")
        wait_for(page, ["telework", "field", "absent"])

        assert [(name, state) for name, state, _reachable in saved(team)] == [
            ("Abadie", "telework"),
            ("Bosc", "field"),
            ("Calvet", "absent"),
        ]
        assert page.locator(".presence-count strong").inner_text() == "3"

    def test_keeps_the_state_when_somebody_is_said_unreachable(self, browser_page, site, team):
        page = browser_page()
        page.goto(site.inside(f"staff/presence/{team.pk}/"))
        page.keyboard.press("1")
        wait_for(page, ["on_site", "unknown", "unknown"])

        page.keyboard.press("ArrowUp")
        for said in ("yes", "no"):
            page.keyboard.press("r")
            page.wait_for_selector(
                f"[data-presence-row]:first-child [name=reachable][value={said}]", state="attached"
            )
            page.wait_for_selector("[data-presence-row]:first-child [data-tap]:focus")

        assert saved(team) == [("Abadie", "on_site", False)]

    def test_tells_the_second_of_two_people_and_overwrites_nothing(self, browser_page, site, team):
        first, second = browser_page(), browser_page()
        for page in (first, second):
            page.goto(site.inside(f"staff/presence/{team.pk}/"))
        first.locator("[data-presence-row]").first.locator(".tap-field").click()
        wait_for(first, ["field", "unknown", "unknown"])

        second.locator("[data-presence-row]").first.locator(".tap-absent").click()
        second.wait_for_selector(".presence-refusal")

        assert states(second)[0] == "field"
        assert "Agnès Marty" in second.locator(".presence-refusal").inner_text()
        assert saved(team) == [("Abadie", "field", None)]

    def test_is_made_for_a_thumb(self, browser_page, site, team):
        page = browser_page(width=PHONE)
        page.goto(site.inside(f"staff/presence/{team.pk}/"))

        page.locator("[data-presence-row]").nth(1).locator(".tap-planned_leave").click()
        wait_for(page, ["unknown", "planned_leave", "unknown"])

        heights = page.eval_on_selector_all(
            ".tap", "taps => taps.map(tap => tap.getBoundingClientRect().height)"
        )
        assert min(heights) >= 40
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE
        assert axe(page) == []
