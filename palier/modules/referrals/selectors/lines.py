"""What other modules show of referrals: one line each, with its result."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Now

from palier.modules.referrals.enums import CLOSED, NeedKind, ReferralState
from palier.modules.referrals.models import Referral, ReferralQuerySet, Transmission


@dataclass(frozen=True)
class ReferralLine:
    """A referral as the page of its source or of its person shows it."""

    id: UUID
    kind: str
    kind_label: str
    urgency: str
    state: str
    state_label: str
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str
    outcome: str
    outcome_label: str
    outcome_note: str
    partner_name: str
    is_overdue: bool
    is_closed: bool
    reference: str = ""
    urgency_label: str = ""


def overdue(moment: Any) -> Q:
    """The condition for being late: nobody acknowledged it in time, it is not settled by its date, or the partner
    who has it can answer no more, its link being out of time.
    """
    waiting = Q(state__in=[ReferralState.OPENED, ReferralState.RETURNED], ack_due_at__lte=moment)
    expired = Transmission.objects.filter(
        referral=OuterRef("pk"), ended_at__isnull=True, expires_at__lte=moment
    )
    taken = Q(state__in=[ReferralState.ACKNOWLEDGED, ReferralState.IN_PROGRESS])
    return waiting | taken & (Q(due_at__lte=moment) | Q(Exists(expired)))


def marked_overdue(rows: ReferralQuerySet, moment: Any = None) -> Any:
    """Add `late` to each row, by the database's clock unless a moment is given."""
    late = Case(
        When(overdue(Now() if moment is None else moment), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return rows.annotate(late=late)


def lines_of_source(source_kind: str, source_ids: Iterable[UUID]) -> dict[UUID, list[ReferralLine]]:
    """Return the referrals that come from these records, by record, the oldest first. One query."""
    rows = Referral.objects.in_clear().filter(source_kind=source_kind, source_id__in=list(source_ids))
    found: dict[UUID, list[ReferralLine]] = {}
    for row in marked_overdue(rows).select_related("partner").order_by("opened_at", "pk"):
        found.setdefault(row.source_id, []).append(line_of(row))
    return found


def lines_of_person(person_id: UUID, *, with_violence: bool = False) -> list[ReferralLine]:
    """Return a person's referrals, those still open first, then the latest. One query.

    Those about violence are left out: whoever calls shows this to people who may not know of them.
    """
    rows = Referral.objects.in_clear().filter(person_id=person_id)
    if not with_violence:
        rows = rows.exclude(kind=NeedKind.VIOLENCE)
    found = marked_overdue(rows).select_related("partner").order_by("-opened_at", "pk")
    return sorted((line_of(row) for row in found), key=lambda line: line.is_closed)


def line_of(row: Any) -> ReferralLine:
    """Turn a row with `late` and its partner joined into what pages show."""
    return ReferralLine(
        id=row.pk,
        kind=row.kind,
        kind_label=str(row.get_kind_display()),
        urgency=row.urgency,
        state=row.state,
        state_label=str(row.get_state_display()),
        opened_at=row.opened_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        outcome=row.outcome,
        outcome_label=str(row.get_outcome_display()) if row.outcome else "",
        outcome_note=row.outcome_note,
        partner_name=row.partner.name if row.partner else "",
        is_overdue=row.late,
        is_closed=row.state in CLOSED,
        reference=row.reference,
        urgency_label=str(row.get_urgency_display()),
    )
