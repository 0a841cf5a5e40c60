"""Write, freeze and send a situation report; print the crisis log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.deliveries import send_mail
from palier.kernel.documents import services as documents
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.kernel.organisations.current import current_organisation
from palier.modules.continuity.enums import ReportAction, ReportState
from palier.modules.continuity.events import SituationReportFrozen
from palier.modules.continuity.models import SituationReport
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import cell
from palier.modules.continuity.selectors.reports import DEFAULT_PERIOD, content_of, entries_worth_telling
from palier.modules.continuity.services.telling import in_house_language, say_in_log
from palier.modules.continuity.workflow.crisis import REPORT

REPORT_KIND = "situation-report"


class ReportBeingWritten(DomainError):
    code = "continuity.report-being-written"
    message = _("A situation report is being written already. Freeze it before beginning the next one.")


class NotFrozen(DomainError):
    code = "continuity.report-not-frozen"
    message = _("Freeze the report before sending it: its figures must no longer change.")


class NobodyToSend(DomainError):
    code = "continuity.report-nobody"
    message = _("No member of the crisis cell has an e-mail address.")


class ReportFrozen(DomainError):
    code = "continuity.report-frozen"
    message = _("This report is frozen: write the next one.")


@transaction.atomic
def begin_report(*, by: Actor, at: datetime) -> SituationReport:
    """Begin the next report; its period follows the last one's, and it proposes what the log holds of note.

    Raises: NotAllowed, ReportBeingWritten.
    """
    by.must(Permission.REPORT_WRITE)
    last = SituationReport.objects.order_by("-number").first()
    if last and last.state == ReportState.DRAFT:
        raise ReportBeingWritten
    since = last.period_to if last and last.period_to else at - DEFAULT_PERIOD
    number = (SituationReport.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            report = SituationReport.objects.create(
                number=number,
                period_from=since,
                created_at=at,
                created_by_name=by.name,
                chosen_entries=[entry.seq for entry in entries_worth_telling(since=since, until=at)][-12:],
            )
    except IntegrityError as written:
        raise ReportBeingWritten from written
    journal.record("continuity.situation-report.begin", by=by, at=at, subject=report)
    return report


@transaction.atomic
def write_report(*, report_id: UUID, by: Actor, at: datetime, **fields: Any) -> SituationReport:
    """Keep what people write: highlights, decisions, needs, next steps, next report, entries quoted.

    Raises: NotAllowed, NotFound, ReportFrozen.
    """
    by.must(Permission.REPORT_WRITE)
    report = _locked(report_id)
    if report.state == ReportState.FROZEN:
        raise ReportFrozen
    for name in ("highlights", "decisions", "needs", "next_steps", "next_at", "chosen_entries"):
        if name in fields:
            setattr(report, name, fields[name])
    report.save(update_fields=["highlights", "decisions", "needs", "next_steps", "next_at", "chosen_entries"])
    return report


@transaction.atomic
def freeze_report(*, report_id: UUID, by: Actor, at: datetime) -> SituationReport:
    """Freeze figures, modes, presence and tasks as they are, print the head of the log's chain, make the PDF.

    Raises: NotAllowed, NotFound, TransitionRefused.
    """
    report = _locked(report_id)
    REPORT.move(report, ReportAction.FREEZE, by=by, at=at)
    content = content_of(report, at=at)
    report.frozen, report.frozen_at, report.frozen_by_name, report.period_to = content, at, by.name, at
    report.chain_seq, report.chain_head = int(content["chain"]["seq"]), content["chain"]["head"]
    report.save()
    document = documents.produce(
        template="continuity/situation_report.typ",
        data={"report": content},
        title=f"Point de situation n° {report.number}".replace(" n° ", " n°\u00a0"),
        by=by,
        at=at,
        kind=REPORT_KIND,
        about=report,
        permission=Permission.REPORT_READ,
        key=f"situation-report:{report.pk}",
        retention_class="crisis-log",
        paper={
            "subtitle": content["period"],
            "classification": "Diffusion : cellule de crise".replace(" :", "\u00a0:"),
        },
    )
    report.document_id = document.pk
    report.save(update_fields=["document_id"])
    publish(SituationReportFrozen(report_id=report.pk, number=report.number, frozen_at=at))
    with in_house_language():
        text = gettext(
            "Situation report {number} frozen, with {seq} entries in the log (head {head})."
        ).format(number=report.number, seq=report.chain_seq, head=report.chain_head[:16])
    say_in_log(f"situation-report:{report.pk}", text, by=by, at=at, about=report)
    return report


@transaction.atomic
def send_report(*, report_id: UUID, by: Actor, at: datetime) -> int:
    """Send a frozen report to the crisis cell, its chain's head in the message. Returns: how many messages.

    Raises: NotAllowed, NotFound, NotFrozen, NobodyToSend.
    """
    by.must(Permission.REPORT_WRITE)
    report = _locked(report_id)
    if report.state != ReportState.FROZEN or not report.document_id:
        raise NotFrozen
    addresses = cell.e_mails_of(cell.central_members())
    if not addresses:
        raise NobodyToSend
    with in_house_language():
        organisation = current_organisation().name
        subject = gettext("{organisation}: situation report {number}").format(
            organisation=organisation, number=report.number
        )
        body = gettext(
            "Situation report {number} is attached ({period}).\n\n"
            "Crisis log: {seq} entries. Hash of the last one:\n{head}\n\n"
            "Keep this message: it proves the log as it stood."
        ).format(
            number=report.number, period=report.frozen["period"], seq=report.chain_seq, head=report.chain_head
        )
    for name, email in addresses:
        send_mail(
            key=f"situation-report:{report.pk}:{email}",
            to=email,
            to_name=name,
            subject=subject,
            body=body,
            by=by,
            at=at,
            attachments=[report.document_id],
            about=report,
        )
    report.sent_at = at
    report.save(update_fields=["sent_at"])
    journal.record("continuity.situation-report.send", by=by, at=at, subject=report, count=len(addresses))
    return len(addresses)


def _locked(report_id: UUID) -> SituationReport:
    report = SituationReport.objects.select_for_update(of=("self",)).filter(pk=report_id).first()
    if report is None:
        raise NotFound
    return report
