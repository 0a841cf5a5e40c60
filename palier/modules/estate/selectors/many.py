"""What would become of many lots, reservations or residences: the plans of bulk actions."""

from datetime import datetime
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Concat
from django.db.models.functions.comparison import Coalesce

from palier.kernel.access import Actor
from palier.kernel.bulk import planned, with_state
from palier.modules.estate.enums import LotAction, LotStatus, ReservationState
from palier.modules.estate.models import Lot, Reservation, Residence
from palier.modules.estate.permissions import Permission
from palier.modules.estate.selectors.lots import reservations_in_force
from palier.modules.estate.services.statuses import AGAINST_HOLDER
from palier.modules.estate.workflow import LOT

HELD = "held"
WRONG_STATUS = "wrong-status"
NOT_VACANT = "not-vacant"
OVERLAPS = "overlaps"


def _lots(by: Actor) -> QuerySet[Lot]:
    return Lot.objects.all() if by.may(Permission.LOT_READ) else Lot.objects.none()


LOT_LABEL = Concat(F("code"), Value(" – "), F("residence__name"), output_field=TextField())


def _status_words() -> Case:
    return Case(
        *(When(status=code, then=Value(str(label))) for code, label in LotStatus.choices),
        default=Value(""),
        output_field=TextField(),
    )


def status_plan(*, action: str, by: Actor, at: datetime) -> QuerySet:
    """Lots that would take one step of their workflow."""
    sources, target, _permission = LOT.table[LotAction(action)]
    refused = {WRONG_STATUS: ~Q(status__in=[*sources, target])}
    if LotAction(action) in AGAINST_HOLDER:
        refused[HELD] = Q(Exists(reservations_in_force(at).filter(lot=OuterRef("pk"))))
    return planned(
        _lots(by), label=LOT_LABEL, now=_status_words(), refused=refused,
        unchanged=Q(status=target) & ~Q(status__in=sources),
    )  # fmt: skip


def status_states() -> QuerySet:
    return with_state(Lot.objects.all(), status="status", since=Cast("status_since", TextField()))


def reserve_plan(*, starts_at: datetime, ends_at: datetime | None, by: Actor) -> QuerySet:
    """Lots that would be reserved over a period."""
    from psycopg.types.range import Range

    taken = Reservation.objects.filter(lot=OuterRef("pk"), period__overlap=Range(starts_at, ends_at, "[)"))
    return planned(
        _lots(by), label=LOT_LABEL, now=_status_words(),
        refused={OVERLAPS: Q(Exists(taken)), NOT_VACANT: ~Q(status=LotStatus.VACANT)},
    )  # fmt: skip


def reserve_states() -> QuerySet:
    """The reservation that holds each lot, the last one made."""
    held = Reservation.objects.filter(lot=OuterRef("pk"), state=ReservationState.HELD).order_by(
        "-reserved_at", "-pk"
    )
    return with_state(Lot.objects.all(), reservation=Subquery(held.values("pk")[:1]))


def release_plan(*, by: Actor) -> QuerySet:
    """Reservations that would be released."""
    rows = Reservation.objects.all() if by.may(Permission.LOT_READ) else Reservation.objects.none()
    label = Concat(F("lot__code"), Value(" – "), F("lot__residence__name"), output_field=TextField())
    return planned(rows, label=label, now="holder", unchanged=~Q(state=ReservationState.HELD))


def release_states() -> QuerySet:
    return with_state(Reservation.objects.all(), state="state", period=Cast("period", TextField()))


def attach_plan(*, agency_id: UUID | None, sector_id: UUID | None, by: Actor) -> QuerySet:
    """Residences that would be attached to an agency, to a sector, or to both; None leaves one as it is."""
    rows = Residence.objects.all() if by.may(Permission.RESIDENCE_READ) else Residence.objects.none()
    same = Q()
    if agency_id:
        same &= Q(agency_id=agency_id)
    if sector_id:
        same &= Q(sector_id=sector_id)
    now = Concat(_or_dash("agency__name"), Value(" / "), _or_dash("sector__name"), output_field=TextField())
    return planned(rows, label="name", now=now, unchanged=same)


def _or_dash(column: str) -> Coalesce:
    return Coalesce(F(column), Value("—"), output_field=TextField())


def attach_states() -> QuerySet:
    return with_state(Residence.objects.all(), agency="agency_id", sector="sector_id")
