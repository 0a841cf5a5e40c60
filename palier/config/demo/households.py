"""Who lives in the dwellings: households of plausible shape and age, their contracts and contacts.

Orders of magnitude: occupation of social housing as surveys describe it (two in five households of one
person, one in five a single parent, one holder in three over 60), about 2 persons a dwelling. Nothing here is
about anybody: names are drawn by birth decade, numbers belong to ranges kept for fiction.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from palier.config.demo.draws import day_between, first_name, happens, landline, mobile, pick, stream, surname
from palier.config.demo.facts import words
from palier.config.demo.property import Lot, Residence
from palier.kernel.imports.plain import plain

Shapes = tuple[tuple[str, float], ...]
# Shape of the household by size of dwelling.
SHAPES: dict[str, Shapes] = {
    "T1": (("single", 92.0), ("couple", 8.0)),
    "T2": (("single", 74.0), ("couple", 18.0), ("single_parent", 8.0)),
    "T3": (("single", 45.0), ("couple", 23.0), ("single_parent", 21.0), ("family", 11.0)),
    "T4": (("single", 22.0), ("couple", 22.0), ("single_parent", 25.0), ("family", 31.0)),
    "T5": (("couple", 8.0), ("single_parent", 24.0), ("family", 68.0)),
    "T6": (("family", 100.0),),
}
# Age of the holder by shape: (youngest, oldest, weight).
AGES: dict[str, tuple[tuple[tuple[int, int], float], ...]] = {
    "single": (((19, 29), 15.0), ((30, 44), 15.0), ((45, 59), 22.0), ((60, 74), 30.0), ((75, 97), 22.0)),
    "couple": (((21, 29), 11.0), ((30, 44), 12.0), ((45, 59), 22.0), ((60, 74), 36.0), ((75, 92), 19.0)),
    "single_parent": (((20, 29), 12.0), ((30, 44), 55.0), ((45, 59), 33.0)),
    "family": (((24, 29), 8.0), ((30, 44), 58.0), ((45, 59), 34.0)),
}
CHILDREN: dict[str, tuple[tuple[int, float], ...]] = {
    "T2": ((1, 1.0),),
    "T3": ((1, 70.0), (2, 30.0)),
    "T4": ((1, 26.0), (2, 50.0), (3, 24.0)),
    "T5": ((2, 25.0), (3, 50.0), (4, 25.0)),
    "T6": ((3, 30.0), (4, 40.0), (5, 30.0)),
}
LANGUAGES = (
    ("", 91.5),
    ("arabe", 2.4),
    ("turc", 0.9),
    ("portugais", 0.8),
    ("espagnol", 1.0),
    ("anglais", 0.7),
    ("russe", 0.4),
    ("ukrainien", 0.6),
    ("roumain", 0.4),
    ("albanais", 0.4),
    ("dari", 0.4),
    ("tigrinya", 0.2),
    ("langue des signes", 0.3),
)
ARREARS_RATE = 0.115


@dataclass(frozen=True)
class Person:
    """Somebody of a contract. `role` and `relation` in the ERP's words."""

    code: str
    role: str
    relation: str
    civility: str
    name: str
    given: str
    born: date | None
    mobile: str = ""
    landline: str = ""
    email: str = ""
    language: str = ""


@dataclass(frozen=True)
class Contract:
    """A lease of one lot with its people. `balance` in euros, above zero when the tenant owes."""

    number: str
    lot: str
    nature: str
    entered: date
    notice: date | None
    left: date | None
    balance: float
    people: tuple[Person, ...] = field(default=())


class Ledger:
    """Numbers contracts and persons of one landlord in the order in which they are met."""

    def __init__(self) -> None:
        self.contracts = 0
        self.persons = 0

    def contract(self) -> str:
        self.contracts += 1
        return f"C{self.contracts:07d}"

    def person(self) -> str:
        self.persons += 1
        return f"T{self.persons:07d}"


def contracts(residence: Residence, slug: str, seed: int, ledger: Ledger, on: date) -> Iterator[Contract]:
    """Yield the contracts of a residence as they stand on a day: dwellings, then garages and premises."""
    random = stream(seed, slug, residence.code, "people")
    holders: list[Person] = []
    for lot in residence.lots:
        if lot.is_dwelling:
            found = list(_of_dwelling(random, residence, lot, ledger, on))
            holders += [one.people[0] for one in found if one.left is None]
            yield from found
        elif lot.status == "Occupé":
            yield from _of_other(random, residence, lot, ledger, on, holders)


