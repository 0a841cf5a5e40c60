"""RPLS in its three forms: the landlord's own return, the open file, a file by address.

The landlord's return is keyed by IDENT_INT, its own reference of the dwelling. The two others have no key:
they give residence *skeletons*, an address and a number of dwellings, and invent no lot. Two lines are the
same residence when their normalised address and the name that they give it are the same; a line that gives
no name joins the only name met at its address.
"""

import polars as pl
from django.utils.translation import gettext_lazy as _

from palier.kernel.imports.kinds import CrossCheck, Derived, ImportKind, Mapped, Merge, Step, register
from palier.modules.estate.importers.addresses import derived_address, derived_name, once_per_value
from palier.modules.estate.importers.rpls_columns import COLUMNS
from palier.modules.estate.rules.lambert93 import to_lon_lat


def _degrees(position: int) -> Derived:
    """Longitude (0) or latitude (1) of a Lambert-93 point; other projections (overseas) are left out."""

    def work_out(x: str, y: str, epsg: str) -> str | None:
        if not (x and y) or epsg.removesuffix(".0") not in ("", "2154"):
            return None
        point = to_lon_lat(float(x), float(y))
        return f"{point[position]:.6f}" if point else None

    name = ("longitude", "latitude")[position]
    return Derived(name, lambda _mapped: once_per_value(("x", "y", "epsg"), work_out), "numeric")


DERIVED = (
    *derived_address(commune="depcom"),
    *derived_name(("compl_geo", "immeuble", "lieu_dit")),
    # A line without a street is grouped by itself: its error is shown, and nothing else hangs on it.
    Derived("place", lambda _mapped: pl.coalesce("address_key", "depcom")),
    _degrees(0),
    _degrees(1),
)

# Lines of one address, with the residence to which each belongs: its own name's, or the only one met there.
# A dwelling already in the estate is where the property list says: it makes no residence of its address.
_GATHERED = """
    told AS (
        SELECT s.*, coalesce(nullif(s.programme_key, ''), only_name.key, '') AS residence_key
          FROM stage s
          LEFT JOIN (SELECT address_key, min(programme_key) AS key FROM stage WHERE programme_key <> ''
                      GROUP BY address_key
                        HAVING count(DISTINCT programme_key) = 1) AS only_name USING (address_key)
         WHERE s.address_key IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM estate_lot l WHERE l.code = s.ident_int)
    ), gathered AS (
        SELECT address_key, residence_key, min(line) AS line, sum(coalesce(nb, 1)) AS dwellings,
               bool_or(ident_int IS NOT NULL) AS keyed,
               (array_agg(programme ORDER BY line) FILTER (WHERE programme IS NOT NULL))[1] AS name,
               (array_agg(street_line ORDER BY line))[1] AS street_line,
               (array_agg(a_number ORDER BY line))[1] AS number,
               (array_agg(a_repetition ORDER BY line))[1] AS repetition,
               (array_agg(a_street_type ORDER BY line))[1] AS street_type,
               (array_agg(a_street_name ORDER BY line))[1] AS street_name,
               min(depcom) AS insee_code, min(postcode) AS postcode, min(city) AS city,
               min(construct) AS built_year,
               min(locat) AS first_let_year, mode() WITHIN GROUP (ORDER BY typeconst) AS building_type,
               bool_or(qpv::boolean) AS in_district, mode() WITHIN GROUP (ORDER BY district) AS district,
               (array_agg(longitude ORDER BY line) FILTER (WHERE longitude IS NOT NULL))[1] AS longitude,
               (array_agg(latitude ORDER BY line) FILTER (WHERE latitude IS NOT NULL))[1] AS latitude
          FROM told GROUP BY address_key, residence_key
    )"""

