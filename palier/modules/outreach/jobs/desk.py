"""What happens at the desk by itself: leases run out, late alerts climb, sheets are ready for the night's pack."""

from typing import Any

from django.utils import timezone

from palier.kernel.access import system_actor
from palier.kernel.jobs import job
from palier.modules.outreach.services import alerts, desk, sheets

NAME = "Palier"


@job("outreach.release-leases", queue="urgent", cron="* * * * *")
def release_leases(**_: Any) -> None:
    desk.release_expired(at=timezone.now())


@job("outreach.carry-up-alerts", queue="urgent", atomic=False, cron="*/5 * * * *")
def carry_up_alerts(**_: Any) -> None:
    alerts.carry_up_late_alerts(by=system_actor(NAME), at=timezone.now())


# Before the offline pack of the night, which takes them along.
@job("outreach.make-sheets", queue="bulk", cron="20 1 * * *")
def make_sheets(**_: Any) -> None:
    sheets.make_sheets(by=system_actor(NAME), at=timezone.now())


@job("outreach.drop-drafts", cron="10 3 * * *")
def drop_old_drafts(**_: Any) -> None:
    desk.drop_old_drafts(at=timezone.now())
