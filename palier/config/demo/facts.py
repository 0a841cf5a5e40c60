"""The facts that the demonstration is drawn from: names by birth decade, communes, words, landlords."""

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("facts")
# Frequencies by rank follow Zipf and Mandelbrot closely enough for a demonstration.
RANK_SHIFT, RANK_POWER = 9, 0.9


@dataclass(frozen=True)
class Town:
    """A real commune. `weight`: its share of the landlord's dwellings; `lon`, `lat` in degrees."""

    code: str
    name: str
    department: str
    postcode: str
    population: int
    lon: float
    lat: float
    weight: int


@dataclass(frozen=True)
class Names:
    """Names with their cumulated weights, as `random.choices` takes them."""

    names: tuple[str, ...]
    cumulated: tuple[float, ...]


@dataclass(frozen=True)
class AgencySpec:
    """An agency of an invented landlord and the communes it serves."""

    code: str
    name: str
    towns: tuple[str, ...]


@dataclass(frozen=True)
class LandlordSpec:
    """An invented landlord. `dwellings` is about how many it has."""

    slug: str
    name: str
    family: str
    siren: str
    departments: tuple[str, ...]
    dwellings: int
    since: int
    address: str
    phone: str
    on_call: str
    agencies: tuple[AgencySpec, ...]

    @property
    def domain(self) -> str:
        return f"{self.slug}.example"


@dataclass(frozen=True)
class FederationSpec:
    """The invented regional union."""

    slug: str
    name: str
    region: str
    departments: tuple[str, ...]
    siren: str


@dataclass(frozen=True)
class Scale:
    """What one size of demonstration is made of."""

    landlords: tuple[LandlordSpec, ...]
    federation: FederationSpec


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def _cumulated(weights: list[float]) -> tuple[float, ...]:
    total, steps = 0.0, []
    for weight in weights:
        total += weight
        steps.append(total)
    return tuple(steps)


@cache
def first_names() -> dict[tuple[int, str], Names]:
    """Return the first names of each (birth decade, sex)."""
    found = {}
    for row in _rows("first_names.csv"):
        names = tuple(row["names"].split("|"))
        weights = [1 / (rank + RANK_SHIFT) ** RANK_POWER for rank in range(1, len(names) + 1)]
        found[int(row["decade"]), row["sex"]] = Names(names, _cumulated(weights))
    return found


@cache
def surnames() -> tuple[Names, Names]:
    """Return the surnames of people born before 1961, and of those born since."""
    rows = _rows("surnames.csv")
    names = tuple(row["name"] for row in rows)
    before = _cumulated([float(row["before_1961"]) for row in rows])
    since = _cumulated([float(row["since_1961"]) for row in rows])
    return Names(names, before), Names(names, since)


@cache
def towns() -> dict[str, Town]:
    """Return the communes by Insee code."""
    return {
        row["code"]: Town(
            code=row["code"],
            name=row["name"],
            department=row["department"],
            postcode=row["postcode"],
            population=int(row["population"]),
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            weight=int(row["weight"]),
        )
        for row in _rows("towns.csv")
    }


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a file of facts says."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def words() -> dict[str, Any]:
    """Return the words of which streets, residences and businesses are named."""
    return read_toml(FOLDER / "places.toml")


@cache
def small() -> Scale:
    """Return the default demonstration: three landlords and their union."""
    told = read_toml(FOLDER / "landlords.toml")
    landlords = tuple(
        LandlordSpec(
            **{key: value for key, value in one.items() if key not in ("agencies", "departments")},
            departments=tuple(one["departments"]),
            agencies=tuple(
                AgencySpec(each["code"], each["name"], tuple(each["towns"])) for each in one["agencies"]
            ),
        )
        for one in told["landlord"]
    )
    union = told["federation"]
    return Scale(landlords, FederationSpec(**{**union, "departments": tuple(union["departments"])}))


# `landlord` (20,000 dwellings) and `region` (51 landlords) are further functions of this kind: everything
# below works on a LandlordSpec, whatever its size.
SCALES = {"small": small}
