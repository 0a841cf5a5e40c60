"""How property files write floors, kinds of lots, sizes, loans and statuses."""

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from palier.kernel.imports.values import Choice, Context, Whole
from palier.modules.estate.enums import BuildingType, EnergyClass, Financing, LotKind, LotStatus, Typology
from palier.modules.estate.rules import rpls


@dataclass(frozen=True, kw_only=True)
class Floor(Whole):
    """A floor: `2`, `RDC`, `R+3`, `1er étage`, `SS1`; the ground floor is 0, basements are negative."""

    minimum: float | None = -9
    maximum: float | None = 99
    kind: ClassVar[str] = "floor"

    def read(self, cell: pl.Expr, context: Context) -> pl.Expr:
        bare = cell.str.to_lowercase().str.replace_all(r"[ .\-']|étage|etage|etg", "")
        below = bare.str.extract(r"^(?:ss|soussol|sousol|s)(\d*)$")
        basement = pl.when(below == "").then(pl.lit("-1")).otherwise(pl.lit("-") + below)
        above = bare.str.extract(r"^(?:r\+)?(\d+)(?:er|ere|ère|e|è|eme|ème|nd|nde)?$")
        negative = cell.str.contains(r"^-\s*\d+$")
        return (
            pl.when(bare.str.contains(r"^(?:r|rc|rdc|rdj|rez|rezdechauss[eé]e|rdch|0+)$"))
            .then(pl.lit("0"))
            .when(below.is_not_null())
            .then(basement)
            .when(negative.not_() & above.is_not_null())
            .then(super().read(above, context))
            .otherwise(super().read(cell, context))
        )


KIND_WORDS = {
    LotKind.DWELLING.value: (
        "Logement",
        "Appartement",
        "Appart",
        "Maison",
        "Pavillon",
        "Villa",
        "Individuel",
        "Collectif",
        "Habitation",
        "LOG",
        "LGT",
        "APT",
        "PAV",
    ),
    LotKind.PARKING.value: (
        "Stationnement",
        "Garage",
        "Parking",
        "Box",
        "Place de parking",
        "Emplacement",
        "Parking aérien",
        "Parking extérieur",
        "Parking sous-sol",
        "Place de stationnement",
        "Garage boxé",
        "GAR",
        "PKG",
        "PARK",
        "STA",
    ),
    LotKind.COMMERCIAL.value: (
        "Local commercial",
        "Commerce",
        "Commercial",
        "Boutique",
        "Local professionnel",
        "Bureau",
        "Bureaux",
        "Local d'activité",
        "COM",
    ),
    LotKind.ASSOCIATION.value: (
        "Local associatif",
        "Association",
        "LCR",
        "Local collectif résidentiel",
        "Local résidentiel",
        "Salle commune",
    ),
    LotKind.CELLAR.value: ("Cave", "Cellier", "Débarras", "CAV"),
    LotKind.CARETAKER.value: (
        "Loge",
        "Loge gardien",
        "Loge de gardien",
        "Logement gardien",
        "Logement de fonction",
    ),
    LotKind.OTHER.value: ("Autre", "Divers", "Local technique", "Jardin", "Local", "Antenne", "Terrain"),
}

_SIZES = {
    Typology.T1.value: ("T1", "F1", "Studio", "Type 1", "1P", "1 pièce", "Chambre", "1"),
    Typology.T1BIS.value: ("T1 bis", "T1B", "F1 bis", "F1B", "Type 1 bis"),
    **{
        f"T{n}": (f"T{n}", f"F{n}", f"Type {n}", f"{n}P", f"{n} pièces", str(n), f"T{n}D", f"T{n} duplex")
        for n in range(2, 7)
    },
    Typology.T7.value: ("T7", "F7", "T7 et plus", "T8", "F8", "T9", "Type 7", "Type 8", "T7+", "7", "8"),
}

KIND = Choice(options=KIND_WORDS)
# Exports often have one column « Type » for both: T3 on a dwelling, GARAGE on a parking space.
SIZE_OR_KIND = Choice(options={**_SIZES, **KIND_WORDS})

