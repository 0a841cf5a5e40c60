"""Call sheets: those of the days that matter, what one says, and their pages in the night's pack."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.ui import typography
from palier.modules.continuity import public as continuity
from palier.modules.outreach.enums import CallState
from palier.modules.outreach.models import CallSheet, CallSheetLine, LineMember
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.selectors.desk import (
    MemberName,
    addressed,
    days_since_heard,
    reasons_on_day,
)
from palier.modules.outreach.selectors.scripts import spoken

LANGUAGE = "fr"


@dataclass(frozen=True)
class SheetRow:
    """A sheet in the list."""

    id: UUID
    number: int
    day: date
    campaign: str
    caller: str
    lines: int
    typed: int
    document_id: UUID | None


@dataclass(frozen=True)
class LineRow:
    """A line to type back. `done_by`: who reached the household meanwhile, "" when nobody did."""

    id: UUID
    number: int
    names: str
    members: tuple[MemberName, ...]
    phone: str
    place: str
    is_typed: bool
    done_by: str
    state_label: str


@dataclass(frozen=True)
class SheetCard:
    """A sheet with its lines."""

    id: UUID
    number: int
    day: date
    campaign: str
    caller: str
    lines: tuple[LineRow, ...]
    document_id: UUID | None


def sheets(*, actor: Actor, at: datetime) -> list[SheetRow]:
    """Return the sheets of the last week, the latest first. Two queries."""
    actor.must(Permission.CALL_MAKE)
    since = localdate(at) - timedelta(days=7)
    rows = (
        CallSheet.objects.filter(day__gte=since)
        .select_related("campaign", "agent")
        .order_by("-day", "number")
    )
    found = list(rows[:200])
    counts: dict[UUID, list[bool]] = {}
    for sheet_id, typed_at in CallSheetLine.objects.filter(sheet__in=found).values_list(
        "sheet_id", "typed_at"
    ):
        counts.setdefault(sheet_id, []).append(typed_at is not None)
    return [
        SheetRow(
            row.pk,
            row.number,
            row.day,
            row.campaign.name,
            row.agent.name if row.agent else "",
            len(counts.get(row.pk, [])),
            sum(counts.get(row.pk, [])),
            row.document_id,
        )
        for row in found
    ]


def sheet_card(*, sheet_id: UUID, actor: Actor) -> SheetCard:
    """Return a sheet with its lines. Four queries. Raises: NotFound."""
    actor.must(Permission.CALL_MAKE)
    sheet = CallSheet.objects.select_related("campaign", "agent").filter(pk=sheet_id).first()
    if sheet is None:
        raise NotFound
    lines = _lines([sheet.pk])
    names = _names(line.call.line_id for line in lines)
    return SheetCard(
        sheet.pk,
        sheet.number,
        sheet.day,
        sheet.campaign.name,
        sheet.agent.name if sheet.agent else "",
        tuple(_row(line, names) for line in lines),
        sheet.document_id,
    )


def _lines(sheet_ids: Iterable[UUID]) -> list[CallSheetLine]:
    return list(
        CallSheetLine.objects.filter(sheet__in=list(sheet_ids))
        .select_related("call__line__residence", "call__line__lot")
        .prefetch_related("call__attempts")
        .order_by("sheet", "number")
    )


def _names(line_ids: Iterable[UUID]) -> dict[UUID, list[Any]]:
    rows = LineMember.objects.filter(
        line__in=list(line_ids), person__sealed_at__isnull=True, person__deceased_on__isnull=True
    ).select_related("person")
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.line_id, []).append(row)
    return found


def _row(line: CallSheetLine, names: dict[UUID, list[Any]]) -> LineRow:
    call = line.call
    over = call.state not in (CallState.WAITING, CallState.IN_CALL)
    last = max(call.attempts.all(), key=lambda one: one.at, default=None)
    return LineRow(
        id=line.pk,
        number=line.number,
        names=", ".join(row.person.name for row in names.get(call.line_id, [])),
        members=tuple(MemberName(row.person_id, row.person.name) for row in names.get(call.line_id, [])),
        phone=call.phone,
        place=_place(call),
        is_typed=line.typed_at is not None,
        done_by=last.by_name if over and last and line.typed_at is None else "",
        state_label=str(call.get_state_display()),
    )


def _place(call: Any) -> str:
    lot = f", {call.line.lot.code}" if call.line.lot else ""
    return f"{call.line.residence.name}{lot}"


def printed_sheet(*, sheet_id: UUID) -> dict[str, Any]:
    """Return what the paper of a sheet says, in French. Sealed persons are on none."""
    sheet = CallSheet.objects.select_related("campaign", "agent").get(pk=sheet_id)
    lines = _lines([sheet.pk])
    names = _names(line.call.line_id for line in lines)
    persons = [row.person_id for rows in names.values() for row in rows]
    heard = days_since_heard(persons, on=sheet.day)
    caller = sheet.agent.name if sheet.agent else ""
    said = spoken(
        context=sheet.campaign.context,
        language=LANGUAGE,
        values={"caller": caller or "…", "person": "…", "residence": "votre résidence"},
    )
    return {
        "title": f"Feuille d’appels n° {sheet.number}",
        "subtitle": f"{typography.day(sheet.day)} – {caller or 'sans appelant désigné'} – {sheet.campaign.name}",
        "number": str(sheet.number),
        "script": list(said.paragraphs),
        "voicemail": said.voicemail,
        "anti_fraud": said.anti_fraud,
        "persons": persons,
        "lines": [_printed(line, names.get(line.call.line_id, []), heard) for line in lines],
    }


def _printed(line: CallSheetLine, rows: list[Any], heard: Mapping[UUID, int]) -> dict[str, str]:
    why = [text for row in rows for text in reasons_on_day(row, heard.get(row.person_id))]
    return {
        "number": str(line.number),
        "names": ", ".join(addressed(row.person) for row in rows),
        "phone": typography.phone(line.call.phone),
        "place": _place(line.call),
        "why": ", ".join(why),
    }


@continuity.pack_annex("outreach-sheets")
def pages_of_pack(at: datetime) -> list[dict[str, Any]]:
    """Give the night's pack the sheets of the day: who calls whom, with the script and boxes to tick."""
    today = CallSheet.objects.filter(day=localdate(at)).order_by("number").values_list("pk", flat=True)
    return [_annex(printed_sheet(sheet_id=one)) for one in list(today)]


def _annex(sheet: dict[str, Any]) -> dict[str, Any]:
    boxes = "☐ va bien  ☐ besoin  ☐ alerte  ☐ pas de réponse  ☐ message  ☐ faux n°  ☐ refuse"
    return {
        "title": f"{sheet['title']} – {sheet['subtitle']}",
        "notes": [*sheet["script"], sheet["anti_fraud"]],
        "columns": ["N°", "Foyer", "Téléphone", "Résultat"],
        "rows": [
            [line["number"], f"{line['names']}\n{line['place']}", line["phone"], boxes]
            for line in sheet["lines"]
        ],
    }
