"""Keys and codes in a real browser: Chromium's own virtual authenticator, at the width of a desk and of a phone."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache

from palier.kernel.accounts.models import Session, User
from palier.kernel.accounts.testing import make_member
from tests.browser.conftest import PASSWORD, SLUG, axe, complaints

pytestmark = pytest.mark.browser

EMAIL = "cle@vitrine.example"
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def member(site):
    cache.clear()
    yield make_member(SLUG, "administrator", email=EMAIL, name="Solène Vidal")
    User.objects.filter(email=EMAIL).delete()


@pytest.fixture(params=[1366, 360])
def visitor(request, chromium, site, member):
    """A page at `localhost`: a key is bound to a name, and a number is none."""
    width = request.param
    context = chromium.new_context(viewport={"width": width, "height": 780}, locale="fr-FR")
    page = context.new_page()
    yield Visitor(page, site.url.replace("127.0.0.1", "localhost"), width)
    context.close()


class Visitor:
    """Somebody at the sign-in page."""

    def __init__(self, page, url, width):
        self.page, self.url, self.width = page, url, width

    def go(self, path):
        self.page.goto(f"{self.url}{path}")

    def type_password(self):
        self.go("/account/login/")
        self.page.fill("#id_login", EMAIL)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("main form:first-of-type button[type=submit]")

    def prove_again(self, path):
        self.go(path)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(f"**{path}")

    def sign_out(self):
        self.go("/account/logout/")
        self.page.click("main button[type=submit]")
        self.page.wait_for_url("**/account/login/**")

    def plug_in(self):
        devtools = self.page.context.new_cdp_session(self.page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    def add_passkey(self):
        self.type_password()
        self.page.wait_for_url(f"**/o/{SLUG}/**")
        self.prove_again("/account/2fa/webauthn/add/")
        self.check()
        self.page.fill("#id_name", "Ordinateur du bureau")
        self.page.click("#add-key")
        self.page.wait_for_url("**/account/2fa/recovery-codes/")

    def check(self):
        """Nothing wider than the screen, no accessibility fault."""
        assert self.page.evaluate("document.scrollingElement.scrollWidth") <= self.width
        assert axe(self.page) == []


class TestAPasskey:
    def test_is_added_then_opens_the_account_by_itself(self, visitor, member):
        visitor.plug_in()
        with complaints(visitor.page) as heard:
            visitor.add_passkey()
            assert visitor.page.locator(".codes li").count() == 10
            visitor.check()
            visitor.go("/profile/")
            assert "Ordinateur du bureau" in visitor.page.inner_text("#second-factor")
            visitor.check()
            visitor.sign_out()
            visitor.check()
            visitor.page.click("#passkey-login")
            visitor.page.wait_for_url(f"**/o/{SLUG}/**")

        row = Session.objects.get(user=member.user)
        assert (row.method, row.has_second_factor) == ("passkey", True)
        assert heard == []

    def test_is_the_second_step_after_a_password(self, visitor, member):
        visitor.plug_in()
        visitor.add_passkey()
        visitor.sign_out()
        visitor.type_password()
        visitor.page.wait_for_url("**/account/2fa/authenticate/")
        visitor.check()

        visitor.page.click("#use-key")
        visitor.page.wait_for_url(f"**/o/{SLUG}/**")

        assert Session.objects.get(user=member.user).has_second_factor

    def test_that_is_refused_says_so_in_words(self, visitor, member):
        visitor.go("/account/login/")
        devtools = visitor.page.context.new_cdp_session(visitor.page)
        devtools.send("WebAuthn.enable")
        devtools.send(
            "WebAuthn.addVirtualAuthenticator", {"options": {**AUTHENTICATOR, "isUserVerified": False}}
        )

        visitor.page.click("#passkey-login")
        visitor.page.wait_for_selector("#passkey-trouble:not([hidden])")

        notice = visitor.page.locator("#passkey-trouble")
        assert notice.inner_text().strip() == notice.get_attribute("data-cancelled")


class TestAnApp:
    def test_is_added_by_its_drawing_or_its_key_then_asked_for(self, visitor, member):
        visitor.type_password()
        visitor.page.wait_for_url(f"**/o/{SLUG}/**")
        with complaints(visitor.page) as heard:
            visitor.prove_again("/account/2fa/totp/activate/")
            assert visitor.page.locator(".qr img").evaluate("image => image.naturalWidth") > 0
            visitor.check()
            visitor.page.click(".enrolment details summary")
            secret = visitor.page.inner_text(".secret")
            visitor.page.fill("#id_code", code(secret, 0))
            visitor.page.click(".enrolment button[type=submit]")
            visitor.page.wait_for_url("**/account/2fa/recovery-codes/")
            visitor.sign_out()
            visitor.type_password()
            visitor.page.wait_for_url("**/account/2fa/authenticate/")
            visitor.page.fill("#id_code", code(secret, 1))
            visitor.page.click("main form:first-of-type button[type=submit]")
            visitor.page.wait_for_url(f"**/o/{SLUG}/**")

        assert Session.objects.get(user=member.user).has_second_factor
        assert heard == []


def code(secret: str, step: int) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))