# The landlord's own residence at the address, else the skeleton of this name, else the only skeleton there
# when the file too has only one: a programme that changes name stays the same residence.
_KNOWN = """
    known AS (
        SELECT g.address_key, g.residence_key,
               coalesce(
                   (SELECT r.code FROM estate_residence r WHERE r.address_key = g.address_key
                       AND r.source <> 'rpls'
                     ORDER BY r.code LIMIT 1),
                   (SELECT r.code FROM estate_residence r WHERE r.address_key = g.address_key
                       AND r.name_key = g.residence_key AND r.source = 'rpls'),
                   CASE WHEN count(*) OVER (PARTITION BY g.address_key) = 1 THEN
                       (SELECT min(r.code) FROM estate_residence r WHERE r.address_key = g.address_key
                           AND r.source = 'rpls' HAVING count(*) = 1) END,
                   'RPLS-' || g.insee_code || '-'
                     || upper(substr(md5(g.address_key || '|' || g.residence_key), 1, 10))
               ) AS code
          FROM gathered g
    )"""

DISTRICTS = Merge(
    "estate_district",
    key=("code",),
    when=("district",),
    source="SELECT min(s.line) AS line, s.district AS code FROM stage s GROUP BY s.district",
    columns={},
)

SKELETONS = Merge(
    "estate_residence",
    key=("code",),
    source=f"""
        WITH {_GATHERED}, {_KNOWN}
        SELECT g.line, k.code, coalesce(o.source, 'rpls') AS source,
               CASE WHEN own THEN o.name ELSE coalesce(g.name, g.street_line, k.code) END AS name,
               CASE WHEN own THEN o.name_key ELSE g.residence_key END AS name_key,
               g.address_key, coalesce(g.number, '') AS number, coalesce(g.repetition, '') AS repetition,
               coalesce(g.street_type, '') AS street_type, coalesce(g.street_name, '') AS street_name,
               coalesce(g.postcode, c.postcodes[1], '') AS postcode, coalesce(c.name, g.city, '') AS city,
               g.insee_code,
               g.dwellings + CASE WHEN g.keyed THEN (SELECT count(*) FROM estate_lot l
                   WHERE l.residence_id = o.id AND l.kind = 'dwelling') ELSE 0 END AS declared_dwellings,
                   coalesce(g.building_type, '') AS building_type,
               CASE WHEN own THEN coalesce(o.built_year, g.built_year) ELSE g.built_year END AS built_year,
               g.first_let_year, coalesce(g.in_district, d.id IS NOT NULL OR NULL) AS in_priority_district,
               d.id AS district_id,
               CASE WHEN own AND o.longitude IS NOT NULL THEN o.longitude ELSE g.longitude END AS longitude,
               CASE WHEN own AND o.longitude IS NOT NULL THEN o.latitude ELSE g.latitude END AS latitude
          FROM gathered g JOIN known k USING (address_key, residence_key)
          LEFT JOIN LATERAL (SELECT r.*, r.source <> 'rpls' AS own
                               FROM estate_residence r WHERE r.code = k.code) AS o ON true
          LEFT JOIN estate_district d ON d.code = g.district
          LEFT JOIN geography_commune c ON c.code = g.insee_code""",
    columns={
        "name": ("compl_geo", "immeuble", "lieu_dit"), "name_key": ("compl_geo", "immeuble", "lieu_dit"),
        "declared_dwellings": "depcom", "building_type": "typeconst", "built_year": "construct",
        "first_let_year": "locat", "in_priority_district": ("qpv", "district"), "district_id": "district",
        "longitude": "x", "latitude": "x", "city": "city", "postcode": "postcode",
    },
    insert_only=(
        "source", "address_key", "number", "repetition", "street_type", "street_name", "insee_code",
    ),
    keep_if_empty=(
        "built_year", "first_let_year", "in_priority_district", "district_id", "longitude", "latitude",
    ),
)  # fmt: skip

