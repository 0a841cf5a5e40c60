"""How long received files and what they changed are kept."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from palier.kernel.documents import store
from palier.kernel.imports.enums import BatchState
from palier.kernel.imports.models import ImportAbsent, ImportBatch, ImportChange, ImportCorrection
from palier.kernel.imports.staging import run
from palier.kernel.keys import ERASED
from palier.kernel.organisations.current import switching
from palier.kernel.retention import Action, Chunk, Holds, LegalBasis, Rows, processing, retention_class

ENDED = (
    BatchState.APPLIED,
    BatchState.ROLLED_BACK,
    BatchState.DISCARDED,
    BatchState.CHECKED,
    BatchState.RECEIVED,
)


@retention_class(
    key="imports.file",
    label=_("Received files, their corrections and what they changed"),
    trigger=_("Day on which the file was received"),
    months=12,
    least=1,
    most=36,
    source=_("Domain usage, as access logs; GDPR, art. 5.1 e"),
    action=Action.ANONYMISE,
    purpose=_("Undo a load, explain where a value comes from"),
    order=55,
)
class ReceivedFiles(Rows):
    """The batch stays with its numbers; its file, corrections and changes go, and it can no longer be undone."""

    model = ImportBatch
    since = "received_at"
    chunk_rows = 5

    def due(self, *, before: datetime) -> QuerySet[Any]:
        left = ImportBatch.objects.filter(received_at__lt=before, state__in=ENDED)
        return left.exclude(file_name=ERASED)

    def held(self, holds: Holds) -> Q:
        return Q(pk__in=holds.ids("import_batch")) | Q(
            pk__in=ImportChange.objects.filter(row_id__in=holds.ids("people_person")).values("batch")
        )

    def describe(self, row: ImportBatch) -> str:
        return row.kind

    def apply(self, chunk: Chunk) -> None:
        ids = list(chunk.ids)
        for path in ImportBatch.objects.filter(pk__in=ids).values_list("file_path", flat=True):
            chunk.erase_file(store.absolute(schema=switching().schema_name, path=path))
        for model in (ImportCorrection, ImportChange, ImportAbsent):
            gone = model.objects.filter(batch__in=ids)._raw_delete("default")
            chunk.counts[model._meta.db_table] += gone
        for table in ("import_issue", "import_stage"):
            chunk.counts[table] += run(f"DELETE FROM {table} WHERE batch_id = ANY(%s)", [ids])
        chunk.counts["import_batch"] += ImportBatch.objects.filter(pk__in=ids).update(
            file_name=ERASED, withdrawn_at=chunk.at, preview={}, mapping={}, reading={}
        )


processing(
    key="imports.files",
    label=_("Loading of files from other software"),
    purpose=_("Bring property, leases and agents up to date"),
    basis=LegalBasis.LEGITIMATE_INTEREST,
    persons=_("Tenants, agents"),
    data=_("What the received files hold"),
    recipients=_("Agents who load files"),
    retention=("imports.file",),
    measures=_("Received files encrypted; loads can be undone"),
    app="palier.kernel.imports",
    order=55,
)
