"""What the offline pack holds, and when it last left the machine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from palier.kernel.deliveries.enums import DeliveryState
from palier.kernel.deliveries.models import Delivery
from palier.kernel.organisations.current import current_organisation
from palier.kernel.ui import typography
from palier.modules.continuity.enums import CellKind, CellRole
from palier.modules.continuity.models import CellMember, OfflinePack, PackSettings, PlanVersion
from palier.modules.continuity.rules.plan_document import PlanDocument
from palier.modules.continuity.selectors import cell, log
from palier.modules.continuity.selectors.activations import activations_in_force
from palier.modules.continuity.selectors.measures import measures_of
from palier.modules.continuity.selectors.pack_annexes import annexes
from palier.modules.staff import public as staff

LANGUAGE = "fr"
#: Two nights without a pack that left the machine is a fault to show.
TOO_OLD = timedelta(hours=36)


@dataclass(frozen=True)
class PackLine:
    """One pack made, and where it went."""

    made_at: datetime
    made_by: str
    document_id: Any
    states: tuple[tuple[str, str, str], ...]
    left: bool


@dataclass(frozen=True)
class PackStatus:
    """What the board and the page of the pack say. `last_success`: when one last left the machine."""

    last_success: datetime | None
    last_made: datetime | None
    is_late: bool
    folder: str
    addresses: tuple[str, ...]
    has_password: bool
    has_somewhere_to_go: bool
    packs: tuple[PackLine, ...]


def pack_status(*, at: datetime, limit: int = 10) -> PackStatus:
    """Where the pack stands. Three queries."""
    kept = PackSettings.objects.first()
    packs = list(OfflinePack.objects.order_by("-made_at")[:limit])
    keys = [key for pack in packs for key in pack.delivery_keys]
    found = {one.key: one for one in Delivery.objects.filter(key__in=keys)}
    lines = tuple(_line(pack, found) for pack in packs)
    sent = [
        ended_at
        for pack in packs
        for key in pack.delivery_keys
        if key in found and found[key].state == DeliveryState.SENT and (ended_at := found[key].ended_at)
    ]
    last = max(sent, default=None)
    folder, addresses = folder_of_pack(), tuple(kept.addresses) if kept else ()
    return PackStatus(
        last,
        packs[0].made_at if packs else None,
        last is None or at - last > TOO_OLD,
        folder,
        addresses,
        bool(kept and kept.sealed_password),
        bool(folder or addresses),
        lines,
    )


def folder_of_pack() -> str:
    """Where packs are pushed: one sub-folder by organisation, under the folder that the installation
    names.
    """
    root = settings.PACK_FOLDER
    return str(root / current_organisation().slug) if root else ""


def _line(pack: OfflinePack, found: dict[str, Delivery]) -> PackLine:
    states = tuple(
        (found[key].target, found[key].get_state_display(), found[key].state)
        for key in pack.delivery_keys
        if key in found
    )
    return PackLine(
        pack.made_at,
        pack.made_by_name,
        pack.document_id,
        states,
        any(s[2] == DeliveryState.SENT for s in states),
    )


def pack_content(*, at: datetime) -> dict[str, Any]:
    """Everything that is printed, in French: plans in force, action cards, directory, presence of the day."""
    with translation.override(LANGUAGE):
        today = timezone.localdate(at)
        seq, head = log.head()
        return {
            "made_at": _moment(at),
            "levels": _levels(at),
            "chain": f"n° {seq} ({head[:16]})" if seq else "aucune",
            "directory": _directory(),
            "territorial": _territorial(),
            "contacts": _contacts(),
            "plans": [
                _plan(version)
                for version in PlanVersion.objects.in_force().select_related("plan").order_by("plan__code")
            ],
            "presence_intro": f"État connu le {_moment(at)}.",
            "presence": _presence(staff.presence_sheet_rows(on=today)),
            "annexes": annexes(at),
        }


def _moment(at: datetime) -> str:
    return typography.moment(timezone.localtime(at), language=LANGUAGE)


def _levels(at: datetime) -> str:
    said = [f"{one.plan_name}, niveau {one.level} ({one.scope_label})" for one in activations_in_force(at=at)]
    return " ; ".join(said) or "aucun"


def _directory() -> list[dict[str, str]]:
    rows = []
    for line in cell.role_lines():
        deputy = line.others[0] if line.others else None
        duty = line.on_duty
        rows.append(
            {
                "role": line.label,
                "name": duty.name if duty else "à désigner",
                "email": duty.email if duty else "",
                "phone": typography.phone(duty.phone) if duty else "",
                "deputy": deputy.name if deputy else "",
                "deputy_phone": typography.phone(deputy.phone) if deputy else "",
            }
        )
    return rows


def _territorial() -> list[dict[str, str]]:
    rows = CellMember.objects.filter(
        cell__kind=CellKind.TERRITORIAL, cell__is_active=True, until__isnull=True
    )
    return [
        {
            "cell": row.cell.name,
            "name": f"{row.name}{f' ({row.job})' if row.job else ''}",
            "organisation": row.organisation,
            "phone": typography.phone(row.phone),
        }
        for row in rows.select_related("cell").order_by("cell__name", "name")
    ]


def _contacts() -> list[dict[str, str]]:
    organisation = current_organisation()
    known = [("Astreinte", organisation.on_call_number), ("Standard", organisation.phone)]
    emergency = [("Urgences", "112"), ("SAMU", "15"), ("Police ou gendarmerie", "17"), ("Pompiers", "18")]
    return [
        {"label": label, "phone": typography.phone(number)}
        for label, number in (*known, *emergency)
        if number
    ]


def _plan(version: PlanVersion) -> dict[str, Any]:
    document = version.document
    return {
        "title": document.name,
        "version": str(version.number),
        "state": str(version.get_state_display()),
        "approved": typography.short_day(version.approved_on) if version.approved_on else "",
        "next_review": typography.short_day(version.next_review_on) if version.next_review_on else "",
        "levels": [
            {
                "title": f"Niveau {level.code} – {level.name}",
                "summary": level.summary,
                "services": measures_of(level),
            }
            for level in document.ordered_levels()
        ],
        "cards": [
            _card(card, level.code, level.name, document)
            for level in document.ordered_levels()
            for card in level.tasks
        ],
    }


def _card(card: Any, level: str, level_name: str, document: PlanDocument) -> dict[str, str]:
    titles = {one.code: one.title for one in document.levels[level].tasks}
    return {
        "title": card.title,
        "level": f"{level} – {level_name}",
        "delay": card.delay,
        "role": _role(card.role),
        "deputy": _role(card.deputy),
        "after": " ; ".join(titles.get(code, code) for code in card.after),
        "instructions": "\n".join(f"{rank}. {step}" for rank, step in enumerate(card.steps, 1)),
    }


def _role(code: str) -> str:
    return str(CellRole(code).label) if code in CellRole.values else code


def _presence(rows: Iterable[staff.PresenceLine]) -> list[dict[str, Any]]:
    teams: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        teams.setdefault(row.team or "Sans équipe", []).append(
            {
                "name": row.name,
                "job": row.job_label,
                "phone": typography.phone(row.phone),
                "state": row.state_label,
            }
        )
    return [{"name": name, "agents": agents} for name, agents in teams.items()]
