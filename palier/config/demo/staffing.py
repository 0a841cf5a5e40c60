"""The agents of an invented landlord, their teams, and who covers which residence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from palier.config.demo.draws import day_between, first_name, happens, mobile, stream, surname
from palier.config.demo.facts import AgencySpec, LandlordSpec
from palier.config.demo.property import Residence
from palier.kernel.imports.plain import plain

# Job titles (men, women), the team they belong to, and one agent for how many dwellings (0: one in all).
PROXIMITY = (
    (("Responsable de secteur", "Responsable de secteur"), 520),
    (("Gardien d'immeuble", "Gardienne d'immeuble"), 115),
    (("Agent d'entretien", "Agente d'entretien"), 230),
)
RECEPTION = (
    (("Responsable d'agence", "Responsable d'agence"), 0),
    (("Chargé de clientèle", "Chargée de clientèle"), 420),
    (("Agent d'accueil", "Agente d'accueil"), 900),
)
SEAT: tuple[tuple[str, str, tuple[tuple[tuple[str, str], int], ...]], ...] = (
    (
        "DIR",
        "Direction",
        (
            (("Directeur général", "Directrice générale"), 0),
            (("Assistant de direction", "Assistante de direction"), 0),
            (("Chargé de communication", "Chargée de communication"), 0),
        ),
    ),
    (
        "TECH",
        "Patrimoine et maintenance",
        (
            (("Directeur du patrimoine", "Directrice du patrimoine"), 0),
            (("Technicien de maintenance", "Technicienne de maintenance"), 520),
            (("Conducteur d'opération", "Conductrice d'opération"), 1600),
            (("Magasinier", "Magasinière"), 0),
        ),
    ),
    (
        "SOC",
        "Accompagnement social",
        (
            (("Responsable de l'action sociale", "Responsable de l'action sociale"), 0),
            (
                (
                    "Conseiller en économie sociale et familiale",
                    "Conseillère en économie sociale et familiale",
                ),
                1300,
            ),
            (("Chargé de recouvrement", "Chargée de recouvrement"), 1100),
        ),
    ),
    (
        "ATTR",
        "Attributions et commercialisation",
        (
            (("Chargé d'attribution", "Chargée d'attribution"), 1500),
            (("Chargé d'états des lieux", "Chargée d'états des lieux"), 1400),
        ),
    ),
    (
        "FIN",
        "Finances et quittancement",
        (
            (("Gestionnaire quittancement", "Gestionnaire quittancement"), 2000),
            (("Comptable fournisseurs", "Comptable fournisseurs"), 1700),
        ),
    ),
    (
        "RES",
        "Ressources humaines et informatique",
        (
            (("Gestionnaire paie et ressources humaines", "Gestionnaire paie et ressources humaines"), 2500),
            (("Technicien informatique", "Technicienne informatique"), 2500),
        ),
    ),
)
TELEWORKABLE = ("DIR", "SOC", "ATTR", "FIN", "RES")
SKILLS = {
    "Gardien": (("SST", 0.4), ("Habilitation électrique BS", 0.25)),
    "Technicien": (("Habilitation électrique B2", 0.8), ("Ascenseurs", 0.3), ("Chaufferie", 0.35)),
    "Responsable de secteur": (("Habilitation électrique BS", 0.5), ("SST", 0.5)),
    "Charg": (("Langue arabe", 0.08), ("Langue des signes", 0.05), ("Anglais", 0.15)),
    "Conseill": (("Écoute des victimes de violences", 0.6),),
}
# Accounts of the demonstration: address, roles, and the post whose first holder signs in with it.
ACCOUNTS = (
    ("direction", ("director", "administrator"), "Direct", "DIR"),
    ("pca", ("continuity_lead",), "Direct", "TECH"),
    ("cellule", ("crisis_secretary",), "Assistant", "DIR"),
    ("rh", ("human_resources",), "Gestionnaire paie", "RES"),
    ("agence", ("team_leader",), "Responsable d'agence", ""),
    ("secteur", ("sector_manager", "team_leader"), "Responsable de secteur", ""),
    ("gardien", ("caretaker",), "Gardien", ""),
    ("clientele", ("client_adviser",), "Chargé", "-CLI"),
    ("social", ("social_adviser",), "Conseill", "SOC"),
    ("referente", ("violence_referent",), "Responsable de l'action", "SOC"),
    ("technique", ("technician",), "Technicien", "TECH"),
    ("communication", ("communications",), "Chargé", "DIR"),
    ("informatique", ("data_protection",), "Technicien", "RES"),
)


@dataclass(frozen=True)
class Agent:
    """An agent as the HR file tells it. `account`: the address of a demonstration sign-in, often none."""

    reference: str
    name: str
    given: str
    title: str
    team_code: str
    team: str
    agency: str
    agency_code: str
    email: str
    mobile: str
    entered: date
    telework: str
    skills: str
    account: str = ""
    roles: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.given} {self.name.title()}"


@dataclass(frozen=True)
class Covering:
    """One line of the coverage file."""

    residence: str
    agent: str
    role: str
    rank: str
    since: date


def agents(spec: LandlordSpec, seed: int, on: date) -> tuple[Agent, ...]:
    """Draw the staff of a landlord, post by post."""
    drawn = [_agent(spec, seed, number, post, on) for number, post in enumerate(_posts(spec), start=1)]
    return tuple(_with_accounts(spec, list(_with_addresses(drawn))))


def _posts(spec: LandlordSpec) -> Iterator[tuple[tuple[str, str], str, str, AgencySpec | None]]:
    """Yield (titles, team code, team name, agency) for each post, the seat first."""
    is_small = spec.dwellings < 1_000
    for code, name, posts in SEAT:
        for titles, ratio in posts:
            if is_small and code in ("DIR", "TECH") and titles[0] in ("Assistant de direction", "Magasinier"):
                continue
            for _each in range(max(1, round(spec.dwellings / ratio)) if ratio else 1):
                yield titles, code, name, None
    share = spec.dwellings / len(spec.agencies)
    for agency in spec.agencies:
        for suffix, word, posts in (("PROX", "Proximité", PROXIMITY), ("CLI", "Clientèle", RECEPTION)):
            for titles, ratio in posts:
                for _each in range(max(1, round(share / ratio)) if ratio else 1):
                    place = agency.name.removeprefix("Agence ").removeprefix("de ").removeprefix("du ")
                    yield titles, f"{agency.code}-{suffix}", f"{word} {place}", agency


def _agent(
    spec: LandlordSpec,
    seed: int,
    number: int,
    post: tuple[tuple[str, str], str, str, AgencySpec | None],
    on: date,
) -> Agent:
    titles, team_code, team, agency = post
    random = stream(seed, spec.slug, "agent", number)
    sex = "F" if happens(random, 0.56) else "M"
    born = on.year - random.randint(23, 63)
    name, given = surname(random, born), first_name(random, born, sex)
    title = titles[sex == "F"]
    return Agent(
        reference=f"{number:05d}",
        name=name.upper(),
        given=given,
        title=title,
        team_code=team_code,
        team=team,
        agency=agency.name if agency else "Siège",
        agency_code=agency.code if agency else "",
        email=f"{plain(given)}.{plain(name)}@{spec.domain}",
        mobile=mobile(random),
        entered=day_between(random, date(max(spec.since, born + 20), 1, 1), on - timedelta(days=40)),
        telework=_telework(random, team_code),
        skills=", ".join(_skills(random, title)),
    )


def _with_addresses(drawn: Sequence[Agent]) -> Iterator[Agent]:
    """Number the addresses of namesakes."""
    met: dict[str, int] = {}
    for agent in drawn:
        met[agent.email] = met.get(agent.email, 0) + 1
        times = met[agent.email]
        yield replace(agent, email=agent.email.replace("@", f"{times}@")) if times > 1 else agent


def _telework(random: Random, team_code: str) -> str:
    if team_code not in TELEWORKABLE:
        return ""
    return random.choice(("", "lundi", "mardi", "jeudi", "vendredi", "mardi, jeudi", "lundi, vendredi"))


def _skills(random: Random, title: str) -> Iterator[str]:
    for stem, choices in SKILLS.items():
        if title.startswith(stem):
            yield from (skill for skill, rate in choices if happens(random, rate))


def _with_accounts(spec: LandlordSpec, drawn: Sequence[Agent]) -> Iterator[Agent]:
    """Give each demonstration account to the first agent of its post."""
    taken: dict[str, tuple[str, tuple[str, ...]]] = {}
    for local, roles, stem, team in ACCOUNTS:
        for agent in drawn:
            fits = agent.title.startswith(stem) and (not team or agent.team_code.endswith(team))
            if fits and agent.reference not in taken:
                taken[agent.reference] = (f"{local}@{spec.domain}", roles)
                break
    for agent in drawn:
        account, held = taken.get(agent.reference, ("", ()))
        yield replace(agent, account=account, roles=held)


def coverage(
    spec: LandlordSpec, seed: int, found: Sequence[Residence], staff: Sequence[Agent], on: date
) -> Iterator[Covering]:
    """Yield who covers what: patches of about the same size, a deputy for most, nobody yet for a few."""
    for agency in spec.agencies:
        here = [one for one in found if one.agency == agency]
        team = [agent for agent in staff if agent.agency_code == agency.code]
        yield from _patches(spec, seed, here, team, on)


def _patches(
    spec: LandlordSpec, seed: int, here: Sequence[Residence], team: Sequence[Agent], on: date
) -> Iterator[Covering]:
    caretakers = _Turn([agent for agent in team if agent.title.startswith("Gardien")])
    cleaners = _Turn([agent for agent in team if "entretien" in agent.title])
    sectors = _Turn([agent for agent in team if agent.title.startswith("Responsable de secteur")])
    advisers = _Turn([agent for agent in team if agent.title.startswith("Chargé")])
    for residence in sorted(here, key=lambda one: -one.dwellings):
        random = stream(seed, spec.slug, residence.code, "coverage")
        since = day_between(random, on - timedelta(days=2_400), on - timedelta(days=60))
        is_vacant_post = residence.dwellings < 30 and happens(random, 0.05)
        if not is_vacant_post:
            holder = caretakers.take(residence.dwellings)
            yield Covering(residence.code, holder, "Gardien", "Titulaire", since)
            if residence.dwellings >= 150:
                second = caretakers.other(holder)
                if second:
                    yield Covering(residence.code, second, "Gardien", "Second", since)
            elif happens(random, 0.65):
                deputy = caretakers.other(holder)
                if deputy:
                    yield Covering(residence.code, deputy, "Gardien", "Suppléant", since)
        if residence.dwellings >= 24:
            yield Covering(
                residence.code, cleaners.take(residence.dwellings), "Agent d'entretien", "Titulaire", since
            )
        yield Covering(
            residence.code, sectors.take(residence.dwellings), "Responsable de secteur", "Titulaire", since
        )
        yield Covering(
            residence.code, advisers.take(residence.dwellings), "Chargé de clientèle", "Titulaire", since
        )


class _Turn:
    """Gives the next residence to whoever has the fewest dwellings."""

    def __init__(self, people: Sequence[Agent]) -> None:
        self.burden = {agent.reference: 0 for agent in people}

    def take(self, dwellings: int) -> str:
        chosen = min(self.burden, key=lambda reference: (self.burden[reference], reference))
        self.burden[chosen] += dwellings
        return chosen

    def other(self, holder: str) -> str:
        rest = [reference for reference in self.burden if reference != holder]
        return min(rest, key=lambda reference: (self.burden[reference], reference)) if rest else ""
