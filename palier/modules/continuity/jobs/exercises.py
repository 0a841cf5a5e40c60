"""The clock of an exercise."""

from typing import Any

from django.utils import timezone

from palier.kernel.access import system_actor
from palier.kernel.jobs import job
from palier.modules.continuity.services import exercises

NAME = "Palier"


@job("continuity.play-due-injects", queue="urgent", atomic=False, cron="* * * * *")
def play_due_injects(**_: Any) -> None:
    exercises.play_due(by=system_actor(NAME), at=timezone.now())
