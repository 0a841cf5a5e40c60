"""Residences, buildings, entrances and lots of an invented landlord, drawn one residence at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from palier.config.demo.draws import happens, pick, stream
from palier.config.demo.facts import AgencySpec, LandlordSpec, Town, towns, words

# Share of dwellings by size of residence, in towns and in small communes.
SIZES_IN_TOWN = ((150, 20.0), (90, 22.0), (48, 24.0), (24, 18.0), (12, 10.0), (6, 6.0))
SIZES_IN_VILLAGE = ((40, 15.0), (24, 25.0), (12, 30.0), (6, 20.0), (4, 10.0))
TYPOLOGIES = (("T1", 5.0), ("T2", 21.0), ("T3", 37.0), ("T4", 28.0), ("T5", 8.0), ("T6", 1.0))
TYPOLOGIES_OF_HOUSES = (("T2", 6.0), ("T3", 34.0), ("T4", 48.0), ("T5", 12.0))
SURFACES = {"T1": 30, "T2": 48, "T3": 65, "T4": 80, "T5": 96, "T6": 112}
EMPTY = (("Vacant à louer", 2.4), ("Vacant technique", 1.1), ("Travaux", 0.5), ("Vente", 0.2))
VACANCY = sum(share for _status, share in EMPTY) / 100


@dataclass(frozen=True)
class Lot:
    """A lot as the property file tells it. `surface` in square metres; `status` in the ERP's words."""

    code: str
    building: str
    entrance: str
    nature: str
    typology: str
    floor: int
    door: str
    surface: float
    financing: str
    convention: str
    energy: str
    ghg: str
    status: str
    accessible: bool

    @property
    def is_dwelling(self) -> bool:
        return self.nature == "Logement"


@dataclass(frozen=True)
class Residence:
    """A residence with its lots."""

    code: str
    name: str
    agency: AgencySpec
    sector: str
    town: Town
    number: int
    street_kind: str
    street_name: str
    built: int
    is_houses: bool
    in_district: bool
    has_lift: bool
    heating: str
    lon: float
    lat: float
    lots: tuple[Lot, ...]

    @property
    def dwellings(self) -> int:
        return sum(lot.is_dwelling for lot in self.lots)


def residences(spec: LandlordSpec, seed: int) -> Iterator[Residence]:
    """Yield the residences of a landlord, commune by commune; each is drawn from its own stream."""
    names = _names(spec, seed)
    by_town = {code: agency for agency in spec.agencies for code in agency.towns}
    served = [towns()[code] for code in by_town]
    total = sum(town.weight for town in served)
    number = 0
    for town in served:
        wanted = round(spec.dwellings * town.weight / total)
        sizes = _sizes(stream(seed, spec.slug, town.code), town, wanted)
        for size in sizes:
            number += 1
            code = f"{number:04d}"
            yield _residence(
                stream(seed, spec.slug, code), spec, by_town[town.code], town, code, next(names), size
            )


def _sizes(random: Random, town: Town, wanted: int) -> list[int]:
    """Cut a commune's dwellings into residences; the last one takes what remains."""
    choices = SIZES_IN_TOWN if town.population > 9_000 else SIZES_IN_VILLAGE
    sizes: list[int] = []
    while wanted > 0:
        size = max(3, round(pick(random, choices) * random.uniform(0.75, 1.25)))
        size = wanted if wanted - size < 3 else min(size, wanted)
        sizes.append(size)
        wanted -= size
    return sizes


def _names(spec: LandlordSpec, seed: int) -> Iterator[str]:
    """Yield names of residences, no two alike within a landlord."""
    random, told = stream(seed, spec.slug, "names"), words()["residences"]
    tails, heads = random.sample(told["names"], len(told["names"])), list(dict.fromkeys(told["heads"]))
    given: set[str] = set()
    while True:
        for tail in tails:
            free = [head for head in told["heads"] if f"{head} {tail}" not in given]
            # Where every combination is taken, residences are numbered, as landlords do.
            name = f"{random.choice(free)} {tail}" if free else f"{random.choice(heads)} {tail} {len(given)}"
            given.add(name)
            yield name


def _residence(
    random: Random, spec: LandlordSpec, agency: AgencySpec, town: Town, code: str, name: str, size: int
) -> Residence:
    is_houses = size <= 14 and happens(random, 0.55)
    built = _year(random, spec, size, is_houses)
    kind, street = _street(random)
    spread = 0.004 + 0.012 * min(1.0, town.population / 60_000)
    has_lift = not is_houses and (size >= 60 or built >= 2005) and happens(random, 0.8)
    return Residence(
        code=code,
        name=name,
        agency=agency,
        sector=f"{agency.code}-S{1 + agency.towns.index(town.code) % 3}",
        town=town,
        number=random.randint(1, 98),
        street_kind=kind,
        street_name=street,
        built=built,
        is_houses=is_houses,
        in_district=not is_houses and built < 1985 and town.population > 20_000 and happens(random, 0.6),
        has_lift=has_lift,
        heating=pick(
            random, (("Collectif gaz", 40.0), ("Individuel gaz", 42.0), ("Individuel électrique", 18.0))
        ),
        lon=round(town.lon + random.gauss(0, spread), 6),
        lat=round(town.lat + random.gauss(0, spread * 0.7), 6),
        lots=tuple(_lots(random, code, size, built, is_houses=is_houses, has_lift=has_lift)),
    )


