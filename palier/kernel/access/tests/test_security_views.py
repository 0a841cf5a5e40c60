"""The administrator's pages on the security of sign-in."""

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from palier.kernel.access.roles import Role
from palier.kernel.accounts.models import SecondFactorReset, SecurityPolicy, Session
from palier.kernel.accounts.testing import make_member

pytestmark = pytest.mark.django_db


def with_factor(member):
    Authenticator.objects.create(user=member.user, type="totp", data={"secret": "x"})
    return member


@pytest.fixture
def director():
    return make_member("alpha", Role.DIRECTOR, name="Inès Durand")


def page_of(member, tail: str = "") -> str:
    return f"/o/alpha/access/members/{member.pk}/{tail}"


class TestTheRule:
    def test_names_who_must_have_a_second_factor_and_has_none(self, sign_in, director):
        SecurityPolicy.objects.create(
            organisation=director.organisation, forced_roles=[Role.DIRECTOR], since=timezone.now()
        )
        client = sign_in("alpha", Role.ADMINISTRATOR)
        assert "Inès Durand" in client.get("/o/alpha/access/security/").content.decode()

        with_factor(director)

        assert "Inès Durand" not in client.get("/o/alpha/access/security/").content.decode()

    def test_is_changed_by_who_adjusts_rights(self, sign_in):
        client = sign_in("alpha", Role.ADMINISTRATOR)

        client.post("/o/alpha/access/security/", {"roles": ["director"], "grace_days": "7"})

        policy = SecurityPolicy.objects.get()
        assert (policy.forced_roles, policy.grace_days) == (["director"], 7)

    def test_is_only_read_by_the_others(self, sign_in):
        client = sign_in("alpha", Role.TEAM_LEADER)

        assert client.get("/o/alpha/access/security/").status_code == 200
        assert client.post("/o/alpha/access/security/", {"grace_days": "7"}).status_code == 403
        assert not SecurityPolicy.objects.exists()

    def test_says_what_is_wrong_beside_the_field(self, sign_in):
        response = sign_in("alpha", Role.ADMINISTRATOR).post(
            "/o/alpha/access/security/", {"grace_days": "400"}
        )

        assert response.status_code == 422 and not SecurityPolicy.objects.exists()


class TestAMember:
    def test_is_signed_out_everywhere(self, sign_in, director, client):
        from django.test import Client

        other = Client()
        other.force_login(director.user)

        sign_in("alpha", Role.ADMINISTRATOR).post(page_of(director, "sign-out/"))

        assert not Session.objects.filter(user=director.user).exists()
        assert other.get("/profile/").status_code == 302

    def test_has_the_second_factor_reset_with_a_reason(self, sign_in, director):
        with_factor(director)
        client = sign_in("alpha", Role.ADMINISTRATOR)

        bad = client.post(page_of(director, "second-factor/"), {"identity": "called_back", "reason": ""})
        client.post(
            page_of(director, "second-factor/"), {"identity": "called_back", "reason": "Téléphone volé"}
        )
        page = client.get(page_of(director)).content.decode()

        assert bad.status_code == 422
        assert SecondFactorReset.objects.get().state == "waiting"
        assert "Téléphone volé" in page and page_of(director, "second-factor/stop/") in page

    def test_keeps_it_when_the_reset_is_stopped(self, sign_in, director):
        with_factor(director)
        client = sign_in("alpha", Role.ADMINISTRATOR)
        client.post(
            page_of(director, "second-factor/"), {"identity": "called_back", "reason": "Téléphone volé"}
        )

        client.post(page_of(director, "second-factor/stop/"))

        assert SecondFactorReset.objects.get().state == "cancelled"
        assert Authenticator.objects.filter(user=director.user).exists()

    def test_of_another_organisation_does_not_exist(self, sign_in):
        stranger = make_member("beta", Role.DIRECTOR)
        client = sign_in("alpha", Role.ADMINISTRATOR)

        for tail in ("sign-out/", "second-factor/", "second-factor/stop/"):
            assert client.post(page_of(stranger, tail)).status_code == 404

    @pytest.mark.parametrize("tail", ["sign-out/", "second-factor/", "second-factor/stop/"])
    def test_is_left_alone_by_who_does_not_manage_members(self, sign_in, director, tail):
        assert sign_in("alpha", Role.DIRECTOR).post(page_of(director, tail)).status_code == 403

    def test_does_not_reset_their_own(self, client):
        oneself = with_factor(make_member("alpha", Role.ADMINISTRATOR))
        client.force_login(oneself.user)

        response = client.post(
            page_of(oneself, "second-factor/"), {"identity": "in_person", "reason": "Perdu"}
        )

        assert response.status_code == 422 and not SecondFactorReset.objects.exists()
        assert "second-factor/" not in client.get(page_of(oneself)).content.decode()
