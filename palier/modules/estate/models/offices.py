"""Where the landlord works: agencies, their sectors, the reception points open to the public."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast, Extract
from django.utils.translation import gettext_lazy as _

from palier.kernel.models import Record
from palier.kernel.search.expressions import search_key_column
from palier.modules.estate.enums import Weekday
from palier.modules.estate.models.columns import Located, code_present, located_constraints


class Agency(Located, Record):
    """An agency of the landlord: what groups residences and teams."""

    code = models.TextField(unique=True, error_messages={"unique": _("Another agency has this code.")})
    name = models.TextField()
    parent_name = models.TextField(blank=True, default="", db_default="")
    phone = models.TextField(blank=True, default="", db_default="")
    email = models.TextField(blank=True, default="", db_default="")
    is_open = models.BooleanField(default=True, db_default=True)
    search_key = search_key_column("name", "code", "city")

    class Meta:
        db_table = "estate_agency"
        constraints = [code_present("estate_agency_code_present"), *located_constraints("estate_agency")]
        indexes = [GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="estate_agency_search")]

    def __str__(self) -> str:
        return self.name


class Sector(Record):
    """A part of an agency's residences, usually one person's patch."""

    code = models.TextField(unique=True, error_messages={"unique": _("Another sector has this code.")})
    name = models.TextField()
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="sectors", null=True, blank=True)
    search_key = search_key_column("name", "code")

    class Meta:
        db_table = "estate_sector"
        constraints = [code_present("estate_sector_code_present")]

    def __str__(self) -> str:
        return self.name


class ReceptionPoint(Located, Record):
    """A place where tenants are received. Its mode (open, by appointment, closed) is the plan's to say."""

    code = models.TextField(
        unique=True, error_messages={"unique": _("Another reception point has this code.")}
    )
    name = models.TextField()
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="reception_points", null=True, blank=True)
    phone = models.TextField(blank=True, default="", db_default="")
    email = models.TextField(blank=True, default="", db_default="")
    access_notes = models.TextField(blank=True, default="", db_default="")
    is_open = models.BooleanField(default=True, db_default=True)
    search_key = search_key_column("name", "code", "city")

    class Meta:
        db_table = "estate_reception_point"
        constraints = [
            code_present("estate_reception_point_code_present"),
            *located_constraints("estate_reception_point"),
        ]
        indexes = [
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="estate_reception_search")
        ]

    def __str__(self) -> str:
        return self.name


class ReceptionHours(Record):
    """One opening of a reception point on one day of the week, `[opens_at, closes_at)`."""

    reception_point = models.ForeignKey(ReceptionPoint, models.CASCADE, related_name="hours")
    weekday = models.SmallIntegerField(choices=Weekday)
    opens_at = models.TimeField()
    closes_at = models.TimeField()
    by_appointment = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "estate_reception_hours"
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7)),
                name="estate_reception_hours_weekday",
                violation_error_message=_("Choose a day of the week."),
            ),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="estate_reception_hours_order",
                violation_error_message=_("The reception point must open before it closes."),
            ),
            ExclusionConstraint(
                name="estate_reception_hours_apart",
                expressions=[
                    ("reception_point", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (
                        Func(
                            Cast(Extract("opens_at", "epoch"), models.IntegerField()),
                            Cast(Extract("closes_at", "epoch"), models.IntegerField()),
                            function="int4range",
                            output_field=IntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("Two openings of the same day overlap. Join them or change one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"
