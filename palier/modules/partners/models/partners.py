"""Partners, the people to speak to there, and what was agreed with them."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.columns import known, text
from palier.kernel.models import Record
from palier.kernel.search.expressions import search_key_column
from palier.modules.partners.enums import NeedKind, PartnerKind
from palier.modules.partners.permissions import Permission


def _codes() -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.TextField(), default=list, db_default=[], blank=True)


class PartnerQuerySet(models.QuerySet["Partner"]):
    def visible_to(self, actor: Actor) -> Self:
        return self if actor.may(Permission.PARTNER_VIEW) else self.none()

    def serving(self, *, department: str | None = None, commune: str | None = None) -> Self:
        """Keep those who serve a place. No department named: everywhere; no commune named: the whole of them."""
        rows = self
        if commune:
            department = department or (commune[:3] if commune[:2] in ("97", "98") else commune[:2])
            rows = rows.filter(Q(communes=[]) | Q(communes__contains=[commune]))
        if department:
            rows = rows.filter(Q(departments=[]) | Q(departments__contains=[department]))
        return rows

    def meeting(self, need: str) -> Self:
        return self.filter(needs__contains=[need])


class Partner(Record):
    """A body with which the landlord works: it receives referrals, helps tenants, or supplies.

    `departments` and `communes` (Insee codes) say where it acts: empty means everywhere it may be asked. `needs`
    holds codes of `NeedKind`. `checked_on`: when somebody last made sure that the entry is true.
    """

    reference = models.TextField(unique=True, error_messages={"unique": _("Another partner has this code.")})
    name = models.TextField()
    kind = models.TextField(choices=PartnerKind)
    phone = text()
    email = text()
    website = text()
    address = text()
    postcode = text()
    city = text()
    insee_code = text()
    departments = _codes()
    communes = _codes()
    needs = _codes()
    opening_hours = text()
    how_to_reach = text()
    note = text()
    is_active = models.BooleanField(default=True, db_default=True)
    checked_on = models.DateField(null=True, blank=True)
    search_key = search_key_column("name", "city", "reference")

    objects = PartnerQuerySet.as_manager()

    class Meta:
        db_table = "partners_partner"
        constraints = [
            known("kind", PartnerKind, "partners_partner_kind_known"),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="partners_partner_named",
                violation_error_message=_("Give a name."),
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="partners_partner_reference_present"),
            models.CheckConstraint(
                condition=Q(needs__contained_by=NeedKind.values), name="partners_partner_needs_known"
            ),
        ]
        indexes = [
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="partners_partner_search"),
            GinIndex(fields=["needs"], name="partners_partner_needs"),
            models.Index(fields=["search_key", "id"], name="partners_partner_sort"),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerContact(Record):
    """Somebody to speak to at a partner's. `receives_referrals`: hand-overs are sent to this address first."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="contacts")
    name = models.TextField()
    role = text()
    phone = text()
    email = text()
    receives_referrals = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "partners_contact"
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="partners_contact_named",
                violation_error_message=_("Give a name."),
            ),
            models.CheckConstraint(
                condition=~Q(phone="", email=""),
                name="partners_contact_reachable",
                violation_error_message=_("Give at least a telephone number or an e-mail address."),
            ),
            models.UniqueConstraint(
                fields=["partner"],
                condition=Q(receives_referrals=True),
                name="partners_contact_one_receives",
                violation_error_message=_("Another contact receives the referrals. Change that one first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Protocol(Record):
    """What was agreed with a partner: a document, its dates, half-open `[starts_on, ends_on)`."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="protocols")
    title = models.TextField()
    signed_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    note = text()
    document_id = models.UUIDField(null=True, blank=True)

    class Meta:
        db_table = "partners_protocol"
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="partners_protocol_titled",
                violation_error_message=_("Give a title."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="partners_protocol_period",
                violation_error_message=_("The end must come after the start."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def runs_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)
