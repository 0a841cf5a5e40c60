"""What becomes of a lost second factor: an administrator asks, everybody concerned is told, it waits, then goes."""

import secrets
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.access.permissions import Permission
from palier.kernel.access.roles import Role
from palier.kernel.accounts.models import Membership, SecondFactorReset, User
from palier.kernel.accounts.rules import RESET_WAIT
from palier.kernel.accounts.services.members import hash_of, note, note_as
from palier.kernel.accounts.services.signing import end_all_sessions, tell
from palier.kernel.errors import DomainError
from palier.kernel.jobs import defer

State = SecondFactorReset.State


class NotOneself(DomainError):
    code = "accounts.reset-not-oneself"
    message = _("You cannot reset your own second factor. Use a recovery code, or ask another administrator.")


class NothingToReset(DomainError):
    code = "accounts.nothing-to-reset"
    message = _("{name} has no second factor: there is nothing to reset.")


class ResetWaiting(DomainError):
    code = "accounts.reset-waiting"
    message = _("A reset is already waiting for {name}. Let it run, or stop it.")


class ReasonMissing(DomainError):
    code = "accounts.reset-reason-missing"
    message = _("Say why: the person and the other administrators will read it.")


class ResetSettled(DomainError):
    code = "accounts.reset-settled"
    message = _("This reset is already done or stopped: there is nothing left to stop.")


@transaction.atomic
def ask_reset(
    *, organisation_id: UUID, membership_id: UUID, identity: str, reason: str, by: Actor, at: datetime
) -> SecondFactorReset:
    """An administrator asks to take away a member's lost second factor.

    At once when the person stood before them and works for no other organisation; otherwise after a day, during
    which the person may stop it by the link of the e-mail, and the other administrators on the member's page.
    Raises: NotAllowed, NotOneself, ReasonMissing, NothingToReset, ResetWaiting, Membership.DoesNotExist.
    """
    by.must(Permission.MEMBER_MANAGE)
    member = Membership.objects.select_related("user", "organisation").get(
        pk=membership_id, organisation_id=organisation_id
    )
    if member.user_id == by.user_id:
        raise NotOneself()
    if not reason.strip():
        raise ReasonMissing()
    user = User.objects.select_for_update(of=("self",)).get(pk=member.user_id)
    if not Authenticator.objects.filter(user=user).exists():
        raise NothingToReset(name=user.name)
    elsewhere = user.memberships.filter(is_active=True).exclude(organisation_id=organisation_id).exists()
    is_now = identity == SecondFactorReset.Identity.IN_PERSON and not elsewhere
    secret = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            reset = SecondFactorReset.objects.create(
                organisation=member.organisation,
                user=user,
                identity=SecondFactorReset.Identity(identity),
                reason=reason.strip(),
                asked_by_id=by.user_id,
                asked_by_name=by.name,
                asked_at=at,
                effective_at=at if is_now else at + RESET_WAIT,
                secret_hash=hash_of(secret),
            )
    except IntegrityError:
        raise ResetWaiting(name=user.name) from None
    note(
        organisation_id, by, at, "reset-asked", user.email, identity=identity, reason=reset.reason,
        effective_at=reset.effective_at.isoformat(),
    )  # fmt: skip
    if is_now:
        _carry_out(reset, by.name, at)
    else:
        _announce(reset, secret, at)
        defer("accounts.reset-second-factor", not_before=reset.effective_at, reset_id=reset.pk)
    return reset


def _announce(reset: SecondFactorReset, secret: str, at: datetime) -> None:
    """Tell the person, with the link that stops it, and every other administrator who can stop it."""
    link = f"{settings.BASE_URL}/account/stop-reset/{secret}/"
    tell(reset.user, "reset_asked", key=f"reset-asked:{reset.pk}", at=at, reset=reset, link=link)
    organisations = reset.user.memberships.filter(is_active=True).values("organisation_id")
    others = Membership.objects.filter(
        organisation_id__in=organisations, is_active=True, roles__contains=[Role.ADMINISTRATOR]
    )
    for one in User.objects.filter(pk__in=others.values("user_id")).exclude(
        pk__in=[reset.user_id, reset.asked_by_id]
    ):
        tell(one, "reset_watch", key=f"reset-watch:{reset.pk}:{one.pk}", at=at, reset=reset)


