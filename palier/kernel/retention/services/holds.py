"""Hold what a dispute needs, and let it go. A hold and a purge never cross: both take the organisation's lock."""

from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.retention.enums import HoldNature
from palier.kernel.retention.models import LegalHold
from palier.kernel.retention.permissions import Permission
from palier.kernel.retention.tracing import exists_here, model_of


class HoldReasonMissing(DomainError):
    code = "retention.hold-reason-missing"
    message = _("Say why: the reason is what an authority will ask for.")


class HoldEndsBefore(DomainError):
    code = "retention.hold-ends-before"
    message = _("This hold would end before today. Give a later day, or none.")


class HeldAlready(DomainError):
    code = "retention.held-already"
    message = _("This is held already for this reason: lift the hold in force first to change its end.")


class HoldLifted(DomainError):
    code = "retention.hold-lifted"
    message = _("This hold was lifted already, by {who}.")


def take_the_lock() -> None:
    """Wait for any purge or hold of this organisation to end its transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' retention', 0))")


@transaction.atomic
def place_hold(
    *,
    about_table: str,
    about_id: UUID,
    nature: str,
    reason: str,
    by: Actor,
    at: datetime,
    until: date | None = None,
) -> LegalHold:
    """Keep a record, and what belongs to it, beyond its time.

    Raises: NotAllowed, NotFound, HoldReasonMissing, HoldEndsBefore, HeldAlready.
    Legal: règlement (UE) 2016/679, art. 17, par. 3 e) and art. 18.
    """
    by.must(Permission.HOLD_PLACE)
    take_the_lock()
    model = model_of(about_table)
    if model is None or not exists_here(model) or not model._base_manager.filter(pk=about_id).exists():
        raise NotFound
    if not reason.strip():
        raise HoldReasonMissing
    if until is not None and until < localdate(at):
        raise HoldEndsBefore
    same = LegalHold.objects.filter(about_table=about_table, about_id=about_id, nature=nature)
    if same.filter(lifted_at__isnull=True).exclude(until__lt=localdate(at)).exists():
        raise HeldAlready
    # One that ended by itself leaves its place to the new one.
    same.filter(lifted_at__isnull=True).update(lifted_at=at, lifted_by=by.name)
    hold = LegalHold.objects.create(
        about_table=about_table,
        about_id=about_id,
        nature=HoldNature(nature),
        reason=reason.strip(),
        until=until,
        placed_at=at,
        placed_by=by.name,
    )
    journal.record("retention.hold.place", by=by, at=at, subject=hold, nature=str(nature), until=until)
    return hold


@transaction.atomic
def lift_hold(*, hold_id: UUID, reason: str, by: Actor, at: datetime) -> LegalHold:
    """Let go of a record: its time counts again from tonight.

    Raises: NotAllowed, NotFound, HoldReasonMissing, HoldLifted.
    """
    by.must(Permission.HOLD_PLACE)
    take_the_lock()
    hold = LegalHold.objects.select_for_update(of=("self",)).filter(pk=hold_id).first()
    if hold is None:
        raise NotFound
    if hold.lifted_at is not None:
        raise HoldLifted(who=hold.lifted_by)
    if not reason.strip():
        raise HoldReasonMissing
    hold.lifted_at, hold.lifted_by, hold.lifted_reason = at, by.name, reason.strip()
    hold.save(update_fields=["lifted_at", "lifted_by", "lifted_reason"])
    journal.record("retention.hold.lift", by=by, at=at, subject=hold)
    return hold
