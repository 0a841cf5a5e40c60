"""Reads for the pages of partners: the list, one partner, the emergency numbers."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.geography.models import Commune, Department
from palier.kernel.parameters import value_of
from palier.kernel.search.matching import best_matches
from palier.modules.partners.enums import NeedKind
from palier.modules.partners.models import EmergencyNumber, Partner, PartnerQuerySet, Protocol
from palier.modules.partners.rules.hours import open_at
from palier.modules.partners.rules.parameters import NUMBER_CHECK, PARTNER_CHECK


@dataclass(frozen=True)
class PartnerPage:
    """Everything that a partner's page shows."""

    record: Any
    kind_label: str
    needs: tuple[str, ...]
    departments: tuple[str, ...]
    communes: tuple[str, ...]
    contacts: tuple[Any, ...]
    protocols: tuple[Any, ...]
    is_open: bool | None
    must_check: bool


@dataclass(frozen=True)
class NumberLine:
    """An emergency number for its page; `must_check`: nobody looked at it for too long."""

    record: Any
    needs: tuple[str, ...]
    must_check: bool


def partners(*, actor: Actor) -> PartnerQuerySet:
    """Return the partners that the actor may see, for a list."""
    return Partner.objects.visible_to(actor)


def need_labels(codes: Any) -> tuple[str, ...]:
    """Return the words for codes of needs, in the order of the list."""
    return tuple(str(need.label) for need in NeedKind if need.value in codes)


def partner_page(partner_id: UUID, *, actor: Actor, at: datetime) -> PartnerPage:
    """Return one partner. Raises: NotFound. Five queries."""
    record = partners(actor=actor).filter(pk=partner_id).first()
    if record is None:
        raise NotFound
    today = timezone.localdate(at)
    return PartnerPage(
        record=record,
        kind_label=str(record.get_kind_display()),
        needs=need_labels(record.needs),
        departments=tuple(department_names(record.departments)),
        communes=tuple(commune_names(record.communes)),
        contacts=tuple(record.contacts.order_by("-receives_referrals", "name")),
        protocols=tuple(record.protocols.order_by("-starts_on", "title")),
        is_open=open_at(record.opening_hours, timezone.localtime(at)),
        must_check=_must_check(record.checked_on, today, PARTNER_CHECK.key),
    )


def department_names(codes: list[str]) -> list[str]:
    """Return « Aude (11) » for each code; a code that means nothing is shown as it is."""
    names = dict(Department.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    return [f"{names[code]} ({code})" if code in names else code for code in codes]


def commune_names(codes: list[str]) -> list[str]:
    names = dict(Commune.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    return [names.get(code, code) for code in codes]


def numbers(*, at: datetime) -> list[NumberLine]:
    """Return every emergency number, hidden ones last. One query."""
    today = timezone.localdate(at)
    return [
        NumberLine(one, need_labels(one.needs), _must_check(one.checked_on, today, NUMBER_CHECK.key))
        for one in EmergencyNumber.objects.order_by("-is_shown", "position", "number")
    ]


def number_record(number_id: UUID) -> EmergencyNumber:
    """Raises: NotFound."""
    found = EmergencyNumber.objects.filter(pk=number_id).first()
    if found is None:
        raise NotFound
    return found


def find_partners(*, text: str, actor: Actor, limit: int) -> list[Any]:
    """Return the partners whose name, commune or code resembles a text, the nearest first."""
    return list(best_matches(partners(actor=actor), text, limit=limit))


def _must_check(checked_on: date | None, today: date, key: str) -> bool:
    return checked_on is None or checked_on + timedelta(days=int(value_of(key, on=today))) < today


def partner_of_protocol(protocol_id: UUID) -> UUID:
    """Return whose agreement this is. Raises: NotFound."""
    found = Protocol.objects.filter(pk=protocol_id).values_list("partner_id", flat=True).first()
    if found is None:
        raise NotFound
    return found
