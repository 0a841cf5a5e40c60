"""How long what was done in bulk is kept: long enough to be undone and explained."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from palier.kernel.bulk.enums import RunState
from palier.kernel.bulk.models import BulkItem, BulkRun
from palier.kernel.retention import Action, Holds, Rows, retention_class


@retention_class(
    key="bulk.run",
    label=_("Bulk actions and the rows that they changed"),
    trigger=_("Day on which the action was confirmed"),
    months=12,
    least=1,
    most=36,
    source=_("Domain usage, as access logs; GDPR, art. 5.1 e"),
    action=Action.DELETE,
    purpose=_("Undo an action, explain where a value comes from"),
    order=56,
)
class BulkRuns(Rows):
    """The run goes with its rows and with what undid it; the history of each record stays."""

    model = BulkRun
    since = "confirmed_at"

    def due(self, *, before: datetime) -> QuerySet[Any]:
        return BulkRun.objects.filter(confirmed_at__lt=before, state__in=(RunState.DONE, RunState.STOPPED))

    def held(self, holds: Holds) -> Q:
        items = BulkItem.objects.filter(subject_id__in=holds.ids("people_person"))
        return Q(pk__in=holds.ids("bulk_run")) | Q(pk__in=items.values("run"))

    def describe(self, row: BulkRun) -> str:
        return row.action