def _of_dwelling(
    random: Random, residence: Residence, lot: Lot, ledger: Ledger, on: date
) -> Iterator[Contract]:
    """The contract in force, and the former one of a dwelling that changed hands lately."""
    if lot.status == "Occupé":
        yield _lived_in(random, residence, lot, ledger, on)
    if lot.status == "Vacant à louer" or happens(random, 0.02):
        yield _former(random, residence, lot, ledger, on)


def _lived_in(random: Random, residence: Residence, lot: Lot, ledger: Ledger, on: date) -> Contract:
    shape = pick(random, SHAPES[lot.typology])
    age = random.randint(*pick(random, AGES[shape]))
    people = tuple(_household(random, residence, lot, shape, age, ledger, on))
    entered = _entry(random, residence, age, on)
    leaving = happens(random, 0.012)
    notice = day_between(random, on - timedelta(days=50), on - timedelta(days=5)) if leaving else None
    return Contract(
        number=ledger.contract(),
        lot=lot.code,
        nature="Bail HLM conventionné" if lot.financing != "PLI" else "Bail non conventionné",
        entered=entered,
        notice=notice,
        left=notice + timedelta(days=92) if notice else None,
        balance=_balance(random),
        people=people,
    )


def _entry(random: Random, residence: Residence, age: int, on: date) -> date:
    """The day of entry: half of them over eight years ago; never before the building or adulthood."""
    stay = min(random.expovariate(1 / 9.5) + 0.1, age - 18.2, on.year - residence.built + 0.5)
    return on - timedelta(days=round(max(0.05, stay) * 365.25))


def _former(random: Random, residence: Residence, lot: Lot, ledger: Ledger, on: date) -> Contract:
    """Somebody who left within the year."""
    age = random.randint(22, 88)
    left = day_between(random, on - timedelta(days=330), on - timedelta(days=12))
    years = min(random.expovariate(1 / 7) + 0.3, age - 19)
    person = _adult(random, residence, age, pick(random, (("F", 54.0), ("M", 46.0))), on, ledger, "Titulaire")
    return Contract(
        number=ledger.contract(),
        lot=lot.code,
        nature="Bail HLM conventionné",
        entered=left - timedelta(days=round(years * 365.25)),
        notice=left - timedelta(days=random.choice((31, 92))),
        left=left,
        balance=_balance(random) if happens(random, 0.3) else 0.0,
        people=(person,),
    )


def _household(
    random: Random, residence: Residence, lot: Lot, shape: str, age: int, ledger: Ledger, on: date
) -> Iterator[Person]:
    sex = _sex_of_holder(random, shape, age)
    holder = _adult(random, residence, age, sex, on, ledger, "Titulaire")
    yield holder
    if shape in ("couple", "family"):
        yield _partner(random, residence, age, sex, holder, on, ledger)
    if shape in ("single_parent", "family"):
        other = surname(random, holder.born.year if holder.born else 1980).upper()
        name = holder.name if happens(random, 0.45 if shape == "single_parent" else 0.8) else other
        for _number in range(pick(random, CHILDREN[lot.typology])):
            yield _child(random, age, name, on, ledger)
    if shape == "single" and age >= 45 and happens(random, 0.04):
        yield _hosted(random, holder, on, ledger)


def _sex_of_holder(random: Random, shape: str, age: int) -> str:
    women = {"single": 0.70 if age >= 70 else 0.47, "single_parent": 0.86}.get(shape, 0.44)
    return "F" if happens(random, women) else "M"


def _partner(
    random: Random, residence: Residence, age: int, sex: str, holder: Person, on: date, ledger: Ledger
) -> Person:
    other = "M" if sex == "F" else "F"
    if happens(random, 0.02):
        other = sex
    years = max(19, age + round(random.gauss(-2 if other == "F" else 2, 3)))
    is_signing = happens(random, 0.8)
    shared = holder.name if happens(random, 0.62) else ""
    return _adult(
        random,
        residence,
        years,
        other,
        on,
        ledger,
        "Cotitulaire" if is_signing else "Occupant",
        relation="Conjoint",
        name=shared,
    )


def _child(random: Random, age: int, name: str, on: date, ledger: Ledger) -> Person:
    years = min(24, max(0, round(age - random.triangular(20, 40, 29))))
    born = _birth(random, years, on)
    sex = random.choice("FM")
    return Person(
        code=ledger.person(),
        role="Occupant",
        relation="Enfant",
        civility="Mme" if sex == "F" else "M.",
        name=name,
        given=first_name(random, born.year, sex),
        born=born,
        mobile=mobile(random) if years >= 18 and happens(random, 0.5) else "",
    )


