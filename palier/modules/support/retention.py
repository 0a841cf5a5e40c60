"""How long social support is kept, what is told to the person, and the line of the register."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _

from palier.kernel.documents import store
from palier.kernel.documents.models import Document
from palier.kernel.organisations.current import switching
from palier.kernel.retention import (
    Chunk,
    Holds,
    LegalBasis,
    Rows,
    Subject,
    personal_data,
    processing,
    retention_class,
)
from palier.modules.support.enums import FileState
from palier.modules.support.models import FileReading, SupportFile
from palier.modules.support.models.files import UNFINISHED

TABLES = (
    "support_file",
    "support_file_reader",
    "support_aim",
    "support_step",
    "support_file_partner",
    "support_appointment",
    "support_paper",
    "support_entry",
)


@retention_class(
    key="support.file",
    label=_("Files of social support"),
    trigger=_("End of the accompaniment, or refusal of the person"),
    months=1,
    least=0,
    most=6,
    source=_(
        "CNIL, deliberation 2014-124, art. 4: until the end of the follow-up is known; one month to reopen "
        "a file closed too early"
    ),
    purpose=_("Accompany tenants in difficulty, with their agreement"),
    order=52,
)
class EndedFiles(Rows):
    model = SupportFile
    since = "ended_on"
    chunk_rows = 200

    def rows(self) -> QuerySet[Any]:
        """Files that ended; one that a sealing withdrew goes with the sealed file, not here."""
        ended = SupportFile.objects.in_clear().exclude(state__in=UNFINISHED)
        return ended.annotate(ended_on=Coalesce("closed_on", TruncDate("proposed_at")))

    def due(self, *, before: datetime) -> QuerySet[Any]:
        return self.rows().filter(**{f"{self.since}__lt": localdate(before)})

    def held(self, holds: Holds) -> Q:
        return Q(pk__in=holds.ids("support_file")) | Q(person__in=holds.ids("people_person"))

    def describe(self, row: Any) -> str:
        return f"{row.reference} · {FileState(row.state).label}"

    def apply(self, chunk: Chunk) -> None:
        """The agreement and the summary tell the situation too: they go with the file."""
        about = map(str, chunk.ids)
        papers = Document.objects.filter(about_table="support_file", about_id__in=about)
        for path in papers.values_list("path", flat=True):
            chunk.erase_file(store.absolute(schema=switching().schema_name, path=path))
        chunk.delete(papers)
        chunk.counts["support_file_reading"] += FileReading.objects.filter(file_id__in=chunk.ids).delete()[0]
        chunk.delete(SupportFile.objects.filter(pk__in=chunk.ids))


@retention_class(
    key="support.reading",
    label=_("Log of readings of files of social support"),
    trigger=_("Reading"),
    months=12,
    least=6,
    most=12,
    source=_("Access logs: six to twelve months (CNIL, deliberation 2021-122)"),
    purpose=_("Show who opened a file"),
    order=53,
)
class OldReadings(Rows):
    model = FileReading
    since = "at"
    lockable = False


@personal_data(
    "people",
    key="support.files",
    label=_("Social support"),
    purpose=_("Accompany tenants in difficulty, with their agreement"),
    basis=LegalBasis.CONSENT,
    retention="support.file",
    tables=TABLES,
)
def files_of(subject: Subject) -> list[dict[Any, Any]]:
    """Tell the person everything that their files hold: they agreed to each line."""
    files = SupportFile.objects.in_clear().filter(person_id=subject.id).order_by("proposed_at")
    return [_told(file) for file in files]


def _told(file: SupportFile) -> dict[Any, Any]:
    return {
        _("File"): file.reference,
        _("State"): str(file.get_state_display()),
        _("Situation"): file.situation,
        _("Agreed on"): file.agreed_on,
        _("How"): _joined(file.get_agreement_means_display(), file.agreement_note),
        _("Why"): file.state_reason,
        _("Result"): str(file.get_result_display()),
        _("Summary"): file.closing_note,
        _("Aims"): [f"{one.title} ({one.get_state_display()})" for one in file.aims.all()],
        _("Steps"): [f"{one.title} ({one.get_state_display()}) {one.outcome}" for one in file.steps.all()],
        _("Partners"): [
            _joined(one.partner.name, one.role, one.consent_how)
            for one in file.partners.select_related("partner")
        ],
        _("Appointments"): [
            _joined(
                f"{localtime(one.starts_at):%Y-%m-%d %H:%M}",
                one.get_place_display(),
                one.where,
                one.get_state_display(),
                one.outcome,
            )
            for one in file.appointments.all()
        ],
        _("Documents"): [f"{one.label} ({one.get_state_display()})" for one in file.papers.all()],
        _("Story"): [f"{localdate(one.at)} {one.text}" for one in file.entries.order_by("at")],
    }


def _joined(*words: object) -> str:
    return " · ".join(str(one) for one in words if one)


processing(
    key="support.accompaniment",
    label=_("Social support"),
    purpose=_("Accompany tenants in difficulty, with their agreement"),
    basis=LegalBasis.CONSENT,
    persons=_("Tenants who agreed to be accompanied"),
    data=_(
        "Situation as the person says it, aims, steps, appointments, documents seen, story; no health data"
    ),
    recipients=_("Social workers, people named on the file, partners chosen with the person"),
    retention=("support.file", "support.reading"),
    measures=_("Access by role and by name, readings of others written down, no copy of documents"),
    assessment=_("Social difficulties of people in a weak position: impact assessment needed (CNIL list)"),
    notice=_(
        "Your accompaniment is optional. You may stop it at any time. Your file is erased after it ends."
    ),
    app="palier.modules.support",
)
