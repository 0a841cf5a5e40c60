"""What happens to levels by itself: those decided for later begin, and review dates alert. Nothing lifts."""

from typing import Any

from django.utils import timezone

from palier.kernel.access import system_actor
from palier.kernel.jobs import job
from palier.modules.continuity.services import activations, reviews, vigilance

NAME = "Palier"


@job("continuity.start-due-activations", queue="urgent", cron="*/5 * * * *")
def start_due_activations(**_: Any) -> None:
    activations.start_due(by=system_actor(NAME), at=timezone.now())


@job("continuity.tell-reviews-due", cron="0 6 * * *")
def tell_reviews_due(**_: Any) -> None:
    reviews.tell_due(by=system_actor(NAME), at=timezone.now())


@job("continuity.propose-seasonal-watch", cron="30 6 * * *")
def propose_seasonal_watch(**_: Any) -> None:
    vigilance.propose_seasonal_watch(by=system_actor(NAME), at=timezone.now())
