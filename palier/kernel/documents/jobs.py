"""Nightly care of the files: what a production that never committed left behind is swept away."""

from datetime import timedelta
from typing import Any

import structlog
from django.utils import timezone

from palier.kernel.documents import selectors
from palier.kernel.jobs import job

log = structlog.get_logger(__name__)

#: No production lasts a day: an unknown file older than that belongs to nobody.
ABANDONED_AFTER = timedelta(days=1)


@job("documents.sweep-files", queue="bulk", atomic=False, cron="17 2 * * *")
def sweep_files(**_: Any) -> None:
    for file in selectors.unknown_files(older_than=timezone.now() - ABANDONED_AFTER):
        file.unlink(missing_ok=True)
        log.info("documents.swept", file=file.name)
