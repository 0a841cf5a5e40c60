"""Invitations, roles and rights."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from palier.kernel.access.membership import actor_for
from palier.kernel.access.permissions import Permission
from palier.kernel.access.roles import Role
from palier.kernel.accounts import services
from palier.kernel.accounts.models import Invitation, Membership, RoleGrant, User
from palier.kernel.accounts.testing import make_member
from palier.kernel.errors import NotAllowed
from palier.kernel.jobs.running import deliver_waiting

pytestmark = pytest.mark.django_db

PASSWORD = "quatre mots sans rapport"


@pytest.fixture
def administrator():
    member = make_member("alpha", Role.ADMINISTRATOR)
    return member, actor_for(member.user, member)


def invite(administrator, **changed):
    member, actor = administrator
    fields = {"email": "Zoe.Martin@alpha.example", "name": "Zoé Martin", "roles": [Role.CARETAKER]}
    return services.invite(
        organisation_id=member.organisation_id, by=actor, at=timezone.now(), **{**fields, **changed}
    )


def link_sent() -> str:
    deliver_waiting()
    body = mail.outbox[-1].body
    return body.split("/invitation/")[1].split("/")[0]


class TestInvite:
    def test_sends_a_link_whose_secret_is_kept_nowhere(self, administrator):
        invitation = invite(administrator)
        secret = link_sent()

        invitation.refresh_from_db()
        assert mail.outbox[-1].to == ["zoe.martin@alpha.example"]
        assert invitation.secret_hash == services.hash_of(secret)
        assert secret not in str(list(Invitation.objects.values()))

    def test_refuses_somebody_without_the_right(self, administrator):
        member = make_member("alpha", Role.CARETAKER)

        with pytest.raises(NotAllowed):
            invite((member, actor_for(member.user, member)))

        assert not Invitation.objects.exists()

    def test_refuses_a_second_open_invitation(self, administrator):
        invite(administrator)

        with pytest.raises(services.AlreadyInvited):
            invite(administrator, email="ZOE.martin@alpha.example")

        assert Invitation.objects.count() == 1

    def test_replaces_one_that_has_expired(self, administrator):
        old = invite(administrator)
        Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

        new = invite(administrator)

        assert new.pk != old.pk


class TestAcceptInvitation:
    def test_opens_an_account_with_the_invited_roles_once(self, administrator):
        invite(administrator)
        secret = link_sent()

        user = services.accept_invitation(
            secret=secret, name="Zoé Martin", password=PASSWORD, at=timezone.now()
        )

        assert user.check_password(PASSWORD)
        assert Membership.objects.get(user=user).roles == [Role.CARETAKER]
        with pytest.raises(services.InvitationUnusable):
            services.accept_invitation(secret=secret, name="Autre", password=PASSWORD, at=timezone.now())

    def test_leaves_the_password_of_a_known_person_alone(self, administrator):
        known = User.objects.create_user("zoe.martin@alpha.example", PASSWORD, name="Zoé")
        invite(administrator)

        services.accept_invitation(secret=link_sent(), name="Pirate", password=None, at=timezone.now())

        known.refresh_from_db()
        assert known.check_password(PASSWORD)
        assert known.name == "Zoé"

    def test_refuses_a_withdrawn_link(self, administrator):
        member, actor = administrator
        invitation = invite(administrator)
        secret = link_sent()
        services.withdraw_invitation(
            organisation_id=member.organisation_id, invitation_id=invitation.pk, by=actor, at=timezone.now()
        )

        with pytest.raises(services.InvitationUnusable):
            services.usable_invitation(secret, timezone.now())


class TestChangeMember:
    def test_refuses_to_lock_everybody_out(self, administrator):
        member, actor = administrator
        Membership.objects.filter(organisation=member.organisation).exclude(pk=member.pk).delete()

        with pytest.raises(services.LastAdministrator):
            services.change_member(
                organisation_id=member.organisation_id,
                membership_id=member.pk,
                roles=[Role.DIRECTOR],
                is_active=True,
                by=actor,
                at=timezone.now(),
            )

        member.refresh_from_db()
        assert member.roles == [Role.ADMINISTRATOR]


class TestAdjustRight:
    def test_takes_a_right_from_a_role_and_gives_it_back(self, administrator):
        member, actor = administrator
        reader = make_member("alpha", Role.DIRECTOR)
        assert actor_for(reader.user, reader).may(Permission.MEMBER_VIEW)

        for is_allowed in (False, True):
            services.adjust_right(
                organisation_id=member.organisation_id,
                role=Role.DIRECTOR,
                permission=Permission.MEMBER_VIEW,
                is_allowed=is_allowed,
                by=actor,
                at=timezone.now(),
            )
            assert actor_for(reader.user, reader).may(Permission.MEMBER_VIEW) is is_allowed

        assert not RoleGrant.objects.exists()
