"""The emergency numbers: correct one, and write that somebody checked them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.modules.partners.models import EmergencyNumber
from palier.modules.partners.permissions import Permission

CHANGEABLE = ("number", "label", "when_to_call", "hours", "needs", "source", "is_shown", "position")


class NumberTaken(DomainError):
    code = "partners.number-taken"
    message = _("The number {number} is in the list already. Correct that one.")


@transaction.atomic
def add_number(*, by: Actor, at: datetime, **fields: Any) -> EmergencyNumber:
    """Add a number, checked today. Raises: NotAllowed, NumberTaken."""
    by.must(Permission.NUMBER_EDIT)
    number = EmergencyNumber(
        checked_on=timezone.localdate(at), **{k: fields[k] for k in CHANGEABLE if k in fields}
    )
    _save(number, by=by, at=at, insert=True)
    return number


@transaction.atomic
def change_number(*, number_id: UUID, by: Actor, at: datetime, **fields: Any) -> EmergencyNumber:
    """Correct a number: it is checked by the same act. Raises: NotAllowed, NotFound, NumberTaken."""
    by.must(Permission.NUMBER_EDIT)
    number = EmergencyNumber.objects.select_for_update(of=("self",)).filter(pk=number_id).first()
    if number is None:
        raise NotFound
    for name in CHANGEABLE:
        if name in fields:
            setattr(number, name, fields[name])
    number.checked_on = timezone.localdate(at)
    _save(number, by=by, at=at, insert=False)
    return number


@transaction.atomic
def check_number(*, number_id: UUID, by: Actor, at: datetime) -> EmergencyNumber:
    """Say that somebody called it, or read it at its source, and that it is right. Raises: NotAllowed, NotFound."""
    return change_number(number_id=number_id, by=by, at=at)


def _save(number: EmergencyNumber, *, by: Actor, at: datetime, insert: bool) -> None:
    try:
        with transaction.atomic():
            number.save(force_insert=insert)
    except IntegrityError as taken:
        raise NumberTaken(number=number.number) from taken
    journal.record("partners.number.check", by=by, at=at, subject=number)
