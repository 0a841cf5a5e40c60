"""Signing in by OpenID Connect, through a certified provider run beside the tests."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.utils import timezone

from palier.kernel.access.roles import Role
from palier.kernel.accounts import oidc
from palier.kernel.accounts.models import (
    AccessChange,
    ExternalIdentity,
    Invitation,
    Membership,
    Session,
    User,
)
from palier.kernel.accounts.providers import RoleMapping
from palier.kernel.accounts.testing import make_member
from palier.kernel.accounts.tests import openid
from palier.kernel.organisations.models import Organisation

pytestmark = pytest.mark.django_db

START = f"/account/oidc/{openid.KEY}/"
CLAIRE = "claire.petit@alpha.example"


@pytest.fixture(scope="module")
def running():
    provider = openid.start()
    yield provider
    openid.stop(provider)


@pytest.fixture
def provider(running, settings):
    cache.clear()
    running.behave(key=0)
    settings.IDENTITY_PROVIDERS = (running.settings(),)
    return running


@pytest.fixture
def claire():
    return make_member("alpha", Role.CLIENT_ADVISER, email=CLAIRE)


def walk(client, provider, person="claire", start=START):
    """The whole way: Palier, the provider, and back."""
    away = client.get(start)
    assert away.status_code == 302, away.content
    back = urlsplit(provider.sign_in(away.url, person))
    return client.get(f"{back.path}?{back.query}")


def who(client) -> str:
    return client.session.get("_auth_user_id", "")


def said_after(client, response) -> str:
    return client.get(response.url).content.decode()


class TestLeaving:
    def test_asks_with_pkce_state_and_nonce_and_comes_back_where_the_settings_say(self, client, provider):
        asked = parse_qs(urlsplit(client.get(START, headers={"host": "piege.example"}).url).query)

        assert asked["code_challenge_method"] == ["S256"] and len(asked["code_challenge"][0]) == 43
        assert len(asked["state"][0]) >= 32 and len(asked["nonce"][0]) >= 32
        assert asked["redirect_uri"][0].startswith("http://127.0.0.1:")

    def test_says_so_when_the_provider_does_not_answer(self, client, provider, settings):
        settings.IDENTITY_PROVIDERS = (
            provider.settings(discovery_url="http://127.0.0.1:9/.well-known/openid-configuration"),
        )

        response = client.get(START)

        assert response.url == "/account/login/"
        assert "Maison" in said_after(client, response)

    def test_knows_no_other_provider(self, client, provider):
        assert client.get("/account/oidc/autre/").status_code == 404


class TestComingBack:
    def test_opens_the_session_of_a_member_and_links_them(self, client, provider, claire):
        response = walk(client, provider)

        assert response.url == "/"
        assert who(client) == str(claire.user_id)
        link = ExternalIdentity.objects.get(user=claire.user)
        assert (link.issuer, link.subject) == (provider.issuer, "claire")
        assert Session.objects.get(user=claire.user).method == "oidc"
        assert AccessChange.objects.filter(what="linked", organisation=claire.organisation).exists()

    def test_goes_where_one_was_going(self, client, provider, claire):
        response = walk(client, provider, start=f"{START}?next=/o/alpha/access/")

        assert response.url == "/o/alpha/access/"

    def test_never_goes_to_another_site(self, client, provider, claire):
        response = walk(client, provider, start=f"{START}?next=https://piege.example/")

        assert response.url == "/"

    def test_knows_somebody_by_their_subject_when_the_address_has_changed(self, client, provider, claire):
        walk(client, provider)
        client.logout()
        User.objects.filter(pk=claire.user_id).update(email="claire.durand@alpha.example")

        walk(client, provider)

        assert who(client) == str(claire.user_id)

    def test_takes_an_open_invitation(self, client, provider):
        alpha = Organisation.objects.get(slug="alpha")
        Invitation.objects.create(
            organisation=alpha, email=CLAIRE, name="Claire Petit", roles=[Role.CARETAKER], invited_by="X",
            invited_at=timezone.now(), expires_at=timezone.now() + timedelta(days=1),
        )  # fmt: skip

        walk(client, provider)

        member = Membership.objects.get(user__email=CLAIRE)
        assert (member.organisation, member.roles) == (alpha, [Role.CARETAKER])
        assert not member.user.has_usable_password()
        assert who(client) == str(member.user_id)

    def test_leaves_the_suspended_outside(self, client, provider, claire):
        Membership.objects.filter(pk=claire.pk).update(is_active=False)

        response = walk(client, provider)

        assert response.url == "/account/login/" and who(client) == ""
        assert not ExternalIdentity.objects.exists()

    def test_opens_no_account_to_a_stranger(self, client, provider):
        response = walk(client, provider, "stranger")

        assert who(client) == "" and not User.objects.filter(email__contains="inconnu").exists()
        assert "inconnu@ailleurs.example" in said_after(client, response)

    def test_refuses_an_address_that_the_provider_does_not_vouch_for(self, client, provider, claire):
        response = walk(client, provider, "unverified")

        assert who(client) == "" and not ExternalIdentity.objects.exists()
        assert response.url == "/account/login/"

    def test_refuses_an_address_of_another_domain(self, client, provider, claire, settings):
        settings.IDENTITY_PROVIDERS = (provider.settings(domains=("beta.example",)),)

        walk(client, provider)

        assert who(client) == ""


class TestTheMapping:
    @pytest.fixture
    def mapped(self, provider, settings):
        mapping = RoleMapping("alpha", "groups", {"palier-gardiens": ("caretaker", "no-such-role")})
        settings.IDENTITY_PROVIDERS = (provider.settings(mapping=mapping),)
        return provider

    def test_opens_an_access_with_the_roles_that_a_claim_gives(self, client, mapped):
        walk(client, mapped, "newcomer")

        member = Membership.objects.get(user__email="nadia.roux@alpha.example")
        assert (member.organisation.slug, member.roles) == ("alpha", ["caretaker"])
        assert who(client) == str(member.user_id)

    def test_opens_none_without_the_claim(self, client, mapped):
        walk(client, mapped, "claire")

        assert who(client) == "" and not User.objects.filter(email=CLAIRE).exists()

    def test_does_not_bring_back_somebody_suspended(self, client, mapped):
        make_member("alpha", Role.DIRECTOR, email="nadia.roux@alpha.example")
        Membership.objects.filter(user__email="nadia.roux@alpha.example").update(is_active=False)

        walk(client, mapped, "newcomer")

        assert who(client) == ""
        assert Membership.objects.get(user__email="nadia.roux@alpha.example").roles == [Role.DIRECTOR]


class TestATokenThatIsNotRight:
    @pytest.mark.parametrize(
        "spoil",
        [
            "signature", "unpublished", "borrowed-name", "none", "hmac", "expired", "future", "audience", "azp",
            "issuer", "nonce",
        ],
    )  # fmt: skip
    def test_opens_nothing(self, client, provider, claire, spoil):
        provider.behave(spoil=spoil)

        response = walk(client, provider)

        assert response.url == "/account/login/"
        assert who(client) == "" and not ExternalIdentity.objects.exists()
        assert "Maison" in said_after(client, response)

    def test_is_the_only_thing_refused(self, client, provider, claire):
        """The positive control: the same walk with an honest token."""
        walk(client, provider)

        assert who(client) == str(claire.user_id)


class TestAnAnswerThatIsNotOurs:
    def test_of_another_browser_is_refused(self, client, provider, claire):
        """An attacker's answer, sent to somebody else to sign them in as the attacker."""
        from django.test import Client

        attacker = Client()
        back = urlsplit(provider.sign_in(attacker.get(START).url, "claire"))

        response = client.get(f"{back.path}?{back.query}")

        assert who(client) == "" and response.url == "/account/login/"

    def test_with_another_state_is_refused(self, client, provider, claire):
        back = provider.sign_in(client.get(START).url, "claire")
        code = parse_qs(urlsplit(back).query)["code"][0]

        client.get(f"{START}callback/", {"code": code, "state": "autre"})

        assert who(client) == ""

    def test_serves_once(self, client, provider, claire):
        back = urlsplit(provider.sign_in(client.get(START).url, "claire"))
        client.get(f"{back.path}?{back.query}")
        client.logout()

        client.get(f"{back.path}?{back.query}")

        assert who(client) == ""

    def test_of_another_flow_of_the_same_browser_is_refused_by_pkce(self, client, provider, claire):
        """A code that was stolen is worth nothing without the verifier of the flow that asked for it."""
        stolen = parse_qs(urlsplit(provider.sign_in(client.get(START).url, "claire")).query)["code"][0]
        state = parse_qs(urlsplit(client.get(START).url).query)["state"][0]

        client.get(f"{START}callback/", {"code": stolen, "state": state, "iss": provider.issuer})

        assert who(client) == ""

    def test_of_a_refusal_is_said(self, client, provider):
        state = parse_qs(urlsplit(client.get(START).url).query)["state"][0]

        response = client.get(f"{START}callback/", {"error": "access_denied", "state": state})

        assert response.url == "/account/login/" and "Maison" in said_after(client, response)

    def test_that_comes_too_late_is_refused(self, provider, claire):
        began = timezone.now()
        flow = oidc.new_flow(began)

        with pytest.raises(oidc.FlowLost):
            oidc.identify(
                provider.settings(), flow, {"state": flow.state, "code": "x"}, redirect_uri="http://x/",
                at=began + timedelta(minutes=11),
            )  # fmt: skip


