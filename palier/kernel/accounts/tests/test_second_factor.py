"""Second factors: setting one up, signing in with it, being asked for one, losing it."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from palier.kernel.access.membership import actor_for
from palier.kernel.access.roles import Role
from palier.kernel.accounts.models import AccessChange, Membership, SecurityPolicy, Session
from palier.kernel.accounts.services import second_factor
from palier.kernel.accounts.testing import make_member
from palier.kernel.accounts.tests.signing_in import PASSWORD, code_of, enrol, sign_in
from palier.kernel.errors import NotAllowed
from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.organisations.models import Organisation

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}
HTMX = {"hx-request": "true", "hx-current-url": "http://testserver/o/alpha/access/"}


@pytest.fixture(autouse=True)
def _count_from_zero():
    cache.clear()


@pytest.fixture
def member():
    return make_member("alpha", Role.ADMINISTRATOR, email="claire.petit@alpha.example", language="en")


def force(*roles, grace_days=14, since=None):
    return SecurityPolicy.objects.create(
        organisation=Organisation.objects.get(slug="alpha"),
        forced_roles=list(roles),
        grace_days=grace_days,
        since=since or timezone.now(),
    )


def overdue(*roles):
    """A rule whose time is over for members of long standing."""
    policy = force(*roles, grace_days=7, since=timezone.now() - timedelta(days=30))
    Membership.objects.update(created_at=timezone.now() - timedelta(days=40))
    return policy


class TestSettingUpAnApp:
    def test_asks_for_the_password_again(self, member):
        response = sign_in(member).get("/account/2fa/totp/activate/")

        assert response.status_code == 302 and response.url.startswith("/account/reauthenticate/")

    def test_encrypts_the_secret_and_the_seed_of_the_codes(self, member):
        secret, codes = enrol(sign_in(member))
        kept = str(list(Authenticator.objects.values_list("data", flat=True)))

        assert len(codes) == 10
        assert secret not in kept and not any(code in kept for code in codes)
        assert Authenticator.objects.get(type="totp").wrap().validate_code(code_of(secret, step=1))

    def test_does_not_leave_the_waiting_secret_readable_in_the_session(self, member):
        client = sign_in(member)
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        secret = re.search(
            r'class="secret">([A-Z2-7]+)<', client.get("/account/2fa/totp/activate/").content.decode()
        )[1]

        assert secret not in str(dict(client.session.items()))

    def test_refuses_a_wrong_code_and_says_what_to_do(self, member):
        client = sign_in(member)
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        client.get("/account/2fa/totp/activate/")

        page = client.post("/account/2fa/totp/activate/", {"code": "000000"}).content.decode()

        assert "check the clock" in page and not Authenticator.objects.exists()

    def test_ends_the_sessions_that_were_open_without_it_and_changes_the_key_of_this_one(self, member):
        other, client = sign_in(member), sign_in(member)
        before = client.session.session_key

        enrol(client)

        assert other.get("/profile/").status_code == 302
        assert client.get("/profile/").status_code == 200
        assert client.session.session_key != before
        assert Session.objects.get(user=member.user).has_second_factor

    def test_is_told_by_mail(self, member, django_capture_on_commit_callbacks):
        client = sign_in(member)
        with django_capture_on_commit_callbacks(execute=True):
            enrol(client)
        deliver_waiting()

        assert any("authenticator app" in sent.body or "application" in sent.body for sent in mail.outbox)

    def test_leaves_no_draft_in_the_sources_of_the_page(self, member):
        client = sign_in(member)
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        page = client.get("/account/2fa/totp/activate/").content.decode()

        assert 'src="data:image/svg+xml;base64,' in page and "<script>" not in page


class TestSigningInWithIt:
    def test_waits_for_the_code(self, member):
        secret, _codes = enrol(sign_in(member))
        client = sign_in(member)

        assert client.get("/profile/").status_code == 302
        client.post("/account/2fa/authenticate/", {"code": code_of(secret, step=1)})

        assert client.get("/profile/").status_code == 200
        assert client.session["sign_in"]["second_factor"] is True

    def test_takes_a_code_once(self, member):
        secret, _codes = enrol(sign_in(member))
        code = code_of(secret, step=1)
        sign_in(member).post("/account/2fa/authenticate/", {"code": code})
        second = sign_in(member)

        second.post("/account/2fa/authenticate/", {"code": code})

        assert second.get("/profile/").status_code == 302

    def test_remembers_a_code_for_as_long_as_it_is_valid(self, member, monkeypatch):
        """allauth remembers it for thirty seconds; it is accepted for ninety."""
        secret, _codes = enrol(sign_in(member))
        monkeypatch.setattr(TOTP, "_mark_code_used", lambda self, code: True)
        code = code_of(secret, step=1)
        sign_in(member).post("/account/2fa/authenticate/", {"code": code})
        second = sign_in(member)

        second.post("/account/2fa/authenticate/", {"code": code})

        assert second.get("/profile/").status_code == 302

    def test_takes_a_recovery_code_once(self, member):
        _secret, codes = enrol(sign_in(member))
        for expected in (200, 302):
            client = sign_in(member)
            client.post("/account/2fa/authenticate/", {"code": codes[0]})

            assert client.get("/profile/").status_code == expected

    def test_stops_counting_after_five_wrong_codes(self, member):
        secret, _codes = enrol(sign_in(member))
        client = sign_in(member)
        for number in range(6):
            client.post("/account/2fa/authenticate/", {"code": f"00000{number}"})

        client.post("/account/2fa/authenticate/", {"code": code_of(secret, step=1)})

        assert client.get("/profile/").status_code == 302


class TestARoleThatMustHaveOne:
    def test_is_led_to_it_after_signing_in_and_may_go_on_for_a_while(self, member):
        force(Role.ADMINISTRATOR)
        client = Client()

        response = client.post(
            "/account/login/",
            {"login": member.user.email, "password": PASSWORD, "next": "/o/alpha/access/"},
        )

        assert response.url == "/account/second-factor/?next=%2Fo%2Falpha%2Faccess%2F"
        assert 'href="/o/alpha/access/"' in client.get(response.url).content.decode()
        assert client.get("/o/alpha/access/").status_code == 200

    @pytest.mark.parametrize(
        "address", ["", "access/", "access/rights/", "jobs/", "no/such/page/", "search/?q=x"]
    )
    def test_opens_nothing_of_the_organisation_once_the_time_is_over(self, member, address):
        overdue(Role.ADMINISTRATOR)
        client = sign_in(member)

        response = client.get(f"/o/alpha/{address}")

        assert response.status_code == 302
        assert response.url.startswith("/account/second-factor/?next=%2Fo%2Falpha%2F")

    def test_writes_nothing_either(self, member):
        overdue(Role.ADMINISTRATOR)
        client = sign_in(member)

        response = client.post(
            "/o/alpha/access/invite/", {"email": "x@y.example", "name": "X", "roles": ["director"]}
        )

        assert response.status_code == 302 and response.url == "/account/second-factor/?next=%2F"
        assert not AccessChange.objects.filter(what="invited").exists()

    def test_sends_a_fragment_away_with_a_header_that_htmx_obeys(self, member):
        overdue(Role.ADMINISTRATOR)

        response = sign_in(member).get("/o/alpha/access/", headers=HTMX)

        assert response.status_code == 403
        assert response["HX-Redirect"] == "/account/second-factor/?next=%2Fo%2Falpha%2Faccess%2F"

    def test_tells_a_program_by_a_code(self, member):
        overdue(Role.ADMINISTRATOR)

        response = sign_in(member).get("/o/alpha/access/", headers=JSON)

        assert (response.status_code, response.json()["code"]) == (403, "accounts.second-factor-required")

    def test_cannot_put_it_off_any_longer_on_the_page_that_asks(self, member):
        overdue(Role.ADMINISTRATOR)

        page = sign_in(member).get("/account/second-factor/?next=/o/alpha/").content.decode()

        assert "/account/2fa/totp/activate/" in page and 'href="/o/alpha/"' not in page

    def test_works_again_as_soon_as_it_is_set_up(self, member):
        overdue(Role.ADMINISTRATOR)
        client = sign_in(member)

        enrol(client)

        assert client.get("/o/alpha/access/").status_code == 200

    def test_leaves_other_roles_and_other_organisations_alone(self, member):
        overdue(Role.DIRECTOR)
        beta = Organisation.objects.get(slug="beta")
        Membership.objects.create(user=member.user, organisation=beta, roles=[Role.DIRECTOR])
        client = sign_in(member)

        assert client.get("/o/alpha/access/").status_code == 200
        assert client.get("/o/beta/access/").status_code == 200

    def test_keeps_its_last_one(self, member):
        force(Role.ADMINISTRATOR)
        client = sign_in(member)
        enrol(client)

        page = client.post("/account/2fa/totp/deactivate/").content.decode()

        assert Authenticator.objects.filter(type="totp").exists()
        assert "set up another one" in page

    def test_may_remove_it_where_no_role_asks(self, member):
        client = sign_in(member)
        enrol(client)

        client.post("/account/2fa/totp/deactivate/")

        assert not Authenticator.objects.exists()
        assert not client.session["sign_in"]["second_factor"]

    def test_begins_with_the_role(self, member):
        """Somebody who becomes administrator long after the rule was made still gets its time."""
        overdue(Role.DIRECTOR)
        by = actor_for(member.user, member)
        other = make_member("alpha", Role.OBSERVER)
        from palier.kernel.accounts import services

        services.change_member(
            organisation_id=other.organisation_id, membership_id=other.pk, roles=[Role.DIRECTOR],
            is_active=True, by=by, at=timezone.now(),
        )  # fmt: skip

        assert sign_in(other).get("/o/alpha/access/").status_code == 200


class TestADemonstration:
    def test_asks_for_nothing(self, settings):
        settings.SECOND_FACTOR_BY_DEFAULT = True
        shown = Organisation(slug="x", is_demonstration=True, created_at=timezone.now())
        real = Organisation(slug="y", created_at=timezone.now())

        assert second_factor.policy_of(shown).forced_roles == []
        assert not second_factor.protects_sealed(shown)
        assert set(second_factor.policy_of(real).forced_roles) == {
            "administrator", "data_protection", "director", "violence_referent",
        }  # fmt: skip
        assert second_factor.protects_sealed(real)


class TestSealedFiles:
    @pytest.fixture
    def referent(self):
        return make_member("alpha", Role.VIOLENCE_REFERENT, email="referente@alpha.example")

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_are_closed_without_a_second_factor_even_during_the_grace(self, referent, method):
        force(Role.VIOLENCE_REFERENT)
        client = sign_in(referent)

        response = getattr(client, method)("/o/alpha/people/sealed/tray/")

        assert client.get("/o/alpha/people/").status_code == 200
        assert response.status_code == 302 and "sealed=1" in response.url

    def test_are_closed_to_a_role_that_is_not_forced_too(self, referent, settings):
        settings.SECOND_FACTOR_BY_DEFAULT = True
        force(Role.DIRECTOR)

        response = sign_in(referent).get("/o/alpha/people/sealed/tray/")

        assert response.status_code == 302 and "sealed=1" in response.url

    def test_answer_a_fragment_properly(self, referent):
        force(Role.VIOLENCE_REFERENT)

        response = sign_in(referent).get("/o/alpha/people/sealed/tray/", headers=HTMX)

        assert response.status_code == 403 and "sealed=1" in response["HX-Redirect"]

    def test_open_with_one(self, referent):
        force(Role.VIOLENCE_REFERENT)
        client = sign_in(referent)

        enrol(client)

        assert client.get("/o/alpha/people/sealed/tray/").status_code == 200

    def test_stay_forbidden_to_who_has_not_the_right(self, member):
        force(Role.VIOLENCE_REFERENT)

        assert sign_in(member).get("/o/alpha/people/sealed/tray/").status_code == 403


class TestSetPolicy:
    def test_is_for_who_adjusts_rights(self):
        plain = make_member("alpha", Role.DIRECTOR)

        with pytest.raises(NotAllowed):
            second_factor.set_policy(
                organisation_id=plain.organisation_id, roles=[], grace_days=0,
                by=actor_for(plain.user, plain), at=timezone.now(),
            )  # fmt: skip

        assert not SecurityPolicy.objects.exists()

    def test_leaves_running_time_as_it_is_when_it_asks_for_less(self, member):
        before = force(Role.DIRECTOR, Role.ADMINISTRATOR, since=timezone.now() - timedelta(days=5))

        after = second_factor.set_policy(
            organisation_id=member.organisation_id, roles=[Role.DIRECTOR], grace_days=14,
            by=actor_for(member.user, member), at=timezone.now(),
        )  # fmt: skip

        assert after.since == before.since
        assert AccessChange.objects.filter(what="policy-changed").exists()

    def test_gives_time_again_when_it_asks_for_more(self, member):
        force(Role.DIRECTOR, since=timezone.now() - timedelta(days=100))
        now = timezone.now()

        after = second_factor.set_policy(
            organisation_id=member.organisation_id, roles=[Role.DIRECTOR, Role.OBSERVER], grace_days=14,
            by=actor_for(member.user, member), at=now,
        )  # fmt: skip

        assert after.since == now