RETURN_LOTS = Merge(
    "estate_lot",
    key=("code",),
    source=f"""
        WITH {_GATHERED}, {_KNOWN}
        SELECT s.line, s.ident_int AS code, coalesce(o.residence_id, r.id) AS residence_id,
        s.ident_rep AS rpls_id,
               coalesce(o.kind, 'dwelling') AS kind,
               CASE WHEN coalesce(o.status, 'unknown') = 'unknown' THEN coalesce(s.mode, 'unknown')
                   ELSE o.status END
                   AS status,
               coalesce(nullif(o.door, ''), s.appartement, '') AS door, coalesce(o.floor, s.etage) AS floor,
               coalesce(nullif(o.typology, ''), 'T' || least(s.rooms, 7), '') AS typology,
               coalesce(o.rooms, s.rooms) AS rooms, coalesce(o.surface_m2, nullif(s.surface,
               0)) AS surface_m2,
               coalesce(s.finan, o.financing, '') AS financing, coalesce(s.numconv, o.convention_number,
               '') AS convention_number,
               coalesce(s.datconv, o.convention_on) AS convention_on, coalesce(s.dpe, o.energy_class,
               '') AS energy_class,
               coalesce(s.ges, o.ghg_class, '') AS ghg_class, coalesce(s.dpedate,
               o.energy_assessed_on) AS energy_assessed_on,
               coalesce(s.pmr::boolean, o.is_accessible) AS is_accessible
          FROM stage s
          LEFT JOIN estate_lot o ON o.code = s.ident_int
          LEFT JOIN told t ON t.line = s.line
          LEFT JOIN known k ON k.address_key = t.address_key AND k.residence_key = t.residence_key
          LEFT JOIN estate_residence r ON r.code = k.code
         WHERE s.ident_int IS NOT NULL AND coalesce(o.residence_id, r.id) IS NOT NULL""",
    columns={
        "rpls_id": "ident_rep", "status": "mode", "door": "appartement", "floor": "etage",
        "typology": "rooms",
        "rooms": "rooms", "surface_m2": "surface", "financing": "finan", "convention_number": "numconv",
        "convention_on": "datconv", "energy_class": "dpe", "ghg_class": "ges",
        "energy_assessed_on": "dpedate",
        "is_accessible": "pmr",
    },
    insert_only=("residence_id", "kind"),
    keep_if_empty=("rpls_id",),
)  # fmt: skip


def _steps(mapped: Mapped) -> tuple[Step, ...]:
    return (DISTRICTS, SKELETONS, RETURN_LOTS) if "ident_int" in mapped else (DISTRICTS, SKELETONS)


def _key(mapped: Mapped) -> tuple[str, ...]:
    return ("ident_int",) if "ident_int" in mapped else ()


CHECKS = (
    CrossCheck(
        "estate.rpls-id-twice",
        "ident_rep",
        """SELECT line, ident_rep AS value FROM (
               SELECT line, ident_rep, min(line) OVER (PARTITION BY ident_rep) AS first FROM stage
                WHERE ident_rep IS NOT NULL
           ) AS seen WHERE line > first
           UNION ALL
           SELECT s.line, s.ident_rep FROM stage s JOIN estate_lot o ON o.rpls_id = s.ident_rep
               AND o.code <> s.ident_int
            WHERE NOT EXISTS (SELECT 1 FROM stage other WHERE other.ident_int = o.code)""",
        _("The RPLS identifier “{value}” belongs to another lot."),
        _("Correct the identifier, or leave the cell empty."),
        needs=("ident_rep", "ident_int"),
    ),
    CrossCheck(
        "estate.count-not-stated",
        "nb",
        "SELECT line, NULL AS value FROM stage WHERE nb IS NULL",
        _("This address does not say how many dwellings it has: one was counted."),
        _("Write the number of dwellings of the address."),
        severity="warning",
        needs=("nb",),
    ),
)

RPLS = register(
    ImportKind(
        code="rpls",
        label=_("RPLS file"),
        description=_("The landlord's own return (keyed by IDENT_INT), the open file, or a file by address."),
        columns=COLUMNS,
        key=_key,
        group=("place",),
        derived=DERIVED,
        cross_checks=CHECKS,
        steps=_steps,
        recognise=("ident_int", "depcom", "typeconst", "locat", "finan"),
        order=15,
    )
)
