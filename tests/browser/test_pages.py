"""Every main page, in a real browser: no accessibility fault, nothing wider than a phone, no refused script.

The pages are those of the menu, plus the first record of each list: a new module's pages join by themselves.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import SLUG, axe, complaints

pytestmark = pytest.mark.browser

STRANGERS = ("/account/login/", "/account/password/reset/", "/kit/")
OWN = ("/?stay=1", "/profile/", "/account/password/change/", "/account/logout/")
PHONE = 360
# From the menu's pages, one step further: a list's first record, a tab, an action. `/o/slug/module/page/` has 5.
DEPTH = 5
FILES = (".pdf", ".csv", ".xlsx", ".toml", "/csv/", "/pdf/")


@dataclass
class Report:
    """What was seen of one page: on a desk, then on a phone."""

    status: int
    faults: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    width_on_phone: int = 0


@pytest.fixture(scope="module")
def survey(chromium, site, signed_in_state, django_db_blocker):
    """Every page visited once on a desk and once on a phone: the tests below read what was seen."""
    desk = {"viewport": {"width": 1366, "height": 800}, "storage_state": signed_in_state, "locale": "fr-FR"}
    phone = {**desk, "viewport": {"width": PHONE, "height": 740}}
    with django_db_blocker.unblock():
        with _opened(chromium, desk) as page:
            reports = dict(_on_a_desk(page, site))
        with _opened(chromium, phone) as page:
            for path, report in reports.items():
                page.goto(site.address(path))
                report.width_on_phone = page.evaluate("document.scrollingElement.scrollWidth")
    return reports


@contextmanager
def _opened(chromium, options):
    context = chromium.new_context(**options)
    yield context.new_page()
    context.close()


def _on_a_desk(page, site):
    """Walk the menu, then what each page leads to, and report each page that is a page."""
    page.goto(site.inside("continuity/"))
    waiting = list(_paths(page, ".sidebar a"))
    seen = set(waiting)
    while waiting:
        path = waiting.pop(0)
        with complaints(page) as heard:
            answer = page.goto(site.address(path))
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            yield path, Report(answer.status, axe(page), heard)
        if path.count("/") <= DEPTH:
            found = _paths(page, ".tabs a, .heading-actions a, .table-list tbody tr:first-child a")
            waiting += [one for one in found if one not in seen]
            seen |= set(found)


def _paths(page, selector):
    urls = page.eval_on_selector_all(selector, "links => links.map(link => link.href)")
    inside = (url for url in urls if f"/o/{SLUG}/" in url and "export=" not in url)
    paths = dict.fromkeys(urlsplit(url).path for url in inside)
    return [path for path in paths if not path.endswith(FILES)]


class TestPagesOfAnOrganisation:
    def test_are_many(self, survey):
        assert len(survey) > 20

    def test_answer(self, survey):
        assert {path: report.status for path, report in survey.items() if report.status >= 400} == {}

    def test_have_no_accessibility_fault(self, survey):
        assert {path: report.faults for path, report in survey.items() if report.faults} == {}

    def test_fit_a_phone(self, survey):
        wide = {
            path: report.width_on_phone for path, report in survey.items() if report.width_on_phone > PHONE
        }

        assert wide == {}

    def test_break_no_security_rule(self, survey):
        assert {path: report.heard for path, report in survey.items() if report.heard} == {}

    def test_are_accessible_in_the_dark_too(self, browser_page, site):
        page = browser_page(dark=True)
        faults = []

        for path in ("continuity/", "continuity/?wall=1", "estate/residences/", "staff/presence/"):
            page.goto(site.inside(path))
            faults += axe(page)

        assert faults == []


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
