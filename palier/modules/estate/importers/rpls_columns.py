"""The columns of the RPLS files: the open file, the landlord's return, a file by address."""

from django.utils.translation import gettext_lazy as _

from palier.kernel.imports.kinds import Column
from palier.kernel.imports.values import Code, Commune, Day, Month, Number, Postcode, Text, Whole, Year
from palier.modules.estate.importers import values
from palier.modules.estate.rules.rpls import NO_DISTRICT, NO_MONTH, NO_SURFACE, NO_YEAR

COLUMNS = (
    Column(
        "ident_int",
        _("Identifier in the landlord's software"),
        "IDENT_INT",
        Code(),
        ("Identifiant interne", "Référence interne"),
    ),
    Column("ident_rep", _("RPLS identifier"), "IDENT_REP", Code(), ("Identifiant RPLS",)),
    Column(
        "depcom",
        _("Insee code of the commune"),
        "DEPCOM",
        Commune(),
        ("Code commune", "Code Insee"),
        required=True,
        example="11262",
    ),
    Column("postcode", _("Postcode"), "CODEPOSTAL", Postcode(), ("Code postal",), example="11100"),
    Column("city", _("Commune"), "LIBCOM", Text(), ("Commune",), example="NARBONNE"),
    Column("number", _("Street number"), "NUMVOIE", Text(max_length=30), example="16"),
    Column("repetition", _("Repetition index"), "INDREP", Text(max_length=10)),
    Column("street_type", _("Street type"), "TYPVOIE", Text(max_length=40), example="R"),
    Column("street_name", _("Street"), "NOMVOIE", Text(max_length=120), required=True, example="VOLTAIRE"),
    Column("compl_geo", _("Name of the residence"), "COMPLGEO", Text()),
    Column("immeuble", _("Building name"), "IMMEU", Text()),
    Column("lieu_dit", _("Locality"), "LIEUDIT", Text()),
    Column("batiment", _("Building"), "BAT", Text()),
    Column("escalier", _("Staircase"), "ESC", Text()),
    Column("entree", _("Entrance"), "ENTREE", Text()),
    Column("appartement", _("Door"), "NUMAPPT", Text(max_length=20)),
    Column("etage", _("Floor"), "ETAGE", values.Floor(empty_marks=("99", "999"))),
    Column("qpv", _("In a priority district"), "QPV_CODE", values.IN_DISTRICT, ("QPV",)),
    Column(
        "district",
        _("Priority district"),
        "PLG_QP24",
        Code(empty_marks=tuple(one for one in NO_DISTRICT if one)),
    ),
    Column("typeconst", _("Building type"), "TYPECONST_CODE", values.BUILDING_TYPE, ("TYPECONST",)),
    Column("rooms", _("Rooms"), "NBPIECE", Whole(minimum=1, maximum=30, empty_marks=("0", "99", "999"))),
    Column("surface", _("Habitable surface (m²)"), "SURFHAB", Number(minimum=0, empty_marks=NO_SURFACE)),
    Column("construct", _("Year of construction"), "CONSTRUCT", Year(minimum=1200, empty_marks=NO_YEAR)),
    Column("locat", _("Year of first letting"), "LOCAT", Year(minimum=1200, empty_marks=NO_YEAR)),
    Column("finan", _("Financing"), "FINAN_CODE", values.FINANCING, ("FINAN",)),
    Column("numconv", _("Agreement number"), "NUMCONV", Code()),
    Column("datconv", _("Agreement date"), "DATCONV", Day(empty_marks=NO_MONTH)),
    Column("dpedate", _("Date of the energy certificate"), "DPEDATE", Month(empty_marks=NO_MONTH)),
    Column("dpe", _("Energy class"), "DPEENERGIE", values.ENERGY),
    Column("ges", _("Greenhouse-gas class"), "DPESERRE", values.ENERGY),
    Column("pmr", _("Accessible"), "PMR_CODE", values.ACCESSIBLE, ("PMR",)),
    Column("mode", _("Occupation on 1 January"), "MODE", values.OCCUPATION),
    Column("epsg", _("Coordinate system"), "EPSG", Text()),
    Column("x", _("Easting"), "X", Number(places=12)),
    Column("y", _("Northing"), "Y", Number(places=12)),
    Column(
        "nb",
        _("Number of dwellings"),
        "nb",
        Whole(minimum=0, maximum=99999),
        ("Nombre de logements", "NB_LOGT"),
    ),
)
