"""The property tree: residence, building, entrance. Levels under the residence may be missing."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Greatest, Left, Length, LPad
from django.utils.translation import gettext_lazy as _

from palier.kernel.models import Record
from palier.kernel.search.expressions import search_key_column
from palier.modules.estate.enums import BuildingType, ResidenceSource
from palier.modules.estate.models.columns import Located, code_present, known, located_constraints
from palier.modules.estate.models.offices import Agency, Sector

# Landlords keep buildings of the Middle Ages in old town centres.
YEARS = (1200, 2100)
HOUSE_ORDER = LPad(F("number"), Greatest(Length(F("number")), Value(4)), Value("0"))


class District(Record):
    """A priority district of the city policy (QPV, loi n° 2014-173 du 21 février 2014, art. 5)."""

    code = models.TextField(unique=True)
    name = models.TextField(blank=True, default="", db_default="")

    class Meta:
        db_table = "estate_district"
        constraints = [code_present("estate_district_code_present")]

    def __str__(self) -> str:
        return self.name or self.code


class Residence(Located, Record):
    """What tenants call by one name: a group of buildings, one building, or one house.

    A *skeleton* comes from an open RPLS file: an address and a declared number of dwellings, no lot. What two
    ways of writing its address have in common is kept in `address_key` and `name_key`.
    """

    code = models.TextField(unique=True, error_messages={"unique": _("Another residence has this code.")})
    name = models.TextField()
    source = models.TextField(
        choices=ResidenceSource, default=ResidenceSource.LANDLORD, db_default="landlord"
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="residences", null=True, blank=True)
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="residences", null=True, blank=True)
    building_type = models.TextField(choices=BuildingType, blank=True, default="", db_default="")
    built_year = models.SmallIntegerField(null=True, blank=True)
    first_let_year = models.SmallIntegerField(null=True, blank=True)
    in_priority_district = models.BooleanField(null=True, blank=True)
    district = models.ForeignKey(District, models.PROTECT, related_name="residences", null=True, blank=True)
    declared_dwellings = models.IntegerField(null=True, blank=True)
    has_lift = models.BooleanField(null=True, blank=True)
    collective_heating = models.BooleanField(null=True, blank=True)
    address_key = models.TextField(blank=True, default="", db_default="")
    name_key = models.TextField(blank=True, default="", db_default="")
    department_code = models.GeneratedField(
        expression=Case(
            When(insee_code__regex="^9[78]", then=Left("insee_code", 3)),
            default=Left("insee_code", 2),
            output_field=models.TextField(),
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    # By name, then along the street: number 2 comes before number 10.
    search_key = search_key_column("name", "street_type", "street_name", HOUSE_ORDER, "city", "code")

    class Meta:
        db_table = "estate_residence"
        constraints = [
            code_present("estate_residence_code_present"),
            *located_constraints("estate_residence"),
            known("source", ResidenceSource, "estate_residence_source_known"),
            known("building_type", BuildingType, "estate_residence_type_known", blank=True),
            models.CheckConstraint(
                condition=Q(built_year__isnull=True) | Q(built_year__range=YEARS),
                name="estate_residence_built_year",
                violation_error_message=_(
                    "Write the year of construction with four digits, or leave it empty."
                ),
            ),
            models.CheckConstraint(
                condition=Q(declared_dwellings__isnull=True) | Q(declared_dwellings__gte=0),
                name="estate_residence_declared",
                violation_error_message=_("The number of dwellings cannot be negative."),
            ),
            models.CheckConstraint(
                condition=~Q(source=ResidenceSource.RPLS)
                | (~Q(address_key=Value("")) & Q(declared_dwellings__isnull=False)),
                name="estate_residence_skeleton_whole",
                violation_error_message=_(
                    "A residence from RPLS needs its address and its number of dwellings."
                ),
            ),
            models.UniqueConstraint(
                fields=["address_key", "name_key"],
                condition=Q(source=ResidenceSource.RPLS),
                name="estate_residence_skeleton_once",
                violation_error_message=_("A residence with this address and this name exists already."),
            ),
        ]
        indexes = [
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="estate_residence_search"),
            models.Index(fields=["search_key", "id"], name="estate_residence_order"),
            models.Index(fields=["insee_code"], name="estate_residence_commune"),
            models.Index(fields=["address_key"], name="estate_residence_address"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_skeleton(self) -> bool:
        return self.source == ResidenceSource.RPLS


class Building(Record):
    """A building of a residence (HP2 of usual ERPs)."""

    residence = models.ForeignKey(Residence, models.PROTECT, related_name="buildings")
    code = models.TextField()
    name = models.TextField(blank=True, default="", db_default="")
    built_year = models.SmallIntegerField(null=True, blank=True)
    floors = models.SmallIntegerField(null=True, blank=True)

    class Meta:
        db_table = "estate_building"
        constraints = [
            code_present("estate_building_code_present"),
            models.UniqueConstraint(
                fields=["residence", "code"],
                name="estate_building_once",
                violation_error_message=_("Another building of this residence has this code."),
            ),
            models.CheckConstraint(
                condition=Q(built_year__isnull=True) | Q(built_year__range=YEARS),
                name="estate_building_built_year",
                violation_error_message=_(
                    "Write the year of construction with four digits, or leave it empty."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class Entrance(Record):
    """An entrance or staircase (HP3). Its building may be unknown."""

    residence = models.ForeignKey(Residence, models.PROTECT, related_name="entrances")
    building = models.ForeignKey(Building, models.PROTECT, related_name="entrances", null=True, blank=True)
    code = models.TextField()
    address_line = models.TextField(blank=True, default="", db_default="")
    has_lift = models.BooleanField(null=True, blank=True)

    class Meta:
        db_table = "estate_entrance"
        constraints = [
            code_present("estate_entrance_code_present"),
            models.UniqueConstraint(
                fields=["residence", "building", "code"],
                nulls_distinct=False,
                name="estate_entrance_once",
                violation_error_message=_("Another entrance of this building has this code."),
            ),
        ]

    def __str__(self) -> str:
        return self.code
