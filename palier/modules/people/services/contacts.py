"""Change how a person is reached. A contact point belongs to one person, even when two people share a
phone.
"""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.modules.people.enums import Channel, Slot, Source
from palier.modules.people.models import ContactPoint, Person
from palier.modules.people.permissions import Permission
from palier.modules.people.rules.contacts import line_type, normal_email, normal_phone
from palier.modules.people.services.persons import lock


class PhoneUnreadable(DomainError):
    code = "people.phone-unreadable"
    message = _(
        "“{value}” is not a phone number that can be dialled. Write it as 06 39 98 01 01 or +33 6 39 98 01 "
        "01."
    )


class EmailUnreadable(DomainError):
    code = "people.email-unreadable"
    message = _("“{value}” is not an e-mail address. Write it as name@domain.")


class ContactKnown(DomainError):
    code = "people.contact-known"
    message = _("This person already has it. Change the one in the list.")


class SharedWithNobody(DomainError):
    code = "people.shared-with-nobody"
    message = _("Nobody is found to share it with. Choose somebody of the household or leave it empty.")


@transaction.atomic
def add_contact_point(
    *,
    person_id: UUID,
    channel: str,
    value: str,
    by: Actor,
    at: datetime,
    slot: str = Slot.ANY,
    source: str = Source.AGENT,
    is_unsafe: bool = False,
    is_shared: bool = False,
    shared_with_id: UUID | None = None,
    is_verified: bool = False,
) -> ContactPoint:
    """Add a number or an address, written in its one form. One that was ended comes back.

    Raises: PhoneUnreadable, EmailUnreadable, ContactKnown, SharedWithNobody, NotFound, NotAllowed.
    """
    by.must(Permission.CONTACT_EDIT)
    person = lock(person_id, by=by)
    channel = Channel(channel)
    normal = normal_value(channel, value)
    point = ContactPoint.objects.filter(person=person, channel=channel, value=normal).first()
    if point and point.ended_on is None:
        raise ContactKnown
    point = point or ContactPoint(person=person, channel=channel, value=normal)
    point.line_type = line_type(normal) if channel == Channel.PHONE else ""
    point.slot, point.source, point.is_unsafe = Slot(slot), Source(source), is_unsafe
    point.shared_with = _sharer(shared_with_id, person)
    point.is_shared = is_shared or point.shared_with is not None
    point.verified_at = at if is_verified else None
    point.ended_on = None
    point.is_preferred = not _has_preferred(person, channel) and not is_unsafe
    point.save()
    journal.record("people.contact.add", by=by, at=at, subject=person, channel=channel.value)
    return point


@transaction.atomic
def mark_contact_point(
    *,
    contact_id: UUID,
    by: Actor,
    at: datetime,
    is_unsafe: bool,
    is_shared: bool,
    shared_with_id: UUID | None,
    is_preferred: bool,
    slot: str,
    is_verified: bool,
) -> ContactPoint:
    """Say how a contact point may be used: shared, unsafe, preferred, when, verified today.

    Raises: SharedWithNobody, NotFound, NotAllowed.
    """
    by.must(Permission.CONTACT_EDIT)
    point = _lock_point(contact_id, by=by)
    point.is_unsafe, point.slot = is_unsafe, Slot(slot)
    point.shared_with = _sharer(shared_with_id, point.person)
    point.is_shared = is_shared or point.shared_with is not None
    # An unsafe point is never preferred: what picks the preferred one would use it.
    point.is_preferred = is_preferred and not is_unsafe
    if point.is_preferred:
        _others_on_channel(point).filter(is_preferred=True).update(is_preferred=False)
    if is_verified:
        point.verified_at = at
    point.save(update_fields=["is_unsafe", "slot", "shared_with", "is_shared", "is_preferred", "verified_at"])
    journal.record("people.contact.mark", by=by, at=at, subject=point.person, channel=point.channel)
    return point


@transaction.atomic
def end_contact_point(*, contact_id: UUID, by: Actor, at: datetime) -> ContactPoint:
    """Stop using a number or an address (wrong number, box closed). It stays in the history.

    Raises: NotFound, NotAllowed.
    """
    by.must(Permission.CONTACT_EDIT)
    point = _lock_point(contact_id, by=by)
    point.ended_on, point.is_preferred = localdate(at), False
    point.save(update_fields=["ended_on", "is_preferred"])
    journal.record("people.contact.end", by=by, at=at, subject=point.person, channel=point.channel)
    return point


def normal_value(channel: str, value: str) -> str:
    """Return a contact point in the one form in which it is kept.

    Raises: PhoneUnreadable, EmailUnreadable.
    """
    if channel == Channel.PHONE:
        phone = normal_phone(value)
        if phone is None:
            raise PhoneUnreadable(value=value)
        return phone
    if channel == Channel.EMAIL:
        email = normal_email(value)
        try:
            validate_email(email)
        except ValidationError:
            raise EmailUnreadable(value=value) from None
        return email
    return "\n".join(line.strip() for line in value.strip().splitlines() if line.strip())


def _lock_point(contact_id: UUID, *, by: Actor) -> ContactPoint:
    point = (
        ContactPoint.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(pk=contact_id, person__in=Person.objects.visible_to(by))
        .first()
    )
    if point is None:
        raise NotFound
    return point


def _sharer(person_id: UUID | None, person: Person) -> Person | None:
    if person_id is None:
        return None
    sharer = Person.objects.in_clear().filter(pk=person_id).exclude(pk=person.pk).first()
    if sharer is None:
        raise SharedWithNobody
    return sharer


def _has_preferred(person: Person, channel: str) -> bool:
    return ContactPoint.objects.filter(
        person=person, channel=channel, is_preferred=True, ended_on=None
    ).exists()


def _others_on_channel(point: ContactPoint):  # type: ignore[no-untyped-def]
    return ContactPoint.objects.filter(person=point.person, channel=point.channel).exclude(pk=point.pk)
