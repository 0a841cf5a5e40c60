"""Messages about accounts, sent after the transaction that causes them; resets that waited; ended sessions."""

from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from palier.kernel.accounts import services, sessions
from palier.kernel.accounts.services import resets, signing
from palier.kernel.jobs import job


@job("accounts.send-invitation", queue="urgent", atomic=False)
def send_invitation(*, invitation_id: UUID | str, **_kwargs: object) -> None:
    """Send the link, unless the invitation was withdrawn or used in the meantime."""
    renewed = services.renew_secret(UUID(str(invitation_id)))
    if renewed is None:
        return
    invitation, secret = renewed
    with translation.override(settings.LANGUAGE_CODE):
        link = f"{settings.BASE_URL}/invitation/{secret}/"
        body = render_to_string("accounts/invitation.txt", {"invitation": invitation, "link": link})
        subject = _("%(organisation)s invites you to Palier") % {"organisation": invitation.organisation.name}
        send_mail(subject, body, None, [invitation.email])


@job("accounts.reset-second-factor", queue="urgent")
def reset_second_factor(*, reset_id: UUID | str, **_kwargs: object) -> None:
    """Carry out a reset whose waiting time is over, unless it was stopped."""
    resets.carry_out_reset(reset_id=UUID(str(reset_id)), at=timezone.now())


@job("accounts.clear-sessions", queue="bulk", cron="23 3 * * *")
def clear_sessions(**_kwargs: object) -> None:
    """Remove what can no longer be used: ended sessions, browsers that nobody came back with."""
    sessions.clear_ended(timezone.now())
    signing.forget_old_devices(timezone.now())
