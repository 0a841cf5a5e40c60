"""How long kept files stay, by the class that their producer gave them."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from palier.kernel.documents import store
from palier.kernel.documents.models import Document
from palier.kernel.organisations.current import switching
from palier.kernel.retention import Chunk, Holds, Rows, retention_class


class KeptFiles(Rows):
    """Documents of some classes: row and file go together."""

    model = Document
    since = "made_at"
    chunk_rows = 200
    classes: tuple[str, ...] = ()

    def due(self, *, before: datetime) -> QuerySet[Any]:
        return Document.objects.filter(retention_class__in=self.classes, made_at__lt=before)

    def held(self, holds: Holds) -> Q:
        about = Q(about_id__in=holds.every_id)
        return about | Q(pk__in=holds.ids("document")) | Q(persons__overlap=holds.ids("people_person"))

    def describe(self, row: Document) -> str:
        return row.kind

    def apply(self, chunk: Chunk) -> None:
        documents = Document.objects.filter(pk__in=chunk.ids)
        for path in documents.values_list("path", flat=True):
            chunk.erase_file(store.absolute(schema=switching().schema_name, path=path))
        chunk.delete(documents)


@retention_class(
    key="documents.crisis",
    label=_("Documents of a crisis: decisions, situation reports, exports of the log"),
    trigger=_("Day of the document"),
    months=60,
    least=12,
    most=120,
    source=_("Domain usage: five years, as the crisis log"),
    purpose=_("Account for what was decided in a crisis"),
    order=50,
)
class CrisisDocuments(KeptFiles):
    classes = ("crisis-log", "crisis-decision")


@retention_class(
    key="documents.notice",
    label=_("Notices and recipient files"),
    trigger=_("Day of the document"),
    months=6,
    least=1,
    most=24,
    source=_("Domain usage: end of the crisis and its claims"),
    purpose=_("Prove who was told what"),
    order=50,
)
class NoticeDocuments(KeptFiles):
    classes = ("notice", "campaign")


@retention_class(
    key="documents.offline-pack",
    label=_("Nightly packs for a day without network"),
    trigger=_("Day of the pack"),
    days=7,
    least=2,
    most=31,
    source=_("GDPR, art. 5.1 c (minimisation): only the latest serve"),
    purpose=_("Work without network"),
    order=50,
)
class OfflinePacks(KeptFiles):
    classes = ("offline-pack",)


@retention_class(
    key="documents.general",
    label=_("Other documents"),
    trigger=_("Day of the document"),
    months=36,
    least=1,
    most=120,
    source=_("Domain usage, as the tenant file"),
    purpose=_("Prove what was written"),
    order=51,
)
class OtherDocuments(KeptFiles):
    classes = ("general", "specimen")
