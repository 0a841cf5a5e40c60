"""Decide how long a class is kept, and switch its purge on after a dry run was seen."""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor, SystemActor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.parameters.permissions import Permission as ParameterPermission
from palier.kernel.parameters.services import adjust
from palier.kernel.retention.models import RetentionRule
from palier.kernel.retention.permissions import Permission
from palier.kernel.retention.registry import RetentionClass, class_named
from palier.kernel.retention.rules import Term
from palier.kernel.retention.selectors.rules import DryRun, dry_run, said_term


class TermRefused(DomainError):
    code = "retention.term-refused"
    message = _("This is not possible for “{label}”: {bounds}.")


class DryRunStale(DomainError):
    """The numbers changed between the page and its confirmation; `seen` is what they are now."""

    code = "retention.dry-run-stale"
    message = _("The numbers have changed since this page was drawn. Here they are again: confirm them.")

    def __init__(self, seen: DryRun) -> None:
        super().__init__(fingerprint=seen.fingerprint)
        self.seen = seen


class NotSwitchedOn(DomainError):
    code = "retention.not-switched-on"
    message = _("The purge of this class is not switched on.")


@transaction.atomic
def change_term(*, key: str, value: int, since: date, reason: str, by: Actor, at: datetime) -> None:
    """Set how long the organisation keeps a class, from a day on. A class switched on waits to be confirmed again.

    Units: value in months or in days, as the class says.
    Raises: NotAllowed, NotFound, TermRefused, parameters.ReasonMissing.
    """
    by.must(Permission.RULE_DECIDE)
    one = _known(key)
    low, high = one.parameter.low or 0, one.parameter.high
    if value < low or (high is not None and value > high):
        raise TermRefused(label=str(one.label), bounds=bounds_of(one))
    adjust(key=one.parameter.key, raw=str(value), since=since, reason=reason, by=_entitled(by), at=at)


def bounds_of(one: RetentionClass) -> str:
    """Say what an organisation may choose."""
    low, high = Term(one.parameter.low or 0, one.unit), one.parameter.high
    if high is None:
        return str(_("{least} at least")).format(least=said_term(low))
    return str(_("from {least} to {most}")).format(least=said_term(low), most=said_term(Term(high, one.unit)))


@transaction.atomic
def switch_on(*, key: str, seen: str, by: Actor, at: datetime) -> RetentionRule:
    """Apply a class every night from tonight, as its dry run said. `seen`: the fingerprint of what was shown.

    Raises: NotAllowed, NotFound, DryRunStale.
    """
    by.must(Permission.RULE_DECIDE)
    one = _known(key)
    now = dry_run(key=key, at=at)
    if seen != now.fingerprint:
        raise DryRunStale(now)
    rule, _is_new = RetentionRule.objects.get_or_create(class_key=one.key)
    rule = RetentionRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    rule.is_on, rule.confirmed_term, rule.confirmed_fingerprint = True, str(now.term), seen
    rule.confirmed_at, rule.confirmed_by, rule.stopped_at, rule.stopped_by = at, by.name, None, ""
    rule.save()
    journal.record(
        "retention.rule.switch-on", by=by, at=at, subject=rule, key=key, term=str(now.term), due=now.due
    )
    return rule


@transaction.atomic
def switch_off(*, key: str, by: Actor, at: datetime) -> RetentionRule:
    """Apply a class no more. What is under way stops at its next chunk.

    Raises: NotAllowed, NotFound, NotSwitchedOn.
    """
    by.must(Permission.RULE_DECIDE)
    _known(key)
    rule = RetentionRule.objects.select_for_update(of=("self",)).filter(class_key=key, is_on=True).first()
    if rule is None:
        raise NotSwitchedOn
    rule.is_on, rule.stopped_at, rule.stopped_by = False, at, by.name
    rule.save(update_fields=["is_on", "stopped_at", "stopped_by"])
    journal.record("retention.rule.switch-off", by=by, at=at, subject=rule, key=key)
    return rule


def _known(key: str) -> RetentionClass:
    one = class_named(key)
    if one is None:
        raise NotFound
    return one


def _entitled(by: Actor) -> Actor:
    """The right to decide on durations is enough to set these parameters, and no other."""
    if isinstance(by, SystemActor):
        return by
    return replace(by, permissions=by.permissions | {str(ParameterPermission.PARAMETER_ADJUST)})
