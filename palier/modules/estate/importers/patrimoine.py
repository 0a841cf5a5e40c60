"""The landlord's property list, as its ERP exports it: one line per lot, or per building, entrance or residence."""

from django.utils.translation import gettext_lazy as _
import polars as pl

from palier.kernel.imports.kinds import Absent, Column, CrossCheck, Derived, ImportKind, Mapped, Merge, register
from palier.kernel.imports.values import Choice, Code, Commune, Day, Email, Number, Phone, Postcode, Text, Whole, Year, YesNo
from palier.modules.estate.enums import LotKind
from palier.modules.estate.importers import values
from palier.modules.estate.importers.addresses import derived_address
from palier.modules.estate.rules.addresses import name_key

NO_DATES = ("01/01/1900", "01/1900", "00/00/0000")
NO_YEARS = ("9999", "1900", "0")

COLUMNS = (
    Column("agency_code", _("Agency code"), "Code agence", Code(), ("N° agence", "Agence code", "Code antenne", "Code direction"), example="AG01"),
    Column("agency_name", _("Agency"), "Agence", Text(max_length=100), ("Nom agence", "Libellé agence", "Antenne", "Agence de gestion", "Direction territoriale", "Site de gestion"), example="Agence Centre"),
    Column("agency_phone", _("Agency phone"), "Téléphone agence", Phone(), ("Tél agence",), example="04 65 71 00 10"),
    Column("agency_email", _("Agency e-mail"), "Courriel agence", Email(), ("Mail agence", "E-mail agence"), example="centre@bailleur.example"),
    Column("sector_code", _("Sector code"), "Code secteur", Code(), ("N° secteur", "Secteur code"), example="S12"),
    Column("sector_name", _("Sector"), "Secteur", Text(max_length=100), ("Nom secteur", "Libellé secteur", "Secteur de gestion"), example="Secteur Nord"),
    Column("residence", _("Residence code"), "Code résidence", Code(), ("Code groupe", "Groupe", "N° groupe", "Code programme", "N° programme", "Code site", "Code ensemble", "HP1", "Programme", "Code opération", "N° résidence", "Numéro de groupe"), required=True, example="0101"),
    Column("residence_name", _("Residence"), "Résidence", Text(max_length=150), ("Nom résidence", "Nom de la résidence", "Libellé groupe", "Nom groupe", "Nom du groupe", "Libellé programme", "Nom programme", "Libellé résidence", "Désignation", "Site"), example="Les Platanes"),
    Column("number", _("Street number"), "N° voie", Text(max_length=30), ("Numéro", "Numéro de voie", "N° de rue", "NUMVOIE", "N° dans la voie"), example="12"),
    Column("repetition", _("Repetition index"), "Indice", Text(max_length=10), ("Indice de répétition", "Bis ter", "INDREP", "Complément numéro"), example="bis"),
    Column("street_type", _("Street type"), "Type de voie", Text(max_length=40), ("TYPVOIE", "Nature de voie"), example="rue"),
    Column("street_name", _("Street"), "Voie", Text(max_length=120), ("Nom de voie", "Nom voie", "Libellé voie", "Rue", "NOMVOIE", "Nom de la voie"), example="des Platanes"),
    Column("address", _("Street line"), "Adresse", Text(max_length=200), ("Adresse 1", "Adresse ligne 1", "Ligne adresse", "Adresse complète", "Adresse du lot", "Adresse logement"), example=""),
    Column("complement", _("Address complement"), "Complément d'adresse", Text(max_length=120), ("Complément", "Adresse 2", "Complément adresse", "COMPLGEO"), example=""),
    Column("postcode", _("Postcode"), "Code postal", Postcode(), ("CP", "Code poste", "CODEPOSTAL"), example="11100"),
    Column("city", _("Commune"), "Commune", Commune(postcode="postcode"), ("Ville", "Localité", "Nom commune", "Libellé commune", "LIBCOM"), example="Narbonne"),
    Column("insee_code", _("Insee code of the commune"), "Code Insee", Commune(), ("Insee", "Code commune", "Code Insee commune", "DEPCOM", "N° Insee"), example="11262"),
    Column("in_district", _("In a priority district"), "En QPV", YesNo(), ("QPV", "Quartier prioritaire"), example="oui"),
    Column("district", _("Priority district"), "Code QPV", Code(empty_marks=("HZ", "CSZ", "0")), ("N° QPV", "QPV code"), example="QP011004"),
    Column("longitude", _("Longitude"), "Longitude", Number(minimum=-180, maximum=180, places=12), ("Lon", "Long"), example="3.0028"),
    Column("latitude", _("Latitude"), "Latitude", Number(minimum=-90, maximum=90, places=12), ("Lat",), example="43.1839"),
    Column("building", _("Building"), "Bâtiment", Code(), ("Code bâtiment", "Bât", "Bat", "N° bâtiment", "HP2", "Immeuble", "Code immeuble"), example="A"),
    Column("building_name", _("Name of the building"), "Nom du bâtiment", Text(max_length=100), ("Nom bâtiment", "Libellé bâtiment", "Libellé immeuble"), example=""),
    Column("entrance", _("Entrance"), "Cage", Code(), ("Entrée", "Escalier", "Cage d'escalier", "Code cage", "Code entrée", "HP3", "Hall", "Cage/Entrée", "N° cage", "Esc"), example="1"),
    Column("lift", _("Lift"), "Ascenseur", YesNo(), ("Asc", "Présence ascenseur"), example="non"),
    Column("heating", _("Heating"), "Chauffage", values.HEATING, ("Mode de chauffage", "Type de chauffage", "Type chauffage"), example="collectif"),
    Column("built_year", _("Year of construction"), "Année de construction", Year(minimum=1200, empty_marks=NO_YEARS), ("Année construction", "Année achèvement", "CONSTRUCT", "Date de construction", "Année"), example="1974"),
    Column("lot", _("Lot"), "Code ESI", Code(), ("ESI", "N° ESI", "Code lot", "Lot", "N° lot", "Code logement", "N° logement", "Code UG", "UG", "Unité de gestion", "Référence", "Référence logement", "Référence lot", "HP4", "Module", "Code module", "N° module", "Local"), example="0101-A-12"),
    Column("kind", _("Kind of lot"), "Nature", values.KIND, ("Nature du lot", "Nature ESI", "Type de lot", "Usage", "Famille", "Nature local", "Type ESI", "Type de local"), example="Logement"),
    Column("size", _("Typology"), "Type", values.SIZE_OR_KIND, ("Typologie", "Type de logement", "Type logement", "Type F", "Catégorie", "Code type"), example="T3"),
    Column("floor", _("Floor"), "Étage", values.Floor(), ("Niveau", "Etage", "N° étage"), example="2"),
    Column("door", _("Door"), "Porte", Text(max_length=20), ("N° porte", "N° appartement", "Numéro d'appartement", "Appartement", "N° appt", "NUMAPPT", "Numéro de porte"), example="12"),
    Column("rooms", _("Rooms"), "Nombre de pièces", Whole(minimum=1, maximum=30, empty_marks=("0", "99")), ("Nb pièces", "Pièces", "NBPIECE", "Nombre pièces"), example="3"),
    Column("surface", _("Habitable surface (m²)"), "Surface habitable", Number(minimum=0.5, maximum=99999, empty_marks=("0", "0,00", "9999")), ("Surface", "SHAB", "Surface m2", "SURFHAB", "Surface hab", "Surf hab", "Superficie", "Surface (m²)"), example="64,50"),
    Column("financing", _("Financing"), "Financement", values.FINANCING, ("Type de financement", "FINAN", "Financement principal", "Code financement"), example="PLUS"),
    Column("convention", _("Agreement number"), "N° convention", Code(), ("Numéro de convention", "Convention", "NUMCONV", "N° convention APL"), example=""),
    Column("convention_on", _("Agreement date"), "Date convention", Day(empty_marks=NO_DATES), ("DATCONV", "Date de convention", "Date d'effet convention"), example=""),
    Column("energy", _("Energy class"), "DPE", values.ENERGY, ("Étiquette énergie", "Classe énergie", "DPEENERGIE", "Étiquette DPE", "Classe DPE"), example="D"),
    Column("ghg", _("Greenhouse-gas class"), "GES", values.ENERGY, ("Étiquette GES", "Classe GES", "DPESERRE"), example="D"),
    Column("energy_on", _("Date of the energy certificate"), "Date DPE", Day(empty_marks=NO_DATES), ("DPEDATE", "Date du DPE"), example=""),
    Column("accessible", _("Accessible"), "PMR", YesNo(), ("Accessible PMR", "Accessibilité", "Accessible"), example="non"),
    Column("status", _("Status"), "Statut", values.STATUS, ("État", "Situation", "Occupation", "Statut d'occupation", "État du lot", "État d'occupation", "Statut lot"), example="Occupé"),
    Column("rpls_id", _("RPLS identifier"), "N° RPLS", Code(), ("Identifiant RPLS", "IDENT_REP", "RPLS", "N° répertoire"), example=""),
)  # fmt: skip


