"""Choosing rows of a list: by mouse, by keyboard alone, on a phone, and without any script; then what is done."""

import pytest

from palier.kernel.organisations.current import open_organisation
from palier.modules.staff.models import Agent
from palier.modules.staff.tests.factories import make_agent, make_team
from tests.browser.conftest import SLUG, axe, complaints

pytestmark = pytest.mark.browser
PHONE = 360
TICKED = "input[data-tick]:checked"


@pytest.fixture
def agents(site):
    """Thirty agents of one team whom the search finds, more than a page; and the team they will join."""
    with open_organisation(SLUG):
        Agent.objects.filter(last_name__startswith="Selvaggio").delete()
        other = make_team(name="Équipe du Canal")
        for number in range(30):
            make_agent(last_name=f"Selvaggio {number:02}")
        return other


def listed(page, site):
    page.goto(site.inside("staff/?q=selvaggio"))
    page.wait_for_selector("input[data-tick]")


def team_of_agents(team):
    with open_organisation(SLUG):
        return Agent.objects.filter(team=team).count()


def move(page, team):
    page.click("button[value='staff.move-to-team']")
    page.select_option("select[name=team_id]", str(team.pk))
    page.click("main form[action$='/fill/'] button[type=submit]")
    page.click("form[action$='/confirm/'] button[type=submit]")
    page.wait_for_selector("#bulk-state")


def test_takes_a_range_with_shift_and_shows_the_bar_only_then(browser_page, site, agents):
    page = browser_page()
    listed(page, site)
    assert not page.is_visible(".selection")

    page.locator("input[data-tick]").nth(2).click()
    page.locator("input[data-tick]").nth(6).click(modifiers=["Shift"])

    assert page.locator(TICKED).count() == 5
    assert page.is_visible(".selection")
    assert page.locator("[data-selection-number]").inner_text() == "5"
    assert axe(page) == []


def test_works_by_the_keyboard_alone(browser_page, site, agents):
    page = browser_page()
    listed(page, site)
    page.locator("input[data-tick]").first.focus()

    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.locator("input[data-tick]").nth(3).focus()
    page.keyboard.press("Shift+Space")

    assert page.locator(TICKED).count() == 4
    page.locator("button[value='staff.move-to-team']").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("select[name=team_id]")


def test_takes_everything_that_matches_and_does_it(browser_page, site, agents):
    page = browser_page()
    with complaints(page) as heard:
        listed(page, site)
        page.check("input[data-tick-page]")
        assert page.locator(TICKED).count() == 25
        page.check("[data-selection-whole]")
        page.click("button[value='staff.set-usual-week']")
        page.click("main form[action$='/fill/'] button[type=submit]")

        assert "30" in page.locator(".bulk-count-change strong").inner_text()
        assert axe(page) == []
    assert heard == []


def test_fits_a_phone_and_puts_everything_back(browser_page, site, agents):
    page = browser_page(width=PHONE)
    listed(page, site)
    page.locator("input[data-tick]").nth(0).click()
    page.locator("input[data-tick]").nth(1).click()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE

    move(page, agents)

    assert team_of_agents(agents) == 2
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE
    page.click("form[action$='/undo/'] button")
    page.click("form[action$='/confirm/'] button[type=submit]")
    page.wait_for_selector("#bulk-state")
    assert team_of_agents(agents) == 0


def test_works_without_scripts(chromium, site, signed_in_state, agents):
    context = chromium.new_context(storage_state=signed_in_state, java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(site.inside("staff/?q=selvaggio"))

    assert page.is_visible(".selection")
    page.locator("input[name=ids]").nth(0).check()
    move(page, agents)

    assert team_of_agents(agents) == 1
    context.close()
