"""Take back what a partner was sent: its link stops, and it is told that nothing more is expected of it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from palier.kernel.access import Actor
from palier.kernel.organisations.current import current_organisation
from palier.modules.referrals.models import Referral, Transmission
from palier.modules.referrals.services.telling import in_house_language, write_to_partner


def end_links(referral: Referral, *, at: datetime) -> int:
    """Close whatever link to a partner still works. Returns: how many did."""
    return Transmission.objects.filter(referral=referral, ended_at__isnull=True).update(ended_at=at)


def take_back(referral: Referral, *, by: Actor, at: datetime, unless: UUID | None = None) -> int:
    """Close the link that still works, and write to the partner who received it by e-mail.

    `unless`: the partner who is sent another link at once. Returns: how many links were closed.
    """
    live = Transmission.objects.filter(referral=referral, ended_at__isnull=True)
    others = live.exclude(partner_id=unless) if unless else live
    for sent in others.exclude(to_email=""):
        _mail(referral, sent, by=by, at=at)
    return end_links(referral, at=at)


def _mail(referral: Referral, sent: Transmission, *, by: Actor, at: datetime) -> None:
    organisation = current_organisation()
    with in_house_language():
        subject = gettext("{organisation}: referral {reference} is taken back").format(
            organisation=organisation.name, reference=referral.reference
        )
        body = gettext(
            "Hello,\n\n"
            "{organisation} no longer needs you for the referral {reference}: please do nothing more about it.\n\n"
            "Its link is closed. If you kept the form, please destroy it.\n"
            "For any question: {phone}\n"
        ).format(organisation=organisation.name, reference=referral.reference, phone=organisation.phone)
    write_to_partner(sent, key="referral-back", subject=subject, body=body, by=by, at=at)
