"""The next-call desk in a real browser: the keyboard alone, two callers at once, a thumb at 360 px."""

import time
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from palier.config.start import acting_as_owner
from palier.kernel.access import system_actor
from palier.kernel.accounts.models import User
from palier.kernel.accounts.testing import make_member
from palier.kernel.organisations.current import open_organisation
from palier.modules.outreach.models import Alert, Call, CallSheet, Campaign, Draft, Report
from palier.modules.outreach.services.sheets import make_sheets
from palier.modules.outreach.tests.factories import add_call, add_line, make_campaign
from palier.modules.partners.tests.factories import a_partner
from palier.modules.referrals.models import Referral, Transmission
from palier.modules.staff.tests.factories import make_agent
from tests.browser.conftest import SLUG, axe, complaints

COLLEAGUE = "zoe.petit@vitrine.example"


@pytest.fixture
def campaign(site: Any) -> Any:
    """Eight households to call today, of nobody's; what other tests left waits meanwhile."""
    today = timezone.localdate()
    with open_organisation(SLUG):
        Campaign.objects.filter(state="open").update(state="paused")
        Call.objects.filter(state="in_call").update(
            state="waiting", leased_by_id=None, leased_by_name="", leased_until=None
        )
        made = make_campaign(starts_on=today, name="Confinement")
        for number in range(1, 9):
            line = add_line(made, phone=f"+3363998100{number}", score=100 - number)
            add_call(line, due_on=today)
    yield made
    _forget(made)


def _forget(made: Any) -> None:
    """Take the campaign away; a page that still says it is there may write a draft in between.

    Left behind, the numbers that it rang would be kept from the next test for hours.
    """
    for _turn in range(20):
        try:
            with open_organisation(SLUG):
                Campaign.objects.filter(pk=made.pk).delete()
        except IntegrityError:
            time.sleep(0.25)
            continue
        return
    raise AssertionError("the campaign of the test could not be taken away")


@pytest.fixture
def colleague(chromium: Any, site: Any) -> Any:
    """A page of a second caller, on a phone."""
    _forget_colleague()
    member = make_member(SLUG, "client_adviser", email=COLLEAGUE, name="Zoé Petit")
    with open_organisation(SLUG):
        make_agent(last_name="Petit", first_name="Zoé", email=COLLEAGUE)
    member.user.set_password("un mot de passe sûr")
    member.user.save()
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR")
    page = context.new_page()
    page.goto(site.address("/account/login/"))
    page.fill("#id_login", COLLEAGUE)
    page.fill("#id_password", "un mot de passe sûr")
    page.click("main button[type=submit]")
    page.wait_for_url(f"**/o/{SLUG}/**")
    yield page
    context.close()
    _forget_colleague()


def _forget_colleague() -> None:
    with acting_as_owner():
        User.objects.filter(email=COLLEAGUE).delete()


class Hand:
    """A hand on the keyboard that counts its strokes."""

    def __init__(self, page: Any) -> None:
        self.page, self.strokes = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.strokes += 1
            self.page.keyboard.press(key)


def start(page: Any, site: Any) -> Hand:
    page.goto(site.inside("calls/desk/"))
    page.wait_for_selector("[data-desk-save]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#desk-form")
    ready(page)
    return Hand(page)


def ready(page: Any) -> None:
    """Wait for the page's scripts: until they run, a key is a key to nobody."""
    page.wait_for_load_state("domcontentloaded")


def next_household(page: Any, before: str) -> None:
    """Wait for another household than this one: between two pages there is none, which is no other one."""
    page.wait_for_function(
        """before => {
            const number = document.querySelector(".desk-number");
            return number !== null && number.innerText !== before;
        }""",
        arg=before,
    )
    ready(page)


def after(page: Any, hand: Hand, *keys: str) -> int:
    """Press keys up to the next household; return how many."""
    before = page.locator(".desk-number").inner_text()
    hand.strokes = 0
    hand.press(*keys)
    next_household(page, before)
    return hand.strokes


