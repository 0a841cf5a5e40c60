"""`palier accounts`: dry by default, journalled, never for oneself."""

import pytest
from allauth.mfa.models import Authenticator

from palier.config.cli.framework import Misused, Output
from palier.config.cli.running import _load_commands, _parser
from palier.kernel.access.roles import Role
from palier.kernel.accounts.models import AccessChange, Session
from palier.kernel.accounts.services.resets import NotOneself
from palier.kernel.accounts.testing import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost():
    member = make_member("alpha", Role.ADMINISTRATOR, email="claire.petit@alpha.example")
    Authenticator.objects.create(user=member.user, type="totp", data={"secret": "x"})
    return member


@pytest.fixture
def director():
    return make_member("alpha", Role.DIRECTOR, email="ines.durand@alpha.example")


def run(arguments: list[str]) -> Output:
    """The command as the terminal would have it, on the connection of the test."""
    _load_commands()
    options, out = _parser().parse_args(arguments), Output()
    options.command.function(options, out)
    return out


def reset(lost, by: str, *more: str) -> Output:
    return run(
        ["accounts", "reset-second-factor", lost.user.email, "--organisation", "alpha", "--decided-by", by,
         "--reason", "Téléphone perdu, seule administratrice", *more]
    )  # fmt: skip


class TestResetSecondFactor:
    def test_changes_nothing_without_apply(self, lost, director, capsys):
        reset(lost, director.user.email)

        assert Authenticator.objects.filter(user=lost.user).exists()
        assert "Nothing was changed" in capsys.readouterr().err

    def test_takes_it_away_ends_the_sessions_and_says_who_decided(self, lost, director, client):
        client.force_login(lost.user)

        reset(lost, director.user.email, "--apply")

        assert not Authenticator.objects.filter(user=lost.user).exists()
        assert not Session.objects.filter(user=lost.user).exists()
        line = AccessChange.objects.get(what="reset-done")
        assert (line.actor_name, line.about, line.data["via"]) == (
            director.user.name,
            lost.user.email,
            "command",
        )

    def test_is_not_decided_by_the_person(self, lost):
        with pytest.raises(NotOneself):
            reset(lost, lost.user.email, "--apply")

        assert Authenticator.objects.filter(user=lost.user).exists()

    def test_wants_a_member_who_decides(self, lost):
        with pytest.raises(Misused):
            reset(lost, "inconnu@alpha.example", "--apply")

        assert Authenticator.objects.filter(user=lost.user).exists()


class TestSignOut:
    def test_ends_every_session(self, lost, director, client):
        client.force_login(lost.user)
        arguments = [
            "accounts",
            "sign-out",
            lost.user.email,
            "--organisation",
            "alpha",
            "--decided-by",
            director.user.email,
        ]

        run(arguments)
        assert Session.objects.filter(user=lost.user).exists()
        run([*arguments, "--apply"])

        assert not Session.objects.filter(user=lost.user).exists()
