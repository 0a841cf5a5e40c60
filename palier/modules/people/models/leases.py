"""Leases and who is party to them."""

from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.columns import flag, known, text
from palier.kernel.models import Record
from palier.kernel.search.expressions import search_key_column
from palier.modules.people.enums import LeaseNature, LeaseStatus, PartyRole, Relation
from palier.modules.people.models.persons import Household, Person
from palier.modules.people.rules.leases import status_on


class LeaseQuerySet(models.QuerySet["Lease"]):
    def in_force(self, on: date) -> "LeaseQuerySet":
        """Leases whose lot is occupied under them on a day. Periods are half-open: the day of exit is out."""
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gt=on), entered_on__lte=on)

    def in_clear(self) -> "LeaseQuerySet":
        """Leases that may be shown: those of a sealed person alone are not."""
        return self.filter(sealed_at__isnull=True)


class Lease(Record):
    """A contract on a lot, `[entered_on, left_on)`. Its status is worked out from its dates.

    `balance` is what the ERP said on `balance_on`, in euros, above zero when the tenant owes; it serves the arrears
    flag alone. A lease whose only holder is sealed keeps its lot and dates and loses everything else; its `sealed_at`
    says no more than a year.
    `is_left_by_absence`: a full file ended it by not naming it. `is_kept_when_absent`: no file may do so.
    """

    reference = text()
    lot = models.ForeignKey("estate.Lot", models.PROTECT, related_name="+")
    nature = models.TextField(
        choices=LeaseNature, default=LeaseNature.CONVENTIONED, db_default="conventioned"
    )
    entered_on = models.DateField()
    notice_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    balance = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    balance_on = models.DateField(null=True, blank=True)
    household = models.ForeignKey(Household, models.SET_NULL, null=True, blank=True, related_name="leases")
    is_left_by_absence = flag()
    is_kept_when_absent = flag()
    sealed_at = models.DateTimeField(null=True, blank=True)
    search_key = search_key_column("reference")

    objects = LeaseQuerySet.as_manager()

    class Meta:
        db_table = "people_lease"
        verbose_name = _("lease")
        verbose_name_plural = _("leases")
        constraints = [
            known("nature", LeaseNature, "people_lease_nature_known"),
            models.UniqueConstraint(
                fields=["reference"],
                condition=~Q(reference=""),
                name="people_lease_reference_once",
                violation_error_message=_("Another lease has this contract number."),
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=False) | ~Q(reference=""),
                name="people_lease_reference_present",
                violation_error_message=_("Give the contract number."),
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True)
                | Q(reference="", household__isnull=True, balance__isnull=True, balance_on__isnull=True),
                name="people_lease_sealed_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("entered_on")),
                name="people_lease_dates",
                violation_error_message=_("The exit comes before the entry. Correct one of the two dates."),
            ),
        ]
        indexes = [
            models.Index(fields=["lot", "entered_on"], name="people_lease_lot"),
            models.Index(fields=["household"], name="people_lease_household"),
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="people_lease_search"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_sealed(self) -> bool:
        return self.sealed_at is not None

    def status(self, on: date) -> LeaseStatus:
        """Say where the lease stands on a day."""
        return LeaseStatus(status_on(self.entered_on, self.notice_on, self.left_on, on))


class LeaseParty(Record):
    """A person in a lease, `[since, until)`; a co-holder who leaves keeps the lease alive for the others."""

    lease = models.ForeignKey(Lease, models.CASCADE, related_name="parties")
    person = models.ForeignKey(Person, models.PROTECT, related_name="parties")
    role = models.TextField(choices=PartyRole)
    relation = text(choices=Relation)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "people_lease_party"
        verbose_name = _("place in a lease")
        verbose_name_plural = _("places in leases")
        constraints = [
            known("role", PartyRole, "people_lease_party_role_known"),
            known("relation", Relation, "people_lease_party_relation_known", blank=True),
            models.UniqueConstraint(
                fields=["lease", "person"],
                name="people_lease_party_once",
                violation_error_message=_("This person is already party to this lease."),
            ),
            models.UniqueConstraint(
                fields=["lease"],
                condition=Q(role=PartyRole.HOLDER, until__isnull=True),
                name="people_lease_one_holder",
                violation_error_message=_("This lease has a holder already: add a co-holder."),
            ),
        ]
        indexes = [models.Index(fields=["person"], name="people_lease_party_person")]

    def __str__(self) -> str:
        return f"{self.lease_id} {self.role}"