class TestKeyboardAlone:
    def test_counts_two_keys_for_no_answer_three_for_all_well_four_for_a_need(
        self, browser_page, site, campaign
    ):
        page = browser_page()
        hand = start(page, site)

        counted = {
            "no answer": after(page, hand, "n", "Enter"),
            "all well": after(page, hand, "r", "b", "Enter"),
            "one need and consent": after(page, hand, "r", "1", "k", "Enter"),
        }

        print(f"keystrokes per call: {counted}")
        assert counted == {"no answer": 2, "all well": 3, "one need and consent": 4}
        with open_organisation(SLUG):
            rung = Call.objects.filter(campaign=campaign).exclude(last_result="")
            results = set(rung.values_list("last_result", flat=True))
            assert results == {"no_answer", "answered"}
            assert Report.objects.filter(needs__kind="groceries", needs__consent="oral").count() == 1

    def test_never_acts_while_somebody_types_and_escape_gives_the_keys_back(
        self, browser_page, site, campaign
    ):
        page = browser_page()
        start(page, site)

        page.keyboard.press("r")
        page.keyboard.press("l")
        page.keyboard.type("rbnx 1")
        page.keyboard.press("Escape")
        page.keyboard.press("b")

        assert page.locator("#id_note").input_value() == "rbnx 1"
        assert page.locator('[name="result"]:checked').input_value() == "answered"
        assert page.locator('[name="wellbeing"]:checked').input_value() == "well"
        assert page.locator('[name="needs"]:checked').count() == 0

    def test_shows_at_once_what_to_do_in_danger_and_raises_the_alert(self, browser_page, site, campaign):
        page = browser_page()
        hand = start(page, site)
        hidden = page.locator(".desk-danger").is_visible()

        page.keyboard.press("r")
        for _level in range(3):
            page.keyboard.press("a")

        assert not hidden
        assert page.locator(".desk-danger").is_visible()
        after(page, hand, "Enter")
        with open_organisation(SLUG):
            assert Alert.objects.filter(level="3", report__call__campaign=campaign).count() == 1
        assert page.locator(".desk-debrief").count() == 1

    def test_keeps_what_is_typed_over_a_reload_and_nothing_in_the_browser(self, browser_page, site, campaign):
        page = browser_page()
        start(page, site)
        number = page.locator(".desk-number").inner_text()
        page.keyboard.press("r")
        page.keyboard.press("l")
        page.keyboard.type("Passer apres 17 h")
        with page.expect_response(lambda answer: answer.url.endswith("/keep/")):
            page.wait_for_timeout(1800)
        with open_organisation(SLUG):
            assert Draft.objects.filter(call__campaign=campaign).count() == 1

        page.reload()

        assert page.locator(".desk-number").inner_text() == number
        assert page.locator("#id_note").input_value() == "Passer apres 17 h"
        left = page.evaluate("JSON.stringify({...sessionStorage}) + JSON.stringify({...localStorage})")
        assert "Passer" not in left
        assert "39981" not in left


class TestTwoCallers:
    def test_work_one_campaign_at_once_and_never_have_the_same_household(
        self, browser_page, site, campaign, colleague
    ):
        page = browser_page()
        mine, theirs = start(page, site), start(colleague, site)
        rung = []
        for _turn in range(2):
            rung += [
                page.locator(".desk-number").inner_text(),
                colleague.locator(".desk-number").inner_text(),
            ]
            page.bring_to_front()
            after(page, mine, "r", "b", "Enter")
            # A page behind another one is drawn late on a busy machine, and a click waits for it to be drawn.
            colleague.bring_to_front()
            before = colleague.locator(".desk-number").inner_text()
            colleague.locator(".answer-result-no_answer").click()
            colleague.locator("[data-desk-save]").click()
            next_household(colleague, before)

        assert len(set(rung)) == 4
        assert theirs.page is colleague
        assert colleague.evaluate("document.scrollingElement.scrollWidth") <= 360


class TestNeed:
    @pytest.fixture
    def partner(self, site):
        with open_organisation(SLUG):
            made = a_partner(name="Épicerie solidaire", kind="association")
        yield made
        with open_organisation(SLUG):
            Transmission.objects.filter(partner=made).delete()
            Referral.objects.filter(source_kind="outreach.report").delete()
            made.delete()

    @pytest.fixture
    def stranger(self, chromium):
        """A page of the partner, who has no account, on a phone."""
        context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR")
        yield context.new_page()
        context.close()

    def test_heard_at_the_desk_comes_back_settled_by_the_partner_to_the_caller(
        self, browser_page, site, campaign, partner, stranger
    ):
        page = browser_page()
        hand = start(page, site)
        after(page, hand, "r", "1", "k", "Enter")
        with open_organisation(SLUG):
            referral = Referral.objects.filter(source_kind="outreach.report").latest("opened_at")

        link = self.sent(page, site, referral, partner)
        waiting = self.week(page, site)
        self.answered(stranger, link)
        settled = self.week(page, site)

        assert "Courses portées jeudi" not in waiting
        assert "Épicerie solidaire" in settled
        assert "Courses portées jeudi" in settled
        assert page.locator(".week-line .tag-good").count() == 1

    def sent(self, page: Any, site: Any, referral: Any, partner: Any) -> str:
        """Send the referral by a link that is shown once; return it."""
        page.goto(site.inside(f"referrals/{referral.pk}/"))
        page.locator("details:has(#id_send-partner_id) > summary").click()
        page.select_option("#id_send-partner_id", str(partner.pk))
        page.locator('[name="send-sent_by"][value="shown"]').check()
        page.locator("form[action$='/send/'] button[type=submit]").click()
        shown = page.locator("#link").input_value()
        return site.address("/" + shown.split("/", 3)[3])

    def answered(self, stranger: Any, link: str) -> None:
        """The partner opens the link, which says nothing before, acknowledges and tells the outcome."""
        stranger.goto(link)
        assert "Acacias" not in stranger.content()
        stranger.locator("form:has([value='open']) button").click()
        stranger.locator("form:has([value='acknowledge']) button").click()
        stranger.locator("details:has([value='settle']) > summary").click()
        stranger.select_option("#id_settle-outcome", index=1)
        stranger.fill("#id_settle-note", "Courses portées jeudi")
        stranger.locator("form:has([value='settle']) button[type=submit]").click()
        stranger.wait_for_load_state()

    def week(self, page: Any, site: Any) -> str:
        page.goto(site.inside("calls/week/"))
        return str(page.locator("main").inner_text())


