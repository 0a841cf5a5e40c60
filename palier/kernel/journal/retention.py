"""How long the journal is kept: who did what."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.journal.models import JournalEntry
from palier.kernel.retention import Chunk, Holds, Rows, retention_class
from palier.kernel.retention.tracing import purge_old


@retention_class(
    key="journal.entry",
    label=_("Journal: who decided what"),
    trigger=_("Day of the act"),
    months=60,
    least=12,
    most=120,
    source=_("Civil code, art. 2224 (proof of decisions); domain usage"),
    purpose=_("Account for decisions"),
    order=61,
)
class OldJournal(Rows):
    model = JournalEntry
    since = "at"
    chunk_rows = 5000
    lockable = False

    def held(self, holds: Holds) -> Q:
        return Q(subject_id__in=holds.every_id)

    def describe(self, row: JournalEntry) -> str:
        return row.kind

    def apply(self, chunk: Chunk) -> None:
        chunk.counts["journal_entry"] += purge_old("journal_entry", chunk.ids)
