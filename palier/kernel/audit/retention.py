"""How long the audit is kept: what changed, by whom."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.audit.models import AuditEntry
from palier.kernel.retention import Chunk, Holds, LegalBasis, Rows, processing, retention_class
from palier.kernel.retention.tracing import purge_old


@retention_class(
    key="audit.entry",
    label=_("Audit: what changed, before and after"),
    trigger=_("Day of the change"),
    months=12,
    least=6,
    most=12,
    source=_("CNIL, deliberation n° 2021-122 of 14 October 2021 (logging): six to twelve months"),
    purpose=_("Find out who changed what, and mend it"),
    order=60,
)
class OldAudit(Rows):
    model = AuditEntry
    since = "at"
    chunk_rows = 5000
    lockable = False

    def held(self, holds: Holds) -> Q:
        return Q(row_id__in=holds.every_id)

    def apply(self, chunk: Chunk) -> None:
        chunk.counts["audit_entry"] += purge_old("audit_entry", chunk.ids)


processing(
    key="audit.logging",
    label=_("Logging of accesses and changes"),
    purpose=_("Security of the information system: find out who did what, and mend it"),
    basis=LegalBasis.LEGITIMATE_INTEREST,
    persons=_("Agents who use Palier; persons whose file was changed"),
    data=_("Author, date, action, values before and after"),
    recipients=_("Administrators, data protection officer"),
    retention=("audit.entry", "journal.entry"),
    measures=_("Written by the database, which lets nobody change it"),
    app="palier.kernel.audit",
    order=95,
)