class TestPaper:
    @pytest.fixture
    def sheet(self, campaign):
        with open_organisation(SLUG):
            make_sheets(by=system_actor("Palier"), at=timezone.now())
            return CallSheet.objects.get(campaign=campaign)

    def test_is_typed_back_with_its_needs_by_the_keyboard_alone(self, browser_page, site, sheet):
        page = browser_page()
        page.goto(site.inside(f"calls/sheets/{sheet.pk}/"))
        hand = Hand(page)

        hand.press("n")
        hand.press("1", "k", "r")
        hand.press("b", "Enter")
        page.wait_for_selector(".tag-good")

        assert page.locator(".sheet-line .tag-good").count() == 3
        with open_organisation(SLUG):
            heard = Report.objects.filter(call__campaign=sheet.campaign)
            assert list(heard.filter(needs__kind="groceries", needs__consent="oral")) == [
                heard.get(needs__isnull=False)
            ]
            assert heard.get(needs__isnull=True).wellbeing == "well"
            missed = Call.objects.get(campaign=sheet.campaign, last_result="no_answer")
            assert missed.reports.count() == 0

    @pytest.mark.parametrize("width", [1366, 360])
    def test_is_without_fault_for_those_who_hear_it(self, browser_page, site, sheet, width):
        page = browser_page(width=width)
        with complaints(page) as heard:
            page.goto(site.inside(f"calls/sheets/{sheet.pk}/"))
            page.keyboard.press("1")
            faults = axe(page)

        assert faults == []
        assert heard == []
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


class TestCallers:
    def test_are_found_by_name_and_stay_ticked(self, browser_page, site, campaign):
        page = browser_page()
        with complaints(page) as heard:
            page.goto(site.inside(f"calls/campaigns/{campaign.pk}/callers/"))
            page.fill("#callers-find", "belanger")
            found = page.locator("[data-caller]:visible")
            named = found.locator("th").inner_text()
            found.locator("input[type=checkbox]").first.check()
            page.fill("#callers-find", "personne de ce nom")
            none = page.locator("[data-callers-none]").is_visible()
            page.fill("#callers-find", "")
            faults = axe(page)
            page.locator("main form .btn-primary").click()
            page.wait_for_url(f"**/campaigns/{campaign.pk}/")

        assert "BÉLANGER" in named.upper()
        assert none
        assert faults == []
        assert heard == []
        with open_organisation(SLUG):
            assert campaign.callers.filter(is_active=True).count() == 1


class TestPage:
    @pytest.mark.parametrize("width", [1366, 360])
    def test_is_without_fault_for_those_who_hear_it(self, browser_page, site, campaign, width):
        page = browser_page(width=width)
        with complaints(page) as heard:
            start(page, site)
            page.keyboard.press("r")
            page.keyboard.press("1")
            faults = axe(page)

        assert faults == []
        assert heard == []

    def test_works_without_a_script(self, chromium, site, campaign, signed_in_state):
        context = chromium.new_context(
            java_script_enabled=False, storage_state=signed_in_state, locale="fr-FR"
        )
        page = context.new_page()
        page.goto(site.inside("calls/desk/"))
        page.locator("main form button[type=submit]").first.click()
        first = page.locator(".desk-number").inner_text()
        page.locator('[name="result"][value="no_answer"]').check()
        page.locator("[data-desk-save]").click()

        assert page.locator(".desk-number").inner_text() != first
        context.close()
