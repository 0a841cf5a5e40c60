"""Lots (dwellings and everything else that is let) and their reservations."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.models import Record
from palier.kernel.search.expressions import search_key_column
from palier.modules.estate.enums import (
    EnergyClass,
    Financing,
    LotKind,
    LotStatus,
    ReservationPurpose,
    ReservationState,
    Typology,
)
from palier.modules.estate.models.columns import code_present, known
from palier.modules.estate.models.tree import Building, Entrance, Residence


class Lot(Record):
    """A dwelling or any other lot. `code` is the landlord's own (Code ESI); `rpls_id` is RPLS's IDENT_REP.

    Units: surface_m2 in square metres of habitable surface. `status` changes by the workflow `estate.lot`.
    """

    code = models.TextField(unique=True, error_messages={"unique": _("Another lot has this code.")})
    residence = models.ForeignKey(Residence, models.PROTECT, related_name="lots")
    building = models.ForeignKey(Building, models.PROTECT, related_name="lots", null=True, blank=True)
    entrance = models.ForeignKey(Entrance, models.PROTECT, related_name="lots", null=True, blank=True)
    kind = models.TextField(choices=LotKind, default=LotKind.DWELLING, db_default="dwelling")
    status = models.TextField(choices=LotStatus, default=LotStatus.UNKNOWN, db_default="unknown")
    status_since = models.DateField(null=True, blank=True)
    door = models.TextField(blank=True, default="", db_default="")
    floor = models.SmallIntegerField(null=True, blank=True)
    typology = models.TextField(choices=Typology, blank=True, default="", db_default="")
    rooms = models.SmallIntegerField(null=True, blank=True)
    surface_m2 = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    financing = models.TextField(choices=Financing, blank=True, default="", db_default="")
    convention_number = models.TextField(blank=True, default="", db_default="")
    convention_on = models.DateField(null=True, blank=True)
    energy_class = models.TextField(choices=EnergyClass, blank=True, default="", db_default="")
    ghg_class = models.TextField(choices=EnergyClass, blank=True, default="", db_default="")
    energy_assessed_on = models.DateField(null=True, blank=True)
    is_accessible = models.BooleanField(null=True, blank=True)
    rpls_id = models.TextField(null=True, blank=True)
    search_key = search_key_column("code", "door")

    class Meta:
        db_table = "estate_lot"
        constraints = [
            code_present("estate_lot_code_present"),
            known("kind", LotKind, "estate_lot_kind_known"),
            known("status", LotStatus, "estate_lot_status_known"),
            known("typology", Typology, "estate_lot_typology_known", blank=True),
            known("financing", Financing, "estate_lot_financing_known", blank=True),
            known("energy_class", EnergyClass, "estate_lot_energy_known", blank=True),
            known("ghg_class", EnergyClass, "estate_lot_ghg_known", blank=True),
            models.UniqueConstraint(
                fields=["rpls_id"],
                name="estate_lot_rpls_once",
                violation_error_message=_("Another lot has this RPLS identifier."),
            ),
            models.CheckConstraint(
                condition=Q(surface_m2__isnull=True) | Q(surface_m2__gt=0, surface_m2__lt=100_000),
                name="estate_lot_surface",
                violation_error_message=_("Write a surface in square metres, above zero, or leave it empty."),
            ),
            models.CheckConstraint(
                condition=Q(rooms__isnull=True) | Q(rooms__range=(1, 30)),
                name="estate_lot_rooms",
                violation_error_message=_("Write a number of rooms between 1 and 30, or leave it empty."),
            ),
            models.CheckConstraint(
                condition=Q(floor__isnull=True) | Q(floor__range=(-9, 99)),
                name="estate_lot_floor",
                violation_error_message=_("Write a floor between −9 and 99, or leave it empty."),
            ),
        ]
        indexes = [
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="estate_lot_search"),
            models.Index(fields=["residence", "kind", "status"], name="estate_lot_counts"),
            models.Index(fields=["status", "kind"], name="estate_lot_status"),
        ]

    def __str__(self) -> str:
        return self.code


class Reservation(Record):
    """A lot taken for a purpose during `[start, end)`; two reservations of one lot never overlap.

    Releasing ends the period at the moment of release, so that the past stays true.
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="reservations")
    purpose = models.TextField(choices=ReservationPurpose)
    holder = models.TextField()
    period = DateTimeRangeField()
    state = models.TextField(choices=ReservationState, default=ReservationState.HELD, db_default="held")
    note = models.TextField(blank=True, default="", db_default="")
    reference = models.TextField(blank=True, default="", db_default="")
    reserved_by = models.TextField()
    reserved_at = models.DateTimeField()
    released_by = models.TextField(blank=True, default="", db_default="")
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason = models.TextField(blank=True, default="", db_default="")

    class Meta:
        db_table = "estate_reservation"
        constraints = [
            known("purpose", ReservationPurpose, "estate_reservation_purpose_known"),
            known("state", ReservationState, "estate_reservation_state_known"),
            models.CheckConstraint(
                condition=~Q(holder=""),
                name="estate_reservation_holder_present",
                violation_error_message=_("Say who holds the reservation."),
            ),
            models.CheckConstraint(
                condition=Q(state=ReservationState.HELD, released_at__isnull=True)
                | Q(state=ReservationState.RELEASED, released_at__isnull=False),
                name="estate_reservation_release_dated",
                violation_error_message=_("A released reservation needs the moment of its release."),
            ),
            ExclusionConstraint(
                name="estate_reservation_apart",
                expressions=[("lot", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message=_("This lot is already reserved over part of this period."),
            ),
        ]
        indexes = [models.Index(fields=["lot", "state"], name="estate_reservation_lot")]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.purpose}"
