"""Keep each day's figures."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from palier.kernel.figures.models import FigureSnapshot
from palier.kernel.figures.registry import values


@transaction.atomic
def take_snapshot(*, at: datetime) -> int:
    """Count every figure and keep it for the local day; counting again the same day replaces the value.

    Returns: how many figures were kept.
    """
    day = timezone.localdate(at)
    rows = [
        FigureSnapshot(day=day, key=one.figure.key, value=one.value, taken_at=at) for one in values(at=at)
    ]
    FigureSnapshot.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["key", "day"], update_fields=["value", "taken_at"]
    )
    return len(rows)
