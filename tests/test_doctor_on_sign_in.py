"""What `palier doctor` says of second factors and of identity providers."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.utils import timezone

from palier.config import doctor
from palier.config.doctor import Level
from palier.kernel.access.roles import Role
from palier.kernel.accounts.models import SecurityPolicy
from palier.kernel.accounts.providers import Provider, RoleMapping
from palier.kernel.accounts.testing import make_member

pytestmark = pytest.mark.django_db


def told(check) -> list[tuple[Level, str]]:
    return [(one.level, one.what) for one in check(timezone.now())]


class TestSecondFactors:
    def test_names_the_organisations_whose_members_are_late(self):
        member = make_member("alpha", Role.DIRECTOR, email="ines.durand@alpha.example")
        SecurityPolicy.objects.create(
            organisation=member.organisation, forced_roles=[Role.DIRECTOR], since=timezone.now()
        )
        late = (Level.REMARK, "alpha: 1 members must have one and have none (ines.durand@alpha.example…)")
        assert late in told(doctor._second_factors)

        Authenticator.objects.create(user=member.user, type="totp", data={"secret": "x"})

        assert late not in told(doctor._second_factors)


class TestIdentityProviders:
    def test_are_silent_when_there_is_none(self):
        assert told(doctor._identity_providers) == []

    def test_are_told_with_what_is_wrong(self, settings):
        cache.clear()
        mapping = RoleMapping("nowhere", "groups", {"x": ("caretaker", "king")})
        address = "http://127.0.0.1:9"
        settings.IDENTITY_PROVIDERS = (
            Provider("maison", "Maison", address, f"{address}/.well-known/x", "palier", mapping=mapping),
        )
        settings.IDENTITY_PROVIDER_PROBLEMS = ("providers.toml, provider 2 (autre): label is missing.",)

        findings = told(doctor._identity_providers)

        assert [level for level, _what in findings] == [Level.PROBLEM] * 4
        assert all(
            any(word in what for _level, what in findings)
            for word in ("label is missing", "nowhere", "king", "does not answer")
        )
