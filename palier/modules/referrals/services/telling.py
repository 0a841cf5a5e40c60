"""Words that services write for messages and documents, in the language of the installation."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation

from palier.kernel.access import Actor
from palier.kernel.deliveries import send_mail
from palier.kernel.ui import typography
from palier.modules.referrals.models import Transmission


@contextmanager
def in_house_language() -> Iterator[None]:
    """Write in the language of the installation: whoever reads is not whoever acted."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


def said_moment(value: datetime) -> str:
    """A moment as a message says it: « lundi 16 mars 2020 à 8 h 30 »."""
    return typography.moment(timezone.localtime(value), language=settings.LANGUAGE_CODE)


def write_to_partner(
    sent: Transmission, *, key: str, subject: str, body: str, by: Actor, at: datetime
) -> None:
    """Write to whom a referral was sent, once for each `key` and transmission."""
    send_mail(
        key=f"{key}:{sent.pk}",
        to=sent.to_email,
        to_name=sent.to_name,
        subject=subject,
        body=body,
        by=by,
        at=at,
        about=sent.referral,
    )
