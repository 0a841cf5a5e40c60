"""Every main page, in a real browser: no accessibility fault, nothing wider than a phone, no refused script.

The pages are those of the menu, plus the first record of each list: a new module's pages join by themselves.
"""

from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import SLUG, axe, complaints

pytestmark = pytest.mark.browser

STRANGERS = ("/account/login/", "/account/password/reset/", "/kit/")
OWN = ("/?stay=1", "/profile/", "/account/password/change/", "/account/logout/")
PHONE = 360


def _addresses(page, site) -> list[str]:
    """Paths of the menu's pages, of the tabs found on them, and of the first record of each list."""
    page.goto(site.inside("continuity/"))
    menu = page.eval_on_selector_all(".sidebar a", "links => links.map(link => link.href)")
    paths = dict.fromkeys(urlsplit(url).path for url in menu)
    for path in list(paths):
        page.goto(site.address(path))
        found = page.eval_on_selector_all(
            ".tabs a, .heading-actions a, .table-list tbody tr:first-child a",
            "links => links.map(link => link.href)",
        )
        paths |= dict.fromkeys(
            urlsplit(url).path for url in found if f"/o/{SLUG}/" in url and "export=" not in url
        )
    return [path for path in paths if not path.endswith((".pdf", ".csv", ".xlsx"))]


def _visited(page, site, paths):
    for path in paths:
        answer = page.goto(site.address(path))
        if "text/html" in answer.headers.get("content-type", ""):
            yield path, answer


class TestPagesOfAnOrganisation:
    def test_have_no_accessibility_fault(self, browser_page, site):
        page = browser_page()
        paths = _addresses(page, site)

        faults = [f"{path} {fault}" for path, _answer in _visited(page, site, paths) for fault in axe(page)]

        assert len(paths) > 8
        assert faults == []

    def test_have_none_in_the_dark_either(self, browser_page, site):
        page = browser_page(dark=True)
        paths = ["continuity/", "continuity/?wall=1", "estate/residences/", "staff/presence/"]

        visited = _visited(page, site, [f"/o/{SLUG}/{path}" for path in paths])
        faults = [f"{path} {fault}" for path, _answer in visited for fault in axe(page)]

        assert faults == []

    def test_fit_a_phone(self, browser_page, site):
        page = browser_page(width=PHONE)
        paths = _addresses(page, site)

        widths = {
            path: page.evaluate("document.scrollingElement.scrollWidth")
            for path, _answer in _visited(page, site, paths)
        }

        assert {path: width for path, width in widths.items() if width > PHONE} == {}

    def test_answer_and_break_no_security_rule(self, browser_page, site):
        page = browser_page()
        paths = _addresses(page, site)

        with complaints(page) as heard:
            broken = {
                path: answer.status for path, answer in _visited(page, site, paths) if answer.status >= 400
            }

        assert broken == {}
        assert heard == []


class TestPagesOutside:
    @pytest.mark.parametrize("path", STRANGERS)
    def test_are_accessible_to_strangers(self, browser_page, site, path):
        page = browser_page(signed_in=False, width=PHONE)
        page.goto(site.address(path))

        assert axe(page) == []
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE

    @pytest.mark.parametrize("path", OWN)
    def test_are_accessible_to_the_signed_in(self, browser_page, site, path):
        page = browser_page(width=PHONE)
        page.goto(site.address(path))

        assert axe(page) == []
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE

    def test_say_plainly_that_an_address_leads_nowhere(self, browser_page, site):
        page = browser_page(width=PHONE)

        answer = page.goto(site.inside("nowhere/at/all/"))

        assert answer.status == 404
        assert axe(page) == []
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE
