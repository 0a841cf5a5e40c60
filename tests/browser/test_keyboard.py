"""The keyboard goes everywhere: skip link, search, menus, shortcuts, sending."""

import pytest

pytestmark = pytest.mark.browser


def _active(page, attribute):
    return page.evaluate(f"document.activeElement.{attribute}")


class TestKeyboard:
    def test_reaches_the_content_first(self, browser_page, site):
        page = browser_page()
        page.goto(site.inside("continuity/"))

        page.keyboard.press("Tab")
        skip = _active(page, "className")
        page.keyboard.press("Enter")

        assert skip == "skip-link"
        assert _active(page, "id") == "main"

    def test_shows_where_it_is(self, browser_page, site):
        page = browser_page()
        page.goto(site.inside("continuity/"))

        for _step in range(8):
            page.keyboard.press("Tab")
            # The search box shows it on its frame.
            shown = page.evaluate(
                "[document.activeElement, document.activeElement.parentElement]"
                ".some(one => getComputedStyle(one).outlineStyle !== 'none')"
            )
            assert shown, page.evaluate("document.activeElement.outerHTML")

    def test_goes_to_the_search_box_and_leaves_letters_to_those_who_type(self, browser_page, site):
        page = browser_page()
        page.goto(site.inside("continuity/"))

        page.keyboard.press("/")
        page.keyboard.type("n?/")

        assert _active(page, "type") == "search"
        assert _active(page, "value") == "n?/"

    def test_opens_and_closes_the_list_of_shortcuts(self, browser_page, site):
        page = browser_page()
        page.goto(site.inside("continuity/"))

        page.keyboard.press("?")
        opened = page.locator("#shortcuts").is_visible()
        page.keyboard.press("Escape")

        assert opened
        assert not page.locator("#shortcuts").is_visible()

    def test_closes_a_menu_and_returns_to_its_button(self, browser_page, site):
        page = browser_page()
        page.goto(site.inside("continuity/"))
        menu = page.locator(".topbar-end details.menu")
        menu.locator("summary").focus()

        page.keyboard.press("Enter")
        opened = menu.get_attribute("open")
        page.keyboard.press("Escape")

        assert opened is not None
        assert menu.get_attribute("open") is None
        assert _active(page, "tagName") == "SUMMARY"

    def test_sends_a_form_with_control_enter(self, browser_page, site):
        page = browser_page()
        page.goto(site.inside("continuity/"))

        page.keyboard.press("l")
        page.keyboard.type("Consigné au clavier")
        page.keyboard.press("Control+Enter")

        page.get_by_text("Consigné au clavier").first.wait_for(timeout=5_000)

    def test_opens_the_menu_of_a_phone(self, browser_page, site):
        page = browser_page(width=360)
        page.goto(site.inside("continuity/"))
        hidden = page.locator(".sidebar").is_visible()

        page.locator(".menu-button").focus()
        page.keyboard.press("Enter")

        assert not hidden
        assert page.locator(".sidebar").is_visible()
        assert page.locator(".menu-button").get_attribute("aria-expanded") == "true"


class TestForms:
    def test_filter_a_list_as_one_types_and_keep_the_address(self, browser_page, site):
        page = browser_page(signed_in=False)
        page.goto(site.address("/kit/"))

        page.fill("#filter-kit-q", "ecluse")
        page.wait_for_url("**q=ecluse*", timeout=5_000)

        assert page.evaluate("document.activeElement.id") == "filter-kit-q"
        assert page.locator("#list-kit tbody tr").count() == 6

    def test_are_sent_once_by_an_impatient_hand(self, browser_page, site):
        page = browser_page()
        page.goto(site.address("/profile/"))
        sent = []
        page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)

        page.evaluate("""() => {
            const form = document.querySelector("main form.form");
            form.requestSubmit(); form.requestSubmit(); form.requestSubmit();
        }""")
        page.wait_for_load_state("networkidle")

        assert len(sent) == 1
