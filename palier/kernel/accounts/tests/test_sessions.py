"""Sessions: what the table holds, how they end, and who is told."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from palier.kernel.access.membership import actor_for
from palier.kernel.access.roles import Role
from palier.kernel.accounts import services
from palier.kernel.accounts.models import AccessChange, KnownDevice, Session
from palier.kernel.accounts.services import signing
from palier.kernel.accounts.sessions import SessionStore, clear_ended, digest
from palier.kernel.accounts.testing import make_member
from palier.kernel.errors import NotAllowed
from palier.kernel.jobs.running import deliver_waiting

pytestmark = pytest.mark.django_db

PASSWORD = "un mot de passe sûr"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _count_from_zero():
    cache.clear()


@pytest.fixture
def member():
    return make_member("alpha", Role.ADMINISTRATOR, email="claire.petit@alpha.example", language="en")


def sign_in(member, client=None, password=PASSWORD, **extra):
    client = client or Client(REMOTE_ADDR="192.0.2.77", headers={"user-agent": FIREFOX})
    client.post("/account/login/", {"login": member.user.email, "password": password}, **extra)
    return client


def is_open(client) -> bool:
    return client.get("/profile/").status_code == 200


class TestTheTable:
    def test_says_how_where_and_when_without_the_cookie_nor_the_whole_address(self, member):
        client = sign_in(member)

        row = Session.objects.get(user=member.user)
        kept = str(Session.objects.filter(pk=row.pk).values_list())
        assert (row.browser, row.system, row.network, row.method) == (
            "Firefox",
            "Windows",
            "192.0.2.x",
            "password",
        )
        assert client.session.session_key not in kept and row.session_key == digest(
            client.session.session_key
        )
        assert "192.0.2.77" not in kept

    def test_does_not_open_by_what_it_holds(self, member):
        """Whoever copies the table has digests, and a digest is no cookie."""
        sign_in(member)
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = Session.objects.get(user=member.user).session_key

        assert not is_open(thief)

    def test_gives_a_new_key_at_sign_in(self, member):
        client = Client()
        client.get("/account/login/")
        client.cookies[settings.SESSION_COOKIE_NAME] = "laid-by-somebody-else"

        sign_in(member, client)

        assert client.cookies[settings.SESSION_COOKIE_NAME].value != "laid-by-somebody-else"
        assert is_open(client)


class TestTimeOuts:
    def test_end_a_session_left_idle(self, member):
        client = sign_in(member)
        Session.objects.update(
            last_seen_at=timezone.now() - timedelta(minutes=settings.SESSION_IDLE_MINUTES + 1)
        )

        assert not is_open(client)

    def test_end_a_session_in_use_after_its_whole_time(self, member):
        client = sign_in(member)
        Session.objects.update(started_at=timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE + 1))

        assert not is_open(client)

    def test_count_from_the_last_page(self, member):
        client = sign_in(member)
        Session.objects.update(
            last_seen_at=timezone.now() - timedelta(minutes=settings.SESSION_IDLE_MINUTES - 1)
        )

        assert is_open(client)
        assert Session.objects.get(user=member.user).last_seen_at > timezone.now() - timedelta(minutes=1)

    def test_do_not_begin_again_when_the_session_is_written(self, member):
        client = sign_in(member)
        began = timezone.now() - timedelta(hours=3)
        Session.objects.update(started_at=began)
        session = client.session
        session["anything"] = 1
        session.save()

        assert Session.objects.get(user=member.user).started_at == began

    def test_leave_rows_that_the_night_removes(self, member):
        sign_in(member)
        Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
        open_one = sign_in(member)

        assert clear_ended(timezone.now()) == 1
        assert is_open(open_one)


class TestThePage:
    def test_lists_them_with_this_one_first(self, member):
        sign_in(member)
        client = sign_in(member)

        page = client.get("/profile/").content.decode()

        assert page.count("Firefox") == 2 and page.index("This session") < page.index(
            "Sign out everywhere else"
        )

    def test_ends_one(self, member):
        other, client = sign_in(member), sign_in(member)
        ids = re.findall(r"/profile/sessions/([0-9a-f-]{36})/end/", client.get("/profile/").content.decode())

        client.post(f"/profile/sessions/{ids[0]}/end/")

        assert len(ids) == 1 and not is_open(other) and is_open(client)

    def test_ends_all_the_others(self, member):
        others, client = [sign_in(member), sign_in(member)], sign_in(member)

        client.post("/profile/sessions/end-others/")

        assert [is_open(one) for one in [*others, client]] == [False, False, True]

    def test_is_not_undone_by_a_page_that_was_on_its_way(self, member):
        """A request that had read the session writes it when it answers: it brings nothing back."""
        client = sign_in(member)
        on_its_way = SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)
        on_its_way["seen"] = "yes"
        signing.end_all_sessions(user_id=member.user.pk)

        with pytest.raises(UpdateError):
            on_its_way.save()

        assert not is_open(client)

    def test_ends_nobody_elses(self, member):
        stranger = make_member("alpha", Role.DIRECTOR)
        theirs, mine = sign_in(stranger), sign_in(member)
        row = Session.objects.get(user=stranger.user)

        response = mine.post(f"/profile/sessions/{row.public_id}/end/")

        assert response.status_code == 404 and is_open(theirs)


class TestTheEndOfAMembership:
    def test_signs_out_at_once(self, member):
        leaver = make_member("alpha", Role.DIRECTOR)
        client = sign_in(leaver)

        services.change_member(
            organisation_id=leaver.organisation_id, membership_id=leaver.pk, roles=[Role.DIRECTOR],
            is_active=False, by=actor_for(member.user, member), at=timezone.now(),
        )  # fmt: skip

        assert not is_open(client)

    def test_is_not_the_only_way_to_sign_somebody_out(self, member):
        worker = make_member("alpha", Role.DIRECTOR)
        client = sign_in(worker)

        ended = signing.sign_out_member(
            organisation_id=worker.organisation_id, membership_id=worker.pk,
            by=actor_for(member.user, member), at=timezone.now(),
        )  # fmt: skip

        assert ended == 1 and not is_open(client)
        assert AccessChange.objects.get(what="signed-out").about == worker.user.email

    def test_is_for_administrators(self, member):
        worker = make_member("alpha", Role.DIRECTOR)
        client = sign_in(member)

        with pytest.raises(NotAllowed):
            signing.sign_out_member(
                organisation_id=member.organisation_id, membership_id=member.pk,
                by=actor_for(worker.user, worker), at=timezone.now(),
            )  # fmt: skip

        assert is_open(client)


class TestANewPassword:
    def test_ends_the_other_sessions(self, member):
        other, client = sign_in(member), sign_in(member)
        new = "girafe parapluie lundi"

        client.post(
            "/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
        )

        assert not is_open(other) and is_open(client)
        assert Session.objects.filter(user=member.user).count() == 1
        deliver_waiting()
        assert any(member.user.email in sent.to[0] for sent in mail.outbox)

    @pytest.mark.parametrize(
        "weak",
        ["girafe 12", "motdepasse2026", "azertyuiop12", "aaaaaaaaaaaaaa", "123456789012", "palierpalier26"],
    )
    def test_is_refused_when_it_is_short_or_the_first_that_one_tries(self, member, weak):
        client = sign_in(member)

        client.post(
            "/account/password/change/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
        )

        member.user.refresh_from_db()
        assert member.user.check_password(PASSWORD)


class TestANewDevice:
    def test_is_told_by_mail_once(self, member):
        first = sign_in(member)
        sign_in(member, first)
        deliver_waiting()
        assert not any("192.0.2.x" in sent.body for sent in mail.outbox)

        sign_in(member)
        deliver_waiting()

        warned = [sent for sent in mail.outbox if "192.0.2.x" in sent.body]
        assert len(warned) == 1 and "Firefox" in warned[0].body
        assert KnownDevice.objects.filter(user=member.user).count() == 2

    def test_is_known_again_by_a_cookie_of_which_a_digest_is_kept(self, member):
        client = sign_in(member)

        token = client.cookies[signing.DEVICE_COOKIE]
        assert token["httponly"] and token["samesite"] == "Lax"
        assert token.value not in str(KnownDevice.objects.values_list())

    def test_is_forgotten_when_its_cookie_has_run_out(self, member):
        sign_in(member)
        KnownDevice.objects.update(last_seen_at=timezone.now() - timedelta(days=401))

        assert signing.forget_old_devices(timezone.now()) == 1
