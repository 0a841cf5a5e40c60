"""The day's figures, taken before midnight in Paris whatever the season (UTC 21:30)."""

from typing import Any

from django.utils import timezone

from palier.kernel.figures import services
from palier.kernel.jobs import job


@job("figures.take-snapshot", queue="default", cron="30 21 * * *")
def take_snapshot(**_: Any) -> None:
    services.take_snapshot(at=timezone.now())