def _hosted(random: Random, holder: Person, on: date, ledger: Ledger) -> Person:
    born = _birth(random, random.randint(20, 85), on)
    sex = random.choice("FM")
    return Person(
        code=ledger.person(),
        role="Occupant",
        relation="Hébergé",
        civility="Mme" if sex == "F" else "M.",
        name=holder.name if happens(random, 0.4) else surname(random, born.year).upper(),
        given=first_name(random, born.year, sex),
        born=born,
    )


def _adult(
    random: Random,
    residence: Residence,
    age: int,
    sex: str,
    on: date,
    ledger: Ledger,
    role: str,
    *,
    relation: str = "",
    name: str = "",
) -> Person:
    born = _birth(random, age, on)
    family, given = name or surname(random, born.year).upper(), first_name(random, born.year, sex)
    online = 0.82 if age < 50 else 0.6 if age < 65 else 0.36 if age < 75 else 0.14
    has_mobile = happens(random, 0.93 if age < 65 else 0.75 if age < 75 else 0.52)
    has_landline = happens(random, 0.08 if age < 45 else 0.3 if age < 65 else 0.68)
    return Person(
        code=ledger.person(),
        role=role,
        relation=relation,
        civility="Mme" if sex == "F" else "M.",
        name=family,
        given=given,
        born=born,
        mobile=mobile(random) if has_mobile else "",
        landline=landline(random, residence.town.department) if has_landline else "",
        email=_email(random, given, family, born) if happens(random, online) else "",
        language=pick(random, LANGUAGES) if role == "Titulaire" else "",
    )


def _birth(random: Random, age: int, on: date) -> date:
    last = date(on.year - age, on.month, min(on.day, 28))
    return day_between(random, last - timedelta(days=364), last)


def _email(random: Random, given: str, family: str, born: date) -> str:
    tail = f"{born.year % 100:02d}" if happens(random, 0.5) else ""
    return f"{plain(given)}.{plain(family)}{tail}@{random.choice(('courriel', 'postel', 'boite'))}.example"


def _balance(random: Random) -> float:
    """What the tenant owes: nothing for most, a month for some, much for a few."""
    if happens(random, ARREARS_RATE):
        return round(min(9_500.0, random.lognormvariate(6.35, 0.9)), 2)
    return round(-random.uniform(1, 60), 2) if happens(random, 0.12) else 0.0


WRITTEN_TWICE = 11
"""One tenant in so many who rents a garage has a second code for it, as landlords find in their software."""


def _perhaps_twice(person: Person, ledger: Ledger) -> Person:
    """The tenant of a garage; for a few, typed again under another code by somebody who did not look for them.

    Drawn from the code, so that the other households stay as they were.
    """
    number = int(person.code[1:])
    if number % WRITTEN_TWICE or person.born is None:
        return person
    slip = number // WRITTEN_TWICE % 4
    name, given, born = person.name, person.given, person.born
    if slip == 0:
        name, given = given.upper(), name.capitalize()
    elif slip == 1:
        name = name[:-1] if len(name) > 5 else f"{name}E"
    elif slip == 2 and person.mobile:
        return replace(person, code=ledger.person(), given=given.split("-")[0], born=None, email="")
    else:
        given = plain(given).capitalize()
    return replace(person, code=ledger.person(), name=name, given=given, born=born, email="", language="")


def _of_other(
    random: Random, residence: Residence, lot: Lot, ledger: Ledger, on: date, holders: list[Person]
) -> Iterator[Contract]:
    """Garages are let to tenants of the residence, or to neighbours; premises to bodies."""
    entered = day_between(random, on - timedelta(days=4_500), on - timedelta(days=60))
    if lot.nature == "Garage":
        renter = random.choice(holders) if holders and happens(random, 0.8) else None
        person = _perhaps_twice(renter, ledger) if renter else None
        person = person or _adult(
            random, residence, random.randint(25, 80), random.choice("FM"), on, ledger, "Titulaire"
        )
        yield Contract(ledger.contract(), lot.code, "Garage", entered, None, None, 0.0, (person,))
    elif lot.nature in ("Local commercial", "LCR"):
        told = words()["businesses"]
        body = random.choice(told["names"] if lot.nature == "Local commercial" else told["associations"])
        nature = "Bail commercial" if lot.nature == "Local commercial" else "Convention d'occupation"
        person = Person(
            ledger.person(),
            "Titulaire",
            "",
            "",
            body,
            "",
            None,
            landline=landline(random, residence.town.department),
        )
        yield Contract(ledger.contract(), lot.code, nature, entered, None, None, _balance(random), (person,))
