"""Adjust a parameter. Reads live in selectors.py."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.parameters.models import ParameterOverride
from palier.kernel.parameters.permissions import Permission
from palier.kernel.parameters.registry import UnknownParameter, parameter


class NotAdjustable(DomainError):
    code = "parameters.not-adjustable"
    message = _("“{label}” comes from a text that binds everyone: it cannot be changed here.")


class ValueRefused(DomainError):
    code = "parameters.value-refused"
    message = _("“{raw}” is not possible here. {expected}")


class ReasonMissing(DomainError):
    code = "parameters.reason-missing"
    message = _("Say why the organisation uses its own value: the reason is shown beside it.")


@transaction.atomic
def adjust(*, key: str, raw: str, since: date, reason: str, by: Actor, at: datetime) -> ParameterOverride:
    """Set the organisation's own value from a day on; the value before ends the day before.

    Raises: NotAllowed, NotFound, NotAdjustable, ValueRefused, ReasonMissing.
    """
    by.must(Permission.PARAMETER_ADJUST)
    try:
        known = parameter(key)
    except UnknownParameter as unknown:
        raise NotFound from unknown
    if not known.adjustable:
        raise NotAdjustable(label=gettext(known.label))
    if not reason.strip():
        raise ReasonMissing
    try:
        value = known.parse(raw)
    except (ValueError, KeyError) as wrong:
        raise ValueRefused(raw=raw, expected=_bounds(known.low, known.high)) from wrong
    ParameterOverride.objects.filter(key=key, since=since).delete()
    ParameterOverride.objects.filter(key=key, since__lt=since, until__isnull=True).update(until=since)
    following = ParameterOverride.objects.filter(key=key, since__gt=since).order_by("since").first()
    override = ParameterOverride.objects.create(
        key=key,
        value=value,
        since=since,
        until=following.since if following else None,
        reason=reason.strip(),
        decided_by_name=by.name,
        decided_at=at,
    )
    journal.record(
        "parameters.adjusted", by=by, at=at, subject=override, key=key, value=value, since=str(since)
    )
    return override


@transaction.atomic
def restore_default(*, key: str, on: date, by: Actor, at: datetime) -> int:
    """Come back to the common value from a day on.

    Raises: NotAllowed. Returns: how many values of the organisation end or are withdrawn.
    """
    by.must(Permission.PARAMETER_ADJUST)
    withdrawn, _details = ParameterOverride.objects.filter(key=key, since__gte=on).delete()
    ended = ParameterOverride.objects.holding_on(on).filter(key=key).update(until=on)
    if withdrawn + ended:
        journal.record("parameters.restored", by=by, at=at, key=key, since=str(on))
    return withdrawn + ended


def _bounds(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return gettext("Give a number from {low} to {high}.").format(low=low, high=high)
    return gettext("Give a value of the same kind as the one in force.")
