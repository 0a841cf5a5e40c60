"""Files as French ERPs export them: Windows-1252, semicolons, dd/mm/yyyy, decimal commas."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from palier.config.demo.facts import LandlordSpec
from palier.config.demo.households import Contract, Ledger, Person, contracts
from palier.config.demo.property import Lot, Residence, residences
from palier.config.demo.staffing import agents, coverage

ENCODING = "cp1252"

PROPERTY = (
    "Code agence",
    "Agence",
    "Code secteur",
    "Secteur",
    "Code groupe",
    "Libellé groupe",
    "N° voie",
    "Type de voie",
    "Nom de voie",
    "Code postal",
    "Ville",
    "Code Insee",
    "Code bâtiment",
    "Cage",
    "Code ESI",
    "Nature ESI",
    "Type logement",
    "Étage",
    "N° porte",
    "Surface habitable",
    "Année construction",
    "Financement",
    "N° convention",
    "DPE",
    "GES",
    "PMR",
    "Ascenseur",
    "Chauffage",
    "QPV",
    "Code QPV",
    "Statut",
    "Longitude",
    "Latitude",
)
LEASES = (
    "N° contrat",
    "Code ESI",
    "Nature du bail",
    "Qualité",
    "Lien de parenté",
    "Code tiers",
    "Civilité",
    "Nom",
    "Prénom",
    "Date de naissance",
    "Date d'entrée",
    "Date de congé",
    "Date de sortie",
    "Solde",
    "Solde au",
    "Tél portable",
    "Tél fixe",
    "Courriel",
    "Langue",
)
STAFF = (
    "Matricule",
    "Nom",
    "Prénom",
    "Emploi",
    "Code service",
    "Service",
    "Agence",
    "Courriel",
    "Mobile professionnel",
    "Date d'entrée",
    "Télétravail",
    "Habilitations",
    "Compte Palier",
)
COVERAGE = ("Code groupe", "Matricule", "Fonction", "Rang", "Depuis le")


@dataclass(frozen=True)
class WrittenFile:
    """A file as written: the kind of import that reads it, and its number of lines."""

    kind: str
    path: Path
    lines: int


# The files were exported five weeks before the day told: what follows has a past.
EXPORTED_BEFORE = timedelta(days=35)


def cell(value: object) -> str:
    """Write a value the way an ERP prints it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Oui" if value else "Non"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", ",")
    return str(value)


def write(path: Path, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a file and return its number of lines, headers apart. A line at a time: no size is too large."""
    count = 0
    with path.open("w", encoding=ENCODING, errors="replace", newline="") as target:
        writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
        writer.writerow(headers)
        for row in rows:
            writer.writerow([cell(value) for value in row])
            count += 1
    return count


def property_rows(spec: LandlordSpec, seed: int) -> Iterator[tuple[object, ...]]:
    """Yield the property file, a line a lot."""
    for residence in residences(spec, seed):
        for lot in residence.lots:
            yield _property_row(residence, lot)


def _property_row(residence: Residence, lot: Lot) -> tuple[object, ...]:
    town = residence.town
    flat = lot.is_dwelling and not residence.is_houses
    return (
        residence.agency.code,
        residence.agency.name,
        residence.sector,
        f"Secteur {residence.sector}",
        residence.code,
        residence.name,
        residence.number,
        residence.street_kind,
        residence.street_name,
        town.postcode,
        town.name,
        town.code,
        lot.building,
        lot.entrance,
        lot.code,
        lot.nature,
        lot.typology,
        ("RDC" if lot.floor == 0 else lot.floor) if flat else "",
        lot.door,
        lot.surface,
        residence.built,
        lot.financing,
        lot.convention,
        lot.energy,
        lot.ghg,
        lot.accessible if lot.is_dwelling else "",
        residence.has_lift,
        residence.heating,
        residence.in_district,
        _district(residence),
        lot.status,
        _degrees(residence.lon),
        _degrees(residence.lat),
    )


def _district(residence: Residence) -> str:
    """Return the invented code of the priority district of a commune; nothing outside any."""
    return f"QP0{residence.town.code}" if residence.in_district else ""


def _degrees(value: float) -> str:
    return f"{value:.6f}".replace(".", ",")


def lease_rows(spec: LandlordSpec, seed: int, on: date) -> Iterator[tuple[object, ...]]:
    """Yield the rent roll, a line a person of a contract."""
    ledger = Ledger()
    for residence in residences(spec, seed):
        for contract in contracts(residence, spec.slug, seed, ledger, on):
            for rank, person in enumerate(contract.people):
                yield _lease_row(contract, person, on, is_first=rank == 0)


def _lease_row(contract: Contract, person: Person, on: date, *, is_first: bool) -> tuple[object, ...]:
    return (
        contract.number,
        contract.lot,
        contract.nature,
        person.role,
        person.relation,
        person.code,
        person.civility,
        person.name,
        person.given,
        person.born,
        contract.entered,
        contract.notice,
        contract.left,
        contract.balance if is_first else "",
        on if is_first else "",
        person.mobile,
        person.landline,
        person.email,
        person.language,
    )


def staff_rows(spec: LandlordSpec, seed: int, on: date) -> Iterator[tuple[object, ...]]:
    """Yield the HR list, a line an agent."""
    for one in agents(spec, seed, on):
        yield (
            one.reference,
            one.name,
            one.given,
            one.title,
            one.team_code,
            one.team,
            one.agency,
            one.email,
            one.mobile,
            one.entered,
            one.telework,
            one.skills,
            one.account,
        )


def coverage_rows(spec: LandlordSpec, seed: int, on: date) -> Iterator[tuple[object, ...]]:
    """Yield who covers which residence."""
    found = tuple(residences(spec, seed))
    for one in coverage(spec, seed, found, agents(spec, seed, on), on):
        yield (one.residence, one.agent, one.role, one.rank, one.since)


def write_all(spec: LandlordSpec, seed: int, on: date, folder: Path) -> Iterator[WrittenFile]:
    """Write the four files of a landlord, in the order in which they are to be loaded. `on`: the day told."""
    folder.mkdir(parents=True, exist_ok=True)
    exported = on - EXPORTED_BEFORE
    told = (
        ("patrimoine", PROPERTY, property_rows(spec, seed)),
        ("locatif", LEASES, lease_rows(spec, seed, exported)),
        ("staff", STAFF, staff_rows(spec, seed, exported)),
        ("coverage", COVERAGE, coverage_rows(spec, seed, exported)),
    )
    for kind, headers, rows in told:
        path = folder / f"{kind}.csv"
        yield WrittenFile(kind, path, write(path, headers, rows))
