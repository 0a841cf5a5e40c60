"""The landlord's property list, as its ERP exports it: one line per lot, or per level above it."""

import polars as pl
from django.utils.translation import gettext_lazy as _

from palier.kernel.imports.kinds import Absent, CrossCheck, Derived, ImportKind, Mapped, Merge, register
from palier.modules.estate.enums import LotKind
from palier.modules.estate.importers.addresses import derived_address
from palier.modules.estate.importers.patrimoine_columns import COLUMNS


def _kind(_mapped: Mapped) -> pl.Expr:
    """The kind said by its column, else by the column of sizes, which says GARAGE as well as T3."""
    said = pl.col("size").is_in([kind.value for kind in LotKind])
    return pl.coalesce(pl.col("kind"), pl.when(said).then(pl.col("size")))


def _size(_mapped: Mapped) -> pl.Expr:
    return pl.when(pl.col("size").is_in([kind.value for kind in LotKind]).not_()).then(pl.col("size"))


def _first(*columns: str) -> "pl.Expr":
    return pl.coalesce([pl.col(name) for name in columns])


DERIVED = (
    Derived("commune", lambda _mapped: _first("insee_code", "city")),
    Derived("agency", lambda _mapped: _first("agency_code", "agency_name")),
    Derived("sector", lambda _mapped: _first("sector_code", "sector_name")),
    Derived("lot_kind", _kind),
    Derived("typology", _size),
    *derived_address(commune="commune", line="address"),
)

AGENCY_COLUMNS, SECTOR_COLUMNS = ("agency_code", "agency_name"), ("sector_code", "sector_name")
STREET = ("street_name", "address")
LEVELS = ("residence", "building", "entrance")


def most_frequent(column: str) -> str:
    """The value that most lines of the group give; an empty cell says nothing."""
    return f"mode() WITHIN GROUP (ORDER BY s.{column}) FILTER (WHERE s.{column} IS NOT NULL)"


AGENCIES = Merge(
    "estate_agency",
    key=("code",),
    when=AGENCY_COLUMNS,
    source=f"""
        SELECT min(s.line) AS line, s.agency AS code, coalesce({most_frequent("agency_name")},
        s.agency) AS name,
               coalesce({most_frequent("agency_phone")}, a.phone, '') AS phone,
               coalesce({most_frequent("agency_email")}, a.email, '') AS email
          FROM stage s LEFT JOIN estate_agency a ON a.code = s.agency
         GROUP BY s.agency, a.phone, a.email""",
    columns={"name": "agency_name", "phone": "agency_phone", "email": "agency_email"},
)

SECTORS = Merge(
    "estate_sector",
    key=("code",),
    when=SECTOR_COLUMNS,
    source=f"""
        SELECT min(s.line) AS line, s.sector AS code, coalesce({most_frequent("sector_name")},
        s.sector) AS name,
               (SELECT a.id FROM estate_agency a WHERE a.code = {most_frequent("agency")}) AS agency_id
          FROM stage s GROUP BY s.sector""",
    columns={"name": "sector_name", "agency_id": AGENCY_COLUMNS},
    keep_if_empty=("agency_id",),
)

DISTRICTS = Merge(
    "estate_district",
    key=("code",),
    when=("district",),
    source="SELECT min(s.line) AS line, s.district AS code FROM stage s GROUP BY s.district",
    columns={},
)

# A skeleton loaded from RPLS becomes the landlord's own residence when its property list names the same
# address: what is said of it since (reception, coverage, log) stays with it.
ADOPTED = Merge(
    "estate_residence",
    key=("id",),
    insert=False,
    source="""
        SELECT min(s.line) AS line, (array_agg(k.id))[1] AS id, s.residence AS code, 'landlord' AS source
          FROM stage s
          JOIN estate_residence k ON k.source = 'rpls' AND k.address_key = s.address_key
         WHERE NOT EXISTS (SELECT 1 FROM estate_residence r WHERE r.code = s.residence)
         GROUP BY s.residence HAVING count(DISTINCT k.id) = 1""",
    columns={"code": "residence", "source": "residence"},
)

