"""The board is live, and keeps what somebody is writing."""

import time

import pytest

from tests.browser.conftest import complaints

pytestmark = pytest.mark.browser

SECONDS = 15_000


def _write(page, text):
    page.fill("#entry-text", text)
    page.click("#board-entry button[type=submit]")


class TestLiveBoard:
    def test_shows_in_a_second_browser_what_was_written_in_the_first(self, browser_page, site):
        writer, reader = browser_page(), browser_page(width=360)
        writer.goto(site.inside("continuity/"))
        reader.goto(site.inside("continuity/"))
        began = time.monotonic()

        with complaints(writer) as heard:
            _write(writer, "Arrivée des masques au magasin")
            writer.get_by_text("Arrivée des masques au magasin").first.wait_for(timeout=SECONDS)
        reader.get_by_text("Arrivée des masques au magasin").first.wait_for(timeout=SECONDS)

        assert time.monotonic() - began < 2 * 15
        assert heard == []
        assert writer.input_value("#entry-text") == ""

    def test_answers_nothing_while_nothing_changes(self, browser_page, site):
        page = browser_page()
        page.goto(site.inside("continuity/"))
        statuses = []
        page.on(
            "response",
            lambda answer: statuses.append(answer.status) if "/board/live/" in answer.url else None,
        )

        page.wait_for_timeout(11_500)

        assert statuses
        assert set(statuses) <= {200, 304}

    def test_keeps_a_sentence_begun_while_the_board_changes(self, browser_page, site):
        writer, other = browser_page(), browser_page()
        writer.goto(site.inside("continuity/"))
        other.goto(site.inside("continuity/"))
        writer.fill("#entry-text", "Une phrase commencée")

        _write(other, "Nouvelle du voisin")
        writer.get_by_text("Nouvelle du voisin").first.wait_for(timeout=SECONDS)

        assert writer.input_value("#entry-text") == "Une phrase commencée"
        assert writer.evaluate("document.activeElement.id") == "entry-text"

    def test_says_what_is_missing_in_place(self, browser_page, site):
        page = browser_page()
        page.goto(site.inside("continuity/"))

        _write(page, "   ")
        page.locator("#board-entry .errors").wait_for(timeout=5_000)

        assert page.evaluate("document.activeElement.id") == "entry-text"

    def test_fills_a_wall(self, browser_page, site):
        page = browser_page(width=1920)
        page.goto(site.inside("continuity/?wall=1"))

        assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
        assert not page.locator(".sidebar").is_visible()
        assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 18
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 1920