@transaction.atomic
def carry_out_reset(*, reset_id: UUID, at: datetime) -> bool:
    """The waiting time is over: take the factor away unless somebody stopped it. Safe to run twice."""
    reset = SecondFactorReset.objects.select_for_update(of=("self",)).select_related("user").get(pk=reset_id)
    if reset.state != State.WAITING or at < reset.effective_at:
        return False
    _carry_out(reset, reset.asked_by_name, at)
    return True


def _carry_out(reset: SecondFactorReset, by_name: str, at: datetime) -> None:
    reset.state, reset.settled_at, reset.settled_by_name, reset.secret_hash = State.DONE, at, by_name, None
    reset.save(update_fields=["state", "settled_at", "settled_by_name", "secret_hash"])
    remove_factors(reset.user)
    note_as(reset.organisation_id, by_name, at, "reset-done", reset.user.email, reason=reset.reason)
    tell(reset.user, "reset_done", key=f"reset-done:{reset.pk}", at=at, reset=reset)


@transaction.atomic
def reset_from_the_machine(*, user: User, reason: str, by: Actor, at: datetime) -> None:
    """Whoever runs the machine resets a factor that no administrator can, under the name of who decided.

    Every organisation of the person has a line of it. Raises: NotOneself, ReasonMissing, NothingToReset.
    """
    if user.pk == by.user_id:
        raise NotOneself()
    if not reason.strip():
        raise ReasonMissing()
    if not Authenticator.objects.filter(user=user).exists():
        raise NothingToReset(name=user.name)
    waiting = SecondFactorReset.objects.select_for_update(of=("self",)).filter(user=user, state=State.WAITING)
    waiting.update(state=State.DONE, settled_at=at, settled_by_name=by.name, secret_hash=None)
    remove_factors(user)
    for member in user.memberships.all():
        note(member.organisation_id, by, at, "reset-done", user.email, reason=reason.strip(), via="command")
    told = {"settled_by_name": by.name, "reason": reason.strip()}
    tell(user, "reset_done", key=f"reset-done:{user.pk}:{at.isoformat()}", at=at, reset=told)


def remove_factors(user: User) -> None:
    """Take away every factor and recovery code, and end every session opened with them."""
    Authenticator.objects.filter(user=user).delete()
    end_all_sessions(user_id=user.pk)


@transaction.atomic
def stop_reset(*, secret: str, at: datetime) -> SecondFactorReset:
    """The person says no, by the link of the e-mail. Raises: ResetSettled."""
    reset = (
        SecondFactorReset.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(secret_hash=hash_of(secret), state=State.WAITING)
        .first()
    )
    if reset is None:
        raise ResetSettled()
    return _cancel(reset, reset.user.name, at)


@transaction.atomic
def stop_reset_as_administrator(
    *, organisation_id: UUID, membership_id: UUID, by: Actor, at: datetime
) -> SecondFactorReset:
    """An administrator of any organisation of the person stops it. Raises: NotAllowed, ResetSettled."""
    by.must(Permission.MEMBER_MANAGE)
    member = Membership.objects.get(pk=membership_id, organisation_id=organisation_id)
    waiting = SecondFactorReset.objects.select_for_update(of=("self",)).filter(state=State.WAITING)
    reset = waiting.select_related("user").filter(user_id=member.user_id).first()
    if reset is None:
        raise ResetSettled()
    return _cancel(reset, by.name, at)


def _cancel(reset: SecondFactorReset, by_name: str, at: datetime) -> SecondFactorReset:
    reset.state, reset.settled_at, reset.settled_by_name, reset.secret_hash = (
        State.CANCELLED,
        at,
        by_name,
        None,
    )
    reset.save(update_fields=["state", "settled_at", "settled_by_name", "secret_hash"])
    note_as(reset.organisation_id, by_name, at, "reset-cancelled", reset.user.email)
    return reset