RESIDENCES = Merge(
    "estate_residence",
    key=("code",),
    source=f"""
        WITH told AS (
            SELECT DISTINCT ON (residence) * FROM stage ORDER BY residence, a_street_name IS NULL,
            commune IS NULL, line
        ), whole AS (
            SELECT s.residence, min(s.line) AS line, {most_frequent("residence_name")} AS name,
                   {most_frequent("agency")} AS agency, {most_frequent("sector")} AS sector,
                   {most_frequent("district")} AS district, bool_or(s.in_district) AS in_district,
                   min(s.built_year) AS built_year, bool_or(s.lift) AS lift,
                   {most_frequent("heating")} AS heating,
                   max(s.longitude) AS longitude, max(s.latitude) AS latitude
              FROM stage s GROUP BY s.residence
        )
        SELECT w.line, w.residence AS code, coalesce(w.name, r.name, t.street_line, w.residence) AS name,
               coalesce(a.id, r.agency_id) AS agency_id, coalesce(se.id, r.sector_id) AS sector_id,
               coalesce(t.a_number, '') AS number, coalesce(t.a_repetition, '') AS repetition,
               coalesce(t.a_street_type, '') AS street_type, coalesce(t.a_street_name, '') AS street_name,
               coalesce(t.complement, '') AS complement, coalesce(t.postcode, g.postcodes[1], '') AS postcode,
               coalesce(g.name, r.city, '') AS city, coalesce(t.commune, '') AS insee_code,
               coalesce(t.address_key, '') AS address_key,
               CASE WHEN w.longitude IS NULL OR w.latitude IS NULL THEN r.longitude
                   ELSE round(w.longitude, 6) END AS longitude,
               CASE WHEN w.longitude IS NULL OR w.latitude IS NULL THEN r.latitude ELSE round(w.latitude,
               6) END AS latitude,
               d.id AS district_id, coalesce(w.in_district, d.id IS NOT NULL OR NULL) AS in_priority_district,
               w.built_year, w.lift AS has_lift, w.heating::boolean AS collective_heating
          FROM whole w JOIN told t ON t.residence = w.residence
          LEFT JOIN estate_residence r ON r.code = w.residence
          LEFT JOIN estate_agency a ON a.code = w.agency
          LEFT JOIN estate_sector se ON se.code = w.sector
          LEFT JOIN estate_district d ON d.code = w.district
          LEFT JOIN geography_commune g ON g.code = t.commune""",
    columns={
        "name": "residence_name", "agency_id": AGENCY_COLUMNS, "sector_id": SECTOR_COLUMNS,
        "number": ("number", "address"), "repetition": ("repetition", "number", "address"),
        "street_type": ("street_type", "address"), "street_name": STREET, "complement": "complement",
        "postcode": ("postcode", "city", "insee_code"), "city": ("city", "insee_code"),
        "insee_code": ("city", "insee_code"), "address_key": (*STREET, "city", "insee_code"),
        "longitude": "longitude", "latitude": "latitude", "district_id": "district",
        "in_priority_district": ("in_district", "district"), "built_year": "built_year", "has_lift": "lift",
        "collective_heating": "heating",
    },
    keep_if_empty=("in_priority_district", "built_year", "has_lift", "collective_heating", "district_id"),
)  # fmt: skip

BUILDINGS = Merge(
    "estate_building",
    key=("residence_id", "code"),
    when=("building",),
    source=f"""
        SELECT min(s.line) AS line, r.id AS residence_id, s.building AS code,
               coalesce({most_frequent("building_name")}, '') AS name, min(s.built_year) AS built_year
          FROM stage s JOIN estate_residence r ON r.code = s.residence GROUP BY r.id, s.building""",
    columns={"name": "building_name", "built_year": "built_year"},
    keep_if_empty=("built_year",),
)

# The building of an entrance may be unknown, and an unknown value joins nothing: the row is found by its id.
ENTRANCES = Merge(
    "estate_entrance",
    key=("id",),
    when=("entrance",),
    source=f"""
        SELECT min(s.line) AS line, coalesce(e.id, public.uuid7()) AS id, r.id AS residence_id,
        b.id AS building_id,
               s.entrance AS code, coalesce({most_frequent("street_line")}, e.address_line,
               '') AS address_line,
               coalesce(bool_or(s.lift), e.has_lift) AS has_lift
          FROM stage s
          JOIN estate_residence r ON r.code = s.residence
          LEFT JOIN estate_building b ON b.residence_id = r.id AND b.code = s.building
          LEFT JOIN estate_entrance e ON e.residence_id = r.id AND e.code = s.entrance
                                     AND e.building_id IS NOT DISTINCT FROM b.id
         WHERE s.entrance IS NOT NULL
         GROUP BY e.id, r.id, b.id, s.entrance, e.address_line, e.has_lift""",
    columns={"address_line": STREET, "has_lift": "lift"},
    insert_only=("residence_id", "building_id", "code"),
)