def _kind(_mapped: Mapped) -> pl.Expr:
    """The kind said by its column, else by the column of sizes, which says GARAGE as well as T3; else a dwelling."""
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
        SELECT min(s.line) AS line, s.agency AS code, coalesce({most_frequent("agency_name")}, s.agency) AS name,
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
        SELECT min(s.line) AS line, s.sector AS code, coalesce({most_frequent("sector_name")}, s.sector) AS name,
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

# A skeleton loaded from RPLS becomes the landlord's own residence when its property list names the same address:
# what is said of it since (reception, coverage, log) stays with it.
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
            SELECT DISTINCT ON (residence) * FROM stage ORDER BY residence, a_street_name IS NULL, commune IS NULL, line
        ), whole AS (
            SELECT s.residence, min(s.line) AS line, {most_frequent("residence_name")} AS name,
                   {most_frequent("agency")} AS agency, {most_frequent("sector")} AS sector,
                   {most_frequent("district")} AS district, bool_or(s.in_district) AS in_district,
                   min(s.built_year) AS built_year, bool_or(s.lift) AS lift, {most_frequent("heating")} AS heating,
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
               CASE WHEN w.longitude IS NULL OR w.latitude IS NULL THEN r.longitude ELSE round(w.longitude, 6) END AS longitude,
               CASE WHEN w.longitude IS NULL OR w.latitude IS NULL THEN r.latitude ELSE round(w.latitude, 6) END AS latitude,
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
        SELECT min(s.line) AS line, coalesce(e.id, public.uuid7()) AS id, r.id AS residence_id, b.id AS building_id,
               s.entrance AS code, coalesce({most_frequent("street_line")}, e.address_line, '') AS address_line,
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
               coalesce(s.lot_kind, o.kind, 'dwelling') AS kind, coalesce(s.status, o.status, 'unknown') AS status,
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
        "residence_id": "residence", "building_id": "building", "entrance_id": "entrance", "kind": ("kind", "size"),
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
               SELECT line, rpls_id, min(line) OVER (PARTITION BY rpls_id) AS first FROM stage WHERE rpls_id IS NOT NULL
           ) AS seen WHERE line > first
           UNION ALL
           SELECT s.line, s.rpls_id FROM stage s JOIN estate_lot o ON o.rpls_id = s.rpls_id AND o.code <> s.lot
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
