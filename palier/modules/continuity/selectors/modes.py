"""What is in force, read for `mode_of`: one query, exercises left out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from palier.kernel.modes import ModeChange, PlaceKind, PlaceRef, SourceKind
from palier.modules.continuity.models import ModeChange as ModeChangeRow

_COLUMNS = (
    "sequence", "service", "scope_kind", "scope_id", "activation_id", "override_id", "values",
    "since", "effective_at", "recorded_at", "exercise",
    "activation__reference", "activation__plan__name", "activation__scope_label", "activation__reason",
    "activation__review_on", "step__level",
    "override__scope_label", "override__reason", "override__review_on",
)  # fmt: skip


def changes_in_force(
    *, services: Iterable[str], scopes: Iterable[PlaceRef], at: datetime, known_at: datetime
) -> list[ModeChange]:
    """Return what each source asks of these services on these scopes. One query; registered in the kernel."""
    rows = ModeChangeRow.objects.filter(service__in=list(services), exercise=False)
    return _in_force(rows.filter(_within(scopes)), at=at, known_at=known_at)


def whole_history(*, at: datetime) -> list[ModeChange]:
    """Return everything asked and recorded by then, superseded changes too: since when, not only what."""
    rows = ModeChangeRow.objects.filter(exercise=False, recorded_at__lte=at).order_by("sequence")
    return [_as_change(row) for row in rows.values(*_COLUMNS)]


def played_history(activation_id: UUID) -> list[ModeChange]:
    """What one activation asked of the services, told as if it were real: for the board of an exercise and for the
    after-action review, never for `mode_of`.
    """
    rows = ModeChangeRow.objects.filter(activation_id=activation_id).order_by("sequence")
    return [replace(_as_change(row), exercise=False) for row in rows.values(*_COLUMNS)]


def history_of_service(*, service: str, limit: int = 100) -> list[ModeChange]:
    """Return what was asked of a service, newest first: why was this refused on 2 April?"""
    rows = ModeChangeRow.objects.filter(service=service, exercise=False).order_by("-sequence")[:limit]
    return [_as_change(row) for row in rows.values(*_COLUMNS)]


def _in_force(rows: QuerySet, *, at: datetime, known_at: datetime) -> list[ModeChange]:
    """What is recorded later replaces, from its beginning, what the same source recorded earlier."""
    key = ("service", "scope_kind", "scope_id", "activation_id", "override_id")
    latest = (
        rows.filter(effective_at__lte=at, recorded_at__lte=known_at)
        .order_by(*key, "-sequence")
        .distinct(*key)
        .values(*_COLUMNS)
    )
    asked = [_as_change(row) for row in latest if row["values"]]
    return sorted(asked, key=lambda one: one.sequence)


def _within(scopes: Iterable[PlaceRef]) -> Q:
    by_kind: dict[str, list[str]] = {}
    for ref in scopes:
        by_kind.setdefault(ref.kind.value, []).append(ref.id)
    condition = Q(pk__in=[])
    for kind, ids in by_kind.items():
        condition |= Q(scope_kind=kind, scope_id__in=ids)
    return condition


def _as_change(row: dict[str, Any]) -> ModeChange:
    is_override = row["override_id"] is not None
    side = "override" if is_override else "activation"
    return ModeChange(
        sequence=row["sequence"],
        service=row["service"],
        scope=PlaceRef(PlaceKind(row["scope_kind"]), row["scope_id"]),
        source_kind=SourceKind.OVERRIDE if is_override else SourceKind.ACTIVATION,
        source_id=str(row[f"{side}_id"]),
        values=row["values"],
        effective_at=row["effective_at"],
        recorded_at=row["recorded_at"],
        exercise=row["exercise"],
        label="" if is_override else f"{row['activation__plan__name']} · {row['step__level']}",
        reason=row[f"{side}__reason"],
        review_on=row[f"{side}__review_on"],
        scope_label=row[f"{side}__scope_label"],
        since=row["since"],
    )


def next_sequence() -> int:
    """Return the rank of the next change; the caller holds the turn to decide."""
    return (ModeChangeRow.objects.aggregate(last=Max("sequence"))["last"] or 0) + 1
