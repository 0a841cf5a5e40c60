"""Call sheets for the day when the machine is silent, and what comes back from them."""

from datetime import date, datetime, time
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.documents import services as documents
from palier.kernel.documents.models import Document
from palier.kernel.errors import DomainError, NotFound
from palier.modules.outreach.enums import CallState, LineState
from palier.modules.outreach.models import Call, CallSheet, CallSheetLine
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.selectors.sheets import printed_sheet
from palier.modules.outreach.services import desk, reporting
from palier.modules.outreach.services.reporting import Outcome, Saved

LONGEST = 40
"""Calls on one sheet: what a caller makes in a day, at most."""


class SheetUnknown(DomainError):
    code = "outreach.sheet-unknown"
    message = _("No sheet has the number {number}. It is printed at the top of the page.")


@transaction.atomic
def make_sheets(*, by: Actor, at: datetime) -> int:
    """Make the sheets of the day: one a campaign and a caller, the most urgent calls first. Safe to run again.

    A sheet from which something was typed back stays as it was printed. Returns: how many sheets there are.
    """
    by.must(Permission.TEAM_LEAD)
    today, made = localdate(at), 0
    rows = Call.objects.filter(
        state__in=[CallState.WAITING, CallState.IN_CALL],
        due_on__lte=today,
        campaign__state="open",
        line__state=LineState.ACTIVE,
    ).exclude(phone="")
    groups: dict[tuple[UUID, UUID | None], list[UUID]] = {}
    for call in rows.order_by("due_on", "-score", "pk").only("pk", "campaign_id", "caller_id"):
        groups.setdefault((call.campaign_id, call.caller_id), []).append(call.pk)
    for (campaign_id, caller_id), calls in groups.items():
        made += _make(campaign_id, caller_id, calls[:LONGEST], today, at=at)
    journal.record("outreach.sheets.make", by=by, at=at, sheets=made)
    return made


def _make(campaign: UUID, caller: UUID | None, calls: list[UUID], today: date, *, at: datetime) -> int:
    sheet = CallSheet.objects.filter(campaign=campaign, agent=caller, day=today).first()
    if sheet is not None and (sheet.document_id or sheet.lines.filter(typed_at__isnull=False).exists()):
        return 1
    if sheet is None:
        number = (CallSheet.objects.aggregate(most=Max("number"))["most"] or 1000) + 1
        sheet = CallSheet.objects.create(
            campaign_id=campaign, agent_id=caller, day=today, number=number, made_at=at
        )
    sheet.lines.all().delete()
    CallSheetLine.objects.bulk_create(
        CallSheetLine(sheet=sheet, number=rank, call_id=call) for rank, call in enumerate(calls, 1)
    )
    return 1


@transaction.atomic
def print_sheet(*, sheet_id: UUID, by: Actor, at: datetime) -> Document:
    """Produce the paper of a sheet, once: what is typed back is read from the same lines.

    Raises: NotFound, NotAllowed.
    """
    by.must(Permission.CALL_MAKE)
    sheet = CallSheet.objects.select_for_update(of=("self",)).filter(pk=sheet_id).first()
    if sheet is None:
        raise NotFound
    data = printed_sheet(sheet_id=sheet.pk)
    persons = data.pop("persons")
    document = documents.produce(
        template="outreach/sheets/call_sheet.typ",
        data={"sheet": data},
        title=data["title"],
        by=by,
        at=at,
        kind="call-sheet",
        about=sheet,
        persons=persons,
        permission=str(Permission.CALL_MAKE),
        key=f"call-sheet:{sheet.pk}",
        retention_class="call-sheet",
        paper={"subtitle": data["subtitle"], "classification": "Confidentiel"},
    )
    sheet.document_id = document.pk
    sheet.save(update_fields=["document_id"])
    return document


def type_back(*, line_id: UUID, outcome: Outcome, by: Actor, at: datetime) -> Saved:
    """Write what a line of a sheet says. Typed twice, it is written once; done meanwhile, it is a report beside.

    Raises: NotFound, and what `reporting.save` raises.
    """
    line = CallSheetLine.objects.select_related("sheet").filter(pk=line_id).first()
    if line is None:
        raise NotFound
    with transaction.atomic():
        saved = reporting.save(call_id=line.call_id, outcome=outcome, by=by, at=at)
        if saved.stays_in_hand:
            # The paper has no second number to ring now: the household goes back on the list.
            desk.give_back(call_id=line.call_id, by=by, at=at)
        CallSheetLine.objects.filter(pk=line.pk).update(typed_at=at)
    return saved


def token_of(line_id: UUID) -> UUID:
    """Return the mark that makes a line typed twice count once."""
    return uuid5(NAMESPACE_URL, f"outreach-sheet-line:{line_id}")


def rung_on(day: date, *, at: datetime) -> datetime:
    """Return the moment that stands for a ring of that day: the paper says the day, not the hour."""
    return min(make_aware(datetime.combine(day, time(12))), at)


def sheet_id_of(number: int) -> UUID:
    """Return the sheet that has a number. Raises: SheetUnknown."""
    found = CallSheet.objects.filter(number=number).values_list("pk", flat=True).first()
    if found is None:
        raise SheetUnknown(number=number)
    return found