class TestKeysThatChange:
    def test_are_asked_for_again(self, client, provider, claire):
        walk(client, provider)
        client.logout()
        provider.behave(key=1)

        walk(client, provider)

        assert who(client) == str(claire.user_id)

    def test_leave_the_former_one_without_value(self, client, provider, claire):
        """A token of the former key, once the provider has withdrawn it and Palier has read the new ones."""
        provider.behave(key=1)
        walk(client, provider)
        client.logout()
        ExternalIdentity.objects.all().delete()
        provider.behave(key=1, spoil="unpublished")

        walk(client, provider)

        assert who(client) == ""


class TestWhatTheProviderKeepsForItsUserInfo:
    @pytest.fixture
    def asked(self, running, monkeypatch):
        """A provider whose ID token has no address: its user-info address gives one."""
        monkeypatch.setattr(
            oidc, "configuration", lambda provider: {"userinfo_endpoint": "https://id.example/me"}
        )

        def answer(subject):
            told = {"sub": subject, "email": CLAIRE, "email_verified": True}
            monkeypatch.setattr(oidc, "_fetch", lambda *_args, **_options: told)
            return oidc._with_user_info(running.settings(), {"sub": "claire", "iss": "x"}, "token")

        return answer

    def test_is_taken_for_the_subject_of_the_token(self, asked):
        assert asked("claire")["email"] == CLAIRE

    def test_is_refused_when_it_speaks_of_somebody_else(self, asked):
        with pytest.raises(oidc.IdentityRefused):
            asked("mallory")


class TestTheSecondFactor:
    def test_of_the_provider_counts_when_the_settings_say_so(self, client, provider, claire, settings):
        settings.IDENTITY_PROVIDERS = (provider.settings(second_factor_amr=("otp",)),)
        provider.behave(amr=["pwd", "otp"])

        walk(client, provider)

        assert Session.objects.get(user=claire.user).has_second_factor

    @pytest.mark.parametrize(("accepted", "amr"), [((), ["pwd", "otp"]), (("otp",), ["pwd"])])
    def test_does_not_count_otherwise(self, client, provider, claire, settings, accepted, amr):
        settings.IDENTITY_PROVIDERS = (provider.settings(second_factor_amr=accepted),)
        provider.behave(amr=amr)

        walk(client, provider)

        assert not Session.objects.get(user=claire.user).has_second_factor


class TestSigningOut:
    def test_offers_to_sign_out_of_the_provider_too(self, client, provider, claire):
        walk(client, provider)

        out = client.post("/account/logout/")
        page = client.get(out.url).content.decode()
        away = client.get(f"{START}sign-out/")

        assert who(client) == "" and f"{START}sign-out/" in page
        assert away.url.startswith(f"{provider.issuer}/session/end?client_id=palier")
