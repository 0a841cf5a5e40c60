"""What happens when somebody signs in or is signed out: the session's words, known devices, warnings."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor, system_actor
from palier.kernel.access.permissions import Permission
from palier.kernel.accounts.models import KnownDevice, Membership, Session, User
from palier.kernel.accounts.rules import device_of, network_of
from palier.kernel.accounts.services.members import hash_of, note
from palier.kernel.accounts.sessions import SIGN_IN, digest
from palier.kernel.deliveries.services import send_mail
from palier.kernel.errors import NotFound

DEVICE_COOKIE = "palier_device"
DEVICE_COOKIE_AGE = 400 * 86400


def begin(
    request: HttpRequest, *, user: User, method: str, has_factor: bool, address: str, at: datetime
) -> None:
    """Write in the session how, from what and from where the person signed in; warn them of a new device."""
    browser, system = device_of(request.headers.get("User-Agent", ""))
    request.session[SIGN_IN] = {
        "browser": browser,
        "system": system,
        "network": network_of(address),
        "method": method,
        "second_factor": has_factor,
    }
    _recognise_device(request, user, at)


def confirm_factor(request: HttpRequest) -> None:
    """A second factor was just shown or set up in this session: it counts from now on, under a new key."""
    told = {**request.session.get(SIGN_IN, {}), "second_factor": True}
    request.session[SIGN_IN] = told
    request.session.cycle_key()


def forget_factor(request: HttpRequest) -> None:
    """The person's last factor is gone: this session no longer counts as protected by one."""
    request.session[SIGN_IN] = {**request.session.get(SIGN_IN, {}), "second_factor": False}


def has_factor(request: HttpRequest) -> bool:
    return bool((request.session.get(SIGN_IN) or {}).get("second_factor"))


def _recognise_device(request: HttpRequest, user: User, at: datetime) -> None:
    """A cookie names the browser. One never seen brings an e-mail, unless it is the person's very first."""
    told = request.session[SIGN_IN]
    token = request.COOKIES.get(DEVICE_COOKIE, "")
    known = KnownDevice.objects.filter(user=user)
    if token and known.filter(token_hash=hash_of(token)).update(last_seen_at=at):
        return
    token = token or secrets.token_urlsafe(24)
    is_first = not known.exists() and user.sessions.count() == 0 and user.created_at.date() == at.date()
    KnownDevice.objects.get_or_create(
        user=user,
        token_hash=hash_of(token),
        defaults={
            "browser": told["browser"],
            "system": told["system"],
            "first_seen_at": at,
            "last_seen_at": at,
        },
    )
    request.new_device_token = token  # type: ignore[attr-defined]
    if not is_first:
        tell(user, "new_device", key=f"new-device:{user.pk}:{hash_of(token)[:16]}", at=at, **told)


def forget_old_devices(at: datetime) -> int:
    """Forget the browsers whose cookie has run out: nobody comes back with it."""
    return KnownDevice.objects.filter(last_seen_at__lt=at - timedelta(seconds=DEVICE_COOKIE_AGE)).delete()[0]


def tell(user: User, template: str, *, key: str, at: datetime, **context: Any) -> None:
    """Plan an e-mail about the person's own account, in their language; sent once the act is kept."""
    with translation.override(user.language):
        context = {"user": user, "at": at, **context}
        subject = render_to_string(f"accounts/mail/{template}_subject.txt", context)
        body = render_to_string(f"accounts/mail/{template}.txt", context)
    send_mail(
        key=f"accounts:{key}",
        to=user.email,
        to_name=user.name,
        subject=subject,
        body=body,
        by=system_actor("Palier"),
        at=at,
    )


#: What allauth tells of, under the names of its templates: the subject, then the sentence of the message.
CHANGES = {
    "password_changed": (_("Your password was changed"), _("The password of your account was changed.")),
    "password_reset": (
        _("Your password was changed"),
        _("The password of your account was changed by a link."),
    ),
    "password_set": (_("Your account has a password"), _("Your account now has a password.")),
    "totp_activated": (
        _("Second factor: an app was added"),
        _("An authenticator app is now asked for when you sign in."),
    ),
    "totp_deactivated": (
        _("Second factor: the app was removed"),
        _("The authenticator app of your account was removed."),
    ),
    "webauthn_added": (_("A key was added"), _("A key or a passkey was added to your account.")),
    "webauthn_removed": (_("A key was removed"), _("A key or a passkey of your account was removed.")),
    "recovery_codes_generated": (
        _("New recovery codes"),
        _("New recovery codes were made for your account: the former ones no longer work."),
    ),
}


def tell_change(user: User, change: str, *, at: datetime) -> None:
    """Tell the person that something that protects their account has changed."""
    subject, sentence = CHANGES[change]
    with translation.override(user.language):
        words = {"subject": str(subject), "sentence": str(sentence)}
    tell(user, "change", key=f"{change}:{user.pk}:{at.isoformat()}", at=at, **words)


@transaction.atomic
def end_session(*, user: User, public_id: UUID) -> None:
    """End one of the person's own sessions. Raises: NotFound."""
    if not Session.objects.filter(user=user, public_id=public_id).delete()[0]:
        raise NotFound


@transaction.atomic
def end_other_sessions(*, user: User, kept: str | None) -> int:
    """End every session of the person except the one whose cookie is `kept`. Returns how many."""
    return Session.objects.filter(user=user).exclude(session_key=digest(kept)).delete()[0]


@transaction.atomic
def end_all_sessions(*, user_id: UUID) -> int:
    """End every session of the person, wherever it is: the next page asks them to sign in."""
    return Session.objects.filter(user_id=user_id).delete()[0]


@transaction.atomic
def sign_out_member(*, organisation_id: UUID, membership_id: UUID, by: Actor, at: datetime) -> int:
    """An administrator signs a member out everywhere. Returns how many sessions ended.

    Raises: NotAllowed, Membership.DoesNotExist.
    """
    by.must(Permission.MEMBER_MANAGE)
    member = Membership.objects.select_related("user").get(pk=membership_id, organisation_id=organisation_id)
    ended = end_all_sessions(user_id=member.user_id)
    note(organisation_id, by, at, "signed-out", member.user.email, sessions=ended)
    return ended