STATUS = Choice(
    options={
        LotStatus.OCCUPIED.value: ("Occupé", "Loué", "Occupée", "Louée", "O", "OCC"),
        LotStatus.VACANT.value: (
            "Vacant",
            "Vacant à louer",
            "Libre",
            "Disponible",
            "Vacance commerciale",
            "Vacant commercial",
            "A louer",
            "V",
            "VAC",
            "Inoccupé",
        ),
        LotStatus.VACANT_TECHNICAL.value: (
            "Vacant technique",
            "Vacance technique",
            "Gelé",
            "Neutralisé",
            "Bloqué",
        ),
        LotStatus.WORKS.value: ("Travaux", "En travaux", "Réhabilitation", "Vacant travaux"),
        LotStatus.FOR_SALE.value: ("Vente", "En vente", "A vendre", "Vacant vente", "En cours de vente"),
        LotStatus.DEMOLITION.value: ("Démolition", "A démolir", "Vacant démolition"),
        LotStatus.OUT_OF_SERVICE.value: (
            "Hors service",
            "Vendu",
            "Démoli",
            "Sorti du patrimoine",
            "Hors patrimoine",
            "Sorti",
        ),
    }
)

FINANCING = Choice(
    options={
        Financing.PLAI.value: ("PLAI", "10", "11", "PLA-I", "PLA TS", "PLATS", "PLA LM"),
        Financing.PLAI_ADP.value: ("PLAI adapté", "PLAI ADP"),
        Financing.PLA.value: ("PLA", "12", "PLA ordinaire"),
        Financing.PLUS.value: ("PLUS", "13"),
        Financing.PLUS_CD.value: ("PLUS CD", "PLUS construction démolition"),
        Financing.PLS.value: ("PLS", "14", "PPLS", "PCLS", "PLA CFF"),
        Financing.PAP.value: ("PAP locatif", "15", "PAP"),
        Financing.PLI.value: ("PLI", "16"),
        Financing.PCL.value: ("PCL", "17"),
        Financing.PALULOS.value: ("PALULOS",),
        Financing.LLS.value: ("LLS",),
        Financing.LLTS.value: ("LLTS",),
        Financing.HBM.value: ("HBM", "50"),
        Financing.PLR_PSR.value: ("PLR / PSR", "51", "PLR", "PSR"),
        Financing.HLMO.value: ("HLM/O", "52", "HLM", "HLMO", "HLM ordinaire"),
        Financing.ILM.value: ("ILM", "53"),
        Financing.ILN.value: ("ILN", "54"),
        Financing.CFF.value: ("Prêt spécial du CFF", "55", "CFF"),
        Financing.OTHER_AFTER_1977.value: ("Autre à partir de 1977", "49", "Autre"),
        Financing.OTHER_BEFORE_1977.value: ("Autre avant 1977", "99"),
        Financing.NONE.value: ("Sans financement", "Non aidé", "Libre", "Sans"),
    }
)

ENERGY = Choice(
    options={one.value: (one.value,) for one in EnergyClass}, empty_marks=("Vierge", "NC", "N", "0", "Z")
)
HEATING = Choice(
    options={
        "true": (
            "Collectif",
            "Chauffage collectif",
            "CC",
            "COL",
            "Collectif gaz",
            "Réseau de chaleur",
            "Urbain",
        ),
        "false": (
            "Individuel",
            "Chauffage individuel",
            "CI",
            "IND",
            "Individuel gaz",
            "Électrique",
            "Individuel électrique",
        ),
    }
)
BUILDING_TYPE = Choice(
    options={
        BuildingType.COLLECTIVE.value: ("C", "Collectif"),
        BuildingType.INDIVIDUAL.value: ("I", "Individuel"),
        BuildingType.STUDENT.value: ("E", "Étudiant", "Logement étudiant"),
    }
)
IN_DISTRICT = Choice(options={"true": ("1", "Oui", "O"), "false": ("2", "Non", "N", "0")}, empty_marks=("9",))
ACCESSIBLE = Choice(options={"true": ("1", "Oui", "O"), "false": ("2", "Non", "N", "0")}, empty_marks=("9",))
OCCUPATION = Choice(
    options={status.value: () for status in LotStatus}
    | {
        LotStatus.OCCUPIED.value: tuple(
            code for code, status in rpls.STATUS.items() if status == LotStatus.OCCUPIED
        ),
        LotStatus.VACANT.value: ("2",),
        LotStatus.VACANT_TECHNICAL.value: ("3",),
    },
    empty_marks=("9",),
)