LOTS = Merge(
    "estate_lot",
    key=("code",),
    when=("lot",),
    source="""
        SELECT s.line, s.lot AS code, r.id AS residence_id, b.id AS building_id, e.id AS entrance_id,
               coalesce(s.lot_kind, o.kind, 'dwelling') AS kind, coalesce(s.status, o.status,
               'unknown') AS status,
               coalesce(s.door, '') AS door, s.floor, s.rooms, s.surface AS surface_m2,
               CASE WHEN coalesce(s.lot_kind, o.kind, 'dwelling') IN ('dwelling', 'caretaker')
                    THEN coalesce(s.typology, 'T' || least(s.rooms, 7), '') ELSE '' END AS typology,
               coalesce(s.financing, '') AS financing, coalesce(s.convention, '') AS convention_number,
               s.convention_on, coalesce(s.energy, '') AS energy_class, coalesce(s.ghg, '') AS ghg_class,
               s.energy_on AS energy_assessed_on, s.accessible AS is_accessible, s.rpls_id
          FROM stage s
          JOIN estate_residence r ON r.code = s.residence
          LEFT JOIN estate_building b ON b.residence_id = r.id AND b.code = s.building
          LEFT JOIN estate_entrance e ON e.residence_id = r.id AND e.code = s.entrance
                                     AND e.building_id IS NOT DISTINCT FROM b.id
          LEFT JOIN estate_lot o ON o.code = s.lot
         WHERE s.lot IS NOT NULL""",
    columns={
        "residence_id": "residence", "building_id": "building", "entrance_id": "entrance",
        "kind": ("kind", "size"),
        "status": "status", "door": "door", "floor": "floor", "rooms": "rooms", "surface_m2": "surface",
        "typology": ("size", "rooms"), "financing": "financing", "convention_number": "convention",
        "convention_on": "convention_on", "energy_class": "energy", "ghg_class": "ghg",
        "energy_assessed_on": "energy_on", "is_accessible": "accessible", "rpls_id": "rpls_id",
    },
    keep_if_empty=("rpls_id", "energy_assessed_on", "convention_on", "is_accessible"),
)  # fmt: skip

CHECKS = (
    CrossCheck(
        "estate.lot-twice",
        "lot",
        """SELECT line, lot AS value FROM (
               SELECT line, lot, min(line) OVER (PARTITION BY lot) AS first FROM stage WHERE lot IS NOT NULL
           ) AS seen WHERE line > first""",
        _("The lot “{value}” is already on another line."),
        _("Keep one of the two lines, or correct the code of this one."),
        needs=("lot",),
    ),
    CrossCheck(
        "estate.rpls-id-twice",
        "rpls_id",
        """SELECT line, rpls_id AS value FROM (
               SELECT line, rpls_id, min(line) OVER (PARTITION BY rpls_id) AS first FROM stage
                   WHERE rpls_id IS NOT NULL
           ) AS seen WHERE line > first
           UNION ALL
           SELECT s.line, s.rpls_id FROM stage s JOIN estate_lot o ON o.rpls_id = s.rpls_id
               AND o.code <> s.lot
            WHERE NOT EXISTS (SELECT 1 FROM stage other WHERE other.lot = o.code)""",
        _("The RPLS identifier “{value}” belongs to another lot."),
        _("Correct the identifier, or leave the cell empty."),
        needs=("rpls_id", "lot"),
    ),
    CrossCheck(
        "estate.half-a-point",
        "longitude",
        "SELECT line, longitude::text AS value FROM stage WHERE (longitude IS NULL) <> (latitude IS NULL)",
        _("A longitude without a latitude is no point; it was left out."),
        _("Give both, or neither."),
        severity="warning",
        needs=("longitude", "latitude"),
    ),
    CrossCheck(
        "estate.agency-two-names",
        "agency_name",
        """SELECT s.line, s.agency_name AS value FROM stage s JOIN (
               SELECT agency, mode() WITHIN GROUP (ORDER BY agency_name) AS usual FROM stage
                WHERE agency_name IS NOT NULL GROUP BY agency HAVING count(DISTINCT agency_name) > 1
           ) AS named ON named.agency = s.agency AND s.agency_name <> named.usual""",
        _("This agency has another name on most lines: “{value}” was not kept."),
        _("Write one name for each agency code."),
        severity="warning",
        needs=AGENCY_COLUMNS,
    ),
)

PATRIMOINE = register(
    ImportKind(
        code="patrimoine",
        label=_("Property list"),
        description=_("Agencies, residences, buildings, entrances and lots, one line per lot or per level."),
        columns=COLUMNS,
        # A line may stop at any level, so no column is never empty: lots are checked for doubles below.
        key=(),
        group=("residence",),
        derived=DERIVED,
        cross_checks=CHECKS,
        steps=(AGENCIES, SECTORS, DISTRICTS, ADOPTED, RESIDENCES, BUILDINGS, ENTRANCES, LOTS),
        absent=Absent(
            "estate_lot",
            "SELECT l.id, l.code, l.code FROM estate_lot l WHERE l.status <> 'out_of_service'",
            column="lot",
            ending={"status": "'out_of_service'", "status_since": "%(day)s"},
            label=_("Lots absent from the file"),
        ),
        recognise=("residence", "lot", "building", "entrance", "size"),
        order=10,
    )
)
