"""How long data protection keeps its own records."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from palier.kernel.retention.enums import LegalBasis
from palier.kernel.retention.models import DataRequest, LegalHold
from palier.kernel.retention.processing import processing
from palier.kernel.retention.registry import Rows, name_tables, retention_class


@retention_class(
    key="retention.request",
    label=_("Requests about personal data"),
    trigger=_("Closing of the request"),
    months=60,
    least=36,
    most=72,
    source=_("Civil code, art. 2224 (proof of the answer given)"),
    order=85,
)
class ClosedRequests(Rows):
    model = DataRequest
    since = "closed_at"

    def describe(self, row: Any) -> str:
        return str(row.number)


@retention_class(
    key="retention.hold",
    label=_("Holds that ended"),
    trigger=_("Day on which the hold was lifted"),
    months=60,
    least=12,
    most=120,
    source=_("Civil code, art. 2224 (proof of the reason)"),
    order=86,
)
class LiftedHolds(Rows):
    model = LegalHold
    since = "lifted_at"

    def due(self, *, before: datetime) -> QuerySet[Any]:
        return LegalHold.objects.filter(lifted_at__lt=before)


processing(
    key="retention.requests",
    label=_("Requests of persons about their data"),
    purpose=_("Answer the persons who use their rights, and prove it"),
    basis=LegalBasis.LEGAL_OBLIGATION,
    persons=_("Persons who make a request"),
    data=_("Identity, request, way in which the identity was checked, answer; never a copy of a document"),
    recipients=_("Data protection officer, administrators"),
    retention=("retention.request",),
    measures=_("Answers encrypted, erased after a few days; each download recorded"),
    app="palier.kernel.retention",
    order=90,
)

name_tables(
    {
        "audit_entry": _("lines of history"),
        "journal_entry": _("lines of journal"),
        "outbox_entry": _("internal messages"),
        "outbox_handler_run": _("marks of delivery"),
        "job_run": _("background works"),
        "delivery": _("messages sent"),
        "document": _("documents"),
        "invitation": _("invitations"),
        "import_batch": _("received files"),
        "import_change": _("changes by loads"),
        "import_correction": _("corrected cells"),
        "import_absent": _("absences noted by loads"),
        "import_stage": _("lines being checked"),
        "import_issue": _("remarks on lines"),
        "retention_request": _("requests about personal data"),
        "retention_package": _("files of answers"),
        "retention_hold": _("holds"),
    }
)
