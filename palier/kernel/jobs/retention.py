"""How long finished work stays in sight."""

from django.utils.translation import gettext_lazy as _

from palier.kernel.jobs.models import JobRun
from palier.kernel.retention import Rows, retention_class


@retention_class(
    key="jobs.run",
    label=_("Work done in the background"),
    trigger=_("End of the work"),
    months=12,
    least=1,
    most=24,
    source=_("Domain usage, as access logs"),
    purpose=_("Know what was done and by whom it was asked"),
    order=63,
)
class FinishedRuns(Rows):
    model = JobRun
    since = "finished_at"

    def describe(self, row: JobRun) -> str:
        return row.kind
