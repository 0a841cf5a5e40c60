"""The classes of an organisation: duration, state, dry run."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import ExtractYear
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext, ngettext

from palier.kernel.errors import NotFound
from palier.kernel.parameters.selectors import ParameterLine, parameter_lines
from palier.kernel.retention.models import DataRequest, LegalHold, RetentionRule, RetentionRun
from palier.kernel.retention.registry import (
    Holds,
    RetentionClass,
    class_named,
    retention_classes,
)
from palier.kernel.retention.rules import Term, fingerprint
from palier.kernel.retention.selectors.holds import holds_on

SAMPLE = 5


@dataclass(frozen=True)
class RuleLine:
    """One class as the page lists it."""

    key: str
    label: str
    module: str
    trigger: str
    action: str
    action_label: str
    purpose: str
    term: Term
    term_label: str
    common_label: str
    most_label: str
    source: str
    is_own: bool
    is_on: bool
    to_confirm: bool
    confirmed_at: datetime | None
    confirmed_by: str
    last_run_at: datetime | None
    last_applied: int | None

    @property
    def state(self) -> str:
        if self.to_confirm:
            return "to_confirm"
        return "on" if self.is_on else "off"


@dataclass(frozen=True)
class DryRun:
    """What a purge would do tonight. `fingerprint` changes as soon as a number does."""

    key: str
    term: Term
    before: datetime
    due: int
    held: int
    kept: tuple[tuple[str, int], ...]
    first_on: date | None
    last_on: date | None
    years: tuple[tuple[int, int], ...]
    samples: tuple[tuple[str, date | None], ...]
    fingerprint: str = field(default="")

    @property
    def chart(self) -> list[int]:
        return [count for _year, count in self.years]


def rule_lines(*, on: date) -> list[RuleLine]:
    """Every class of the open organisation; four queries whatever their number."""
    rules = {rule.class_key: rule for rule in RetentionRule.objects.all()}
    values = {line.key: line for line in parameter_lines(on=on)}
    runs = {run.class_key: run for run in RetentionRun.objects.order_by("started_at")}
    return [
        _line(one, values[one.parameter.key], rules.get(one.key), runs.get(one.key))
        for one in retention_classes()
    ]


def rule_line(*, key: str, on: date) -> RuleLine:
    """Raises: NotFound."""
    found = next((line for line in rule_lines(on=on) if line.key == key), None)
    if found is None:
        raise NotFound
    return found


def _line(
    one: RetentionClass, value: ParameterLine, rule: RetentionRule | None, run: RetentionRun | None
) -> RuleLine:
    term = Term(int(value.value), one.unit)  # type: ignore[arg-type]
    is_on = bool(rule and rule.is_on)
    return RuleLine(
        key=one.key,
        label=str(one.label),
        module=one.module,
        trigger=str(one.trigger),
        action=one.action,
        action_label=str(one.action.label),
        purpose=str(one.purpose),
        term=term,
        term_label=said_term(term),
        common_label=said_term(one.common_term),
        most_label=said_term(Term(one.most, one.unit)) if one.most else "",
        source=value.common.source if value.common else "",
        is_own=value.is_own,
        is_on=is_on,
        to_confirm=bool(rule and is_on and rule.confirmed_term != str(term)),
        confirmed_at=rule.confirmed_at if rule else None,
        confirmed_by=rule.confirmed_by if rule else "",
        last_run_at=run.started_at if run else None,
        last_applied=run.applied if run else None,
    )


def said_term(term: Term) -> str:
    """Say a duration as people do: « 3 ans », « 18 mois », « 72 jours »."""
    if term.value == 0:
        return gettext("the same night")
    if term.unit == "months" and term.value % 12 == 0:
        years = term.value // 12
        return ngettext("{n} year", "{n} years", years).format(n=years)
    if term.unit == "months":
        return ngettext("{n} month", "{n} months", term.value).format(n=term.value)
    return ngettext("{n} day", "{n} days", term.value).format(n=term.value)


# -- Dry run ---------------------------------------------------------------------------------------


def cutoff(term: Term, at: datetime) -> datetime:
    """Return the instant before which things have been kept long enough: midnight of a day, or now for no delay."""
    if term.value == 0:
        return at
    return make_aware(datetime.combine(term.before(localdate(at)), time.min))


def dry_run(*, key: str, at: datetime) -> DryRun:
    """Count what a purge would do now; nothing is written.

    Raises: NotFound.
    """
    one = class_named(key)
    if one is None:
        raise NotFound
    term = one.term_on(localdate(at))
    before, holds = cutoff(term, at), holds_on(localdate(at))
    with one.rows.scope():
        return _stamped(_counted(one, term, before, holds), one)


def _counted(one: RetentionClass, term: Term, before: datetime, holds: Holds) -> DryRun:
    every = one.rows.due(before=before)
    free = not_held(one, every, holds)
    told = free.aggregate(n=Count("pk", distinct=True), first=Min(one.rows.since), last=Max(one.rows.since))
    kept = tuple((str(label), count) for label, count in one.rows.kept(before=before).items() if count)
    return DryRun(
        key=one.key,
        term=term,
        before=before,
        due=told["n"],
        held=every.count() - told["n"],
        kept=kept,
        first_on=day_of(told["first"]),
        last_on=day_of(told["last"]),
        years=_years(free, one.rows.since),
        samples=_samples(one, free),
    )


def not_held(one: RetentionClass, rows: QuerySet[Any], holds: Holds) -> QuerySet[Any]:
    """Take the held rows out."""
    return rows.exclude(one.rows.held(holds)) if holds.by_table else rows


def day_of(value: date | datetime | None) -> date | None:
    return localdate(value) if isinstance(value, datetime) else value


def _years(rows: QuerySet[Any], since: str) -> tuple[tuple[int, int], ...]:
    counted = (
        rows.order_by()
        .annotate(kept_year=ExtractYear(since))
        .values_list("kept_year")
        .annotate(n=Count("pk"))
    )
    return tuple(sorted(counted))


def _samples(one: RetentionClass, rows: QuerySet[Any]) -> tuple[tuple[str, date | None], ...]:
    oldest = rows.order_by(one.rows.since, "pk")[:SAMPLE]
    return tuple((one.rows.describe(row), day_of(getattr(row, one.rows.since))) for row in oldest)


def _stamped(seen: DryRun, one: RetentionClass) -> DryRun:
    facts = {
        "class": seen.key,
        "term": str(seen.term),
        "action": one.action,
        "day": localdate(seen.before),
        "due": seen.due,
        "held": seen.held,
        "kept": seen.kept,
    }
    return replace(seen, fingerprint=fingerprint(facts))


# -- Runs ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunLine:
    """One purge as the page of a class lists it."""

    started_at: datetime
    finished_at: datetime | None
    applied: int
    held: int
    term_label: str
    started_by: str


def run_lines(*, key: str, limit: int = 20) -> list[RunLine]:
    """The latest purges of a class, newest first."""
    rows = RetentionRun.objects.filter(class_key=key).order_by("-started_at")[:limit]
    return [
        RunLine(
            row.started_at,
            row.finished_at,
            row.applied,
            row.held,
            said_term(term_read(row.term)),
            row.started_by,
        )
        for row in rows
    ]


def term_read(text: str) -> Term:
    """Read back a duration written by `Term.__str__`."""
    value, _space, unit = text.partition(" ")
    return Term(int(value), unit)


@dataclass(frozen=True)
class Tally:
    """Where an organisation stands, in a line: for doctor and for the head of the page."""

    on: int
    off: int
    to_confirm: tuple[str, ...]
    holds: int
    running: int
    purged: Counter[str] = field(default_factory=Counter)


def tally(*, on: date, lines: Sequence[RuleLine] | None = None) -> Tally:
    """Count classes on, off, waiting to be confirmed again, and what is held."""
    lines = rule_lines(on=on) if lines is None else lines
    return Tally(
        on=sum(line.is_on and not line.to_confirm for line in lines),
        off=sum(not line.is_on for line in lines),
        to_confirm=tuple(line.label for line in lines if line.to_confirm),
        holds=LegalHold.objects.in_force(on).count(),
        running=RetentionRun.objects.filter(finished_at__isnull=True).count(),
    )


def late_requests(*, on: date) -> int:
    """Count the persons who wait for an answer past its day."""
    return DataRequest.objects.filter(state__in=("received", "identified"), due_on__lt=on).count()
