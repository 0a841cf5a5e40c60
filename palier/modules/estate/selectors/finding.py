"""What the header's search box finds in the estate, and the titles of history pages."""

from uuid import UUID

from django.db.models import Count

from palier.kernel.search.matching import best_matches
from palier.modules.estate.models import Agency, ReceptionPoint, Reservation, Residence
from palier.modules.estate.selectors.lots import LotRow, ReservationRow, lot_row, reservation_row, with_places
from palier.modules.estate.selectors.tree import ResidenceRow, residence_row, with_dwellings


def residences_found(text: str, *, limit: int) -> list[ResidenceRow]:
    """Residences whose name, code or address resembles a text."""
    rows = with_dwellings(Residence.objects.select_related("agency", "sector"))
    return [residence_row(record) for record in best_matches(rows, text, limit=limit)]


def lots_found(text: str, *, limit: int) -> list[LotRow]:
    """Lots whose code begins like a text or holds it."""
    return [lot_row(record) for record in best_matches(with_places(), text, limit=limit)]


def offices_found(text: str, *, limit: int) -> list[tuple[str, UUID, str, str]]:
    """Reception points and agencies: (kind, id, name, phone)."""
    points = best_matches(ReceptionPoint.objects.all(), text, limit=limit)
    agencies = best_matches(Agency.objects.annotate(n=Count("residences")), text, limit=limit)
    return [
        *(("reception", point.id, point.name, point.phone) for point in points),
        *(("agency", agency.id, agency.name, agency.phone) for agency in agencies),
    ]


def reservation(reservation_id: UUID) -> ReservationRow | None:
    """One reservation, None when there is none."""
    record = Reservation.objects.select_related("lot").filter(pk=reservation_id).first()
    return reservation_row(record) if record else None