def _year(random: Random, spec: LandlordSpec, size: int, is_houses: bool) -> int:
    if size > 70:
        return random.randint(max(spec.since, 1958), 1978)
    if is_houses:
        return random.randint(1984, 2021)
    return pick(
        random,
        (
            (random.randint(spec.since, 1967), 16.0),
            (random.randint(1968, 1984), 40.0),
            (random.randint(1985, 2004), 24.0),
            (random.randint(2005, 2023), 20.0),
        ),
    )


def _street(random: Random) -> tuple[str, str]:
    told = words()["streets"]
    return pick(random, [(kind, weight) for kind, weight in told["kinds"]]), random.choice(told["names"])


def _lots(
    random: Random, code: str, size: int, built: int, *, is_houses: bool, has_lift: bool
) -> Iterator[Lot]:
    loans = _loans(random, built)
    yield from (
        _houses(random, code, size, loans)
        if is_houses
        else _flats(random, code, size, built, loans, has_lift)
    )
    yield from _others(random, code, size, loans)


def _loans(random: Random, built: int) -> tuple[str, str]:
    """The financing of an operation and its agreement, as the law of its time named them."""
    number = f"{random.randint(1, 95):02d}/{random.randint(1, 12)}/{built}/{random.randint(79000, 99999)}"
    if built < 1977:
        return pick(random, (("HLM/O", 70.0), ("PLR/PSR", 22.0), ("ILN", 8.0))), number
    if built < 2001:
        return pick(random, (("PLA", 88.0), ("PLI", 12.0))), number
    return pick(random, (("PLUS", 64.0), ("PLAI", 26.0), ("PLS", 10.0))), number


def _flats(
    random: Random, code: str, size: int, built: int, loans: tuple[str, str], has_lift: bool
) -> Iterator[Lot]:
    per_entrance = 20 if has_lift else 10 if size > 12 else size
    doors = 4 if has_lift else 2
    for index in range(size):
        entrance = index // per_entrance
        building = chr(ord("A") + min(25, entrance // 3))
        rank = index % per_entrance
        typology = pick(random, TYPOLOGIES)
        yield _dwelling(
            random,
            f"{code}-{building}-{index + 1:03d}",
            building,
            str(entrance + 1),
            typology,
            rank // doors,
            str(index + 1),
            built,
            loans,
        )


def _houses(random: Random, code: str, size: int, loans: tuple[str, str]) -> Iterator[Lot]:
    for index in range(size):
        typology = pick(random, TYPOLOGIES_OF_HOUSES)
        yield _dwelling(random, f"{code}-P-{index + 1:03d}", "", "", typology, 0, str(index + 1), 1995, loans)


def _dwelling(
    random: Random,
    code: str,
    building: str,
    entrance: str,
    typology: str,
    floor: int,
    door: str,
    built: int,
    loans: tuple[str, str],
) -> Lot:
    energy = _energy(random, built)
    return Lot(
        code=code,
        building=building,
        entrance=entrance,
        nature="Logement",
        typology=typology,
        floor=floor,
        door=door,
        surface=round(SURFACES[typology] * random.uniform(0.88, 1.14), 2),
        financing=loans[0],
        convention=loans[1],
        energy=energy,
        ghg=energy if happens(random, 0.6) else chr(min(ord("G"), ord(energy) + 1)),
        status=pick(random, EMPTY) if happens(random, VACANCY) else "Occupé",
        accessible=built >= 2008 and happens(random, 0.3),
    )


def _energy(random: Random, built: int) -> str:
    if built >= 2013:
        return pick(random, (("A", 35.0), ("B", 45.0), ("C", 20.0)))
    if built >= 1990:
        return pick(random, (("B", 10.0), ("C", 45.0), ("D", 38.0), ("E", 7.0)))
    return pick(random, (("C", 20.0), ("D", 44.0), ("E", 25.0), ("F", 8.0), ("G", 3.0)))


def _others(random: Random, code: str, size: int, loans: tuple[str, str]) -> Iterator[Lot]:
    """Garages for a third of the dwellings, a lodge in the large residences, now and then a shop."""
    garages = round(size * random.uniform(0.2, 0.45))
    for index in range(garages):
        status = "Occupé" if happens(random, 0.72) else "Vacant à louer"
        yield _other(f"{code}-G-{index + 1:03d}", "Garage", str(index + 1), 13.5, status, loans)
    if size >= 70:
        yield _other(f"{code}-L-001", "Loge gardien", "Loge", 11.0, "Occupé", loans)
        if happens(random, 0.6):
            yield _other(
                f"{code}-C-001", "Local commercial", "RDC", round(random.uniform(45, 160), 1), "Occupé", loans
            )
        if happens(random, 0.5):
            yield _other(f"{code}-R-001", "LCR", "RDC", round(random.uniform(40, 90), 1), "Occupé", loans)


def _other(code: str, nature: str, door: str, surface: float, status: str, loans: tuple[str, str]) -> Lot:
    return Lot(code, "", "", nature, "", 0, door, surface, loans[0], "", "", "", status, False)
