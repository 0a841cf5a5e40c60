"""Decisions about presence, coverage and substitutes, on plain values. No clock, no database."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

PRESENT_STATES = frozenset({"on_site", "field", "telework"})
AWAY_STATES = frozenset({"planned_leave", "absent"})

# Who keeps each service standing. The plan's minimum for a service is compared with the agents of these
# trades; a plan may name a skill instead (see `Minimum`).
JOBS_OF_SERVICE: Mapping[str, frozenset[str]] = {
    "repairs": frozenset({"technician", "sector_manager"}),
    "on_call": frozenset({"technician", "sector_manager"}),
    "safety": frozenset({"technician", "caretaker", "sector_manager"}),
    "cleaning": frozenset({"caretaker", "cleaner"}),
    "refuse": frozenset({"caretaker", "cleaner"}),
    "tension_watch": frozenset({"caretaker", "sector_manager"}),
    "reception": frozenset({"receptionist", "adviser"}),
    "phone_reception": frozenset({"receptionist", "adviser"}),
    "calls": frozenset({"adviser", "social_adviser", "social_worker"}),
    "social_support": frozenset({"social_adviser", "social_worker"}),
    "solidarity": frozenset({"social_adviser", "social_worker"}),
    "protection": frozenset({"social_adviser", "social_worker"}),
    "rehousing": frozenset({"allocation_officer", "letting_officer"}),
    "supplies": frozenset({"storekeeper"}),
    "allocation": frozenset({"allocation_officer"}),
    "signing": frozenset({"letting_officer", "adviser"}),
    "rent": frozenset({"rent_officer", "collection_officer"}),
    "payables": frozenset({"supplier_accountant"}),
    "payroll": frozenset({"hr_officer"}),
    "it": frozenset({"it_officer"}),
    "works": frozenset({"works_manager"}),
    "information": frozenset({"communication_officer"}),
}

# These services cannot be rendered from home: an agent who teleworks does not count for their minimum.
HANDS_ON_SERVICES = frozenset({"repairs", "safety", "cleaning", "refuse", "tension_watch", "supplies"})

# Domain dossier §1.2: reasons of absence and health mentions are never stored, whoever writes them. Stems are
# matched on whole words of text in small letters without accents; `*` stands for the rest of a word.
_FORBIDDEN = (
    "malad*",
    "arrets? maladie",
    "arrets? de travail",
    "en arret",
    "accident* (?:du|de) travail",
    "gardes? d enfants?",
    "enfants? malades?",
    "isolement*",
    "isolee? (?:a|au|chez)",
    "quarantaine*",
    "quatorzaine*",
    "septaine",
    "covid*",
    "coronavirus",
    "cas contacts?",
    "symptom*",
    "testee? positi*",
    "positi[fv]e? (?:au|a la)",
    "fievre*",
    "vulnerab*",
    "comorbid*",
    "immunodep*",
    "immunosup*",
    "enceintes?",
    "grossesse*",
    "maternite",
    "paternite",
    "conge parental",
    "handicap*",
    "rqth",
    "invalid*",
    "inaptitude",
    "inaptes?",
    "mi temps therap*",
    "therapeut*",
    "hospital*",
    "hopital",
    "hopitaux",
    "chirurg*",
    "cancer*",
    "chimio*",
    "depress*",
    "burn ?out",
    "diabet*",
    "asthm*",
    "problemes? de sante",
    "sante fragile",
    "personnes? a risques?",
    "medecin*",
    "certificat medical",
    "visite medicale",
    "deuils?",
    "deces",
    "obseques",
    "droit de retrait",
    "activite partielle",
    "chomage partiel",
    "chomage technique",
    "en greve",
    "greviste*",
    "sick*",
    "illness",
    "is ill",
    "child ?care",
    "isolating",
    "isolated",
    "self isolation",
    "quarantin*",
    "pregnan*",
    "maternity",
    "paternity",
    "disab*",
    "bereave*",
    "on strike",
)
# The same pattern serves Python and PostgreSQL, which holds it as a constraint of the tables that have notes.
FORBIDDEN_PATTERN = "(?<![a-z0-9])(?:" + "|".join(_FORBIDDEN).replace("*", "[a-z0-9]*") + ")(?![a-z0-9])"
_FORBIDDEN_WORDS = re.compile(FORBIDDEN_PATTERN)


def plain(text: str) -> str:
    """Return text in small letters, without accents, signs made into single spaces."""
    folded = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()


def forbidden_mention(text: str) -> str:
    """Return the first words that tell a reason of absence or a health matter, or an empty string.

    Legal: RGPD art. 5 (minimisation) and 9 (health data); the employer keeps these in the HR file alone.
    """
    found = _FORBIDDEN_WORDS.search(plain(text))
    return found.group(0) if found else ""


@dataclass(frozen=True)
class Minimum:
    """The least staff that a plan asks for one service. `skill` narrows who counts; empty: by trade."""

    service: str
    needed: int
    skill: str = ""


@dataclass(frozen=True)
class AgentDay:
    """What matters of one agent on one day. `state` is a PresenceState code, `unknown` without a row."""

    job: str
    state: str
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ServiceStrength:
    """Agents of one service on one day. Units: agents. `missing` supposes that nobody unknown will come."""

    service: str
    needed: int
    present: int
    absent: int
    unknown: int
    name: str = ""

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.present)

    @property
    def hopeless(self) -> bool:
        """True when the minimum cannot be met even if everybody unknown turns up."""
        return self.present + self.unknown < self.needed


def serves(agent: AgentDay, minimum: Minimum) -> bool:
    """Tell whether an agent's trade (or the skill the plan names) counts for a service."""
    if minimum.skill:
        return minimum.skill in agent.skills
    return agent.job in JOBS_OF_SERVICE.get(minimum.service, frozenset())


def strength(minimum: Minimum, agents: Iterable[AgentDay]) -> ServiceStrength:
    """Count the agents of one service by what is known of their day.

    Where hands are needed on the spot, an agent who teleworks is not counted at all.
    """
    present = absent = unknown = 0
    for agent in agents:
        if not serves(agent, minimum):
            continue
        if agent.state in AWAY_STATES:
            absent += 1
        elif agent.state in PRESENT_STATES:
            present += not (agent.state == "telework" and minimum.service in HANDS_ON_SERVICES)
        else:
            unknown += 1
    return ServiceStrength(minimum.service, minimum.needed, present, absent, unknown)


def proposed_state(*, usual_day: str, on_leave: bool, yesterday: str, source: str) -> str:
    """Propose a state for a day: from the planning, or the same as the last day that was filled.

    A leave known in advance always wins; an empty answer proposes nothing (day not worked, nothing known).
    """
    if on_leave:
        return "planned_leave"
    if source == "yesterday":
        return "" if yesterday in ("", "unknown", "planned_leave") else yesterday
    return "" if usual_day in ("", "off") else usual_day


@dataclass(frozen=True)
class Candidate:
    """An agent who might stand in at a residence. Coordinates in degrees (WGS 84), None when unknown."""

    agent_id: str
    name: str
    job: str
    state: str
    skills: frozenset[str]
    agency_id: str
    knows_residence: bool
    residences: int
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Need:
    """A residence left without its holder on a day."""

    job: str
    skills: frozenset[str]
    agency_id: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Proposal:
    """A substitute and why. `distance_km` is as the crow flies, None when a place has no coordinates."""

    candidate: Candidate
    same_trade: bool
    same_agency: bool
    missing_skills: frozenset[str]
    distance_km: float | None


# Trades that may stand in for another one without a special skill.
STAND_INS: Mapping[str, frozenset[str]] = {
    "caretaker": frozenset({"caretaker", "cleaner", "sector_manager"}),
    "cleaner": frozenset({"cleaner", "caretaker"}),
    "sector_manager": frozenset({"sector_manager", "technician"}),
    "technician": frozenset({"technician", "sector_manager"}),
    "adviser": frozenset({"adviser", "receptionist", "letting_officer"}),
    "social_adviser": frozenset({"social_adviser", "social_worker"}),
}


def distance_km(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Return the great-circle distance between two points given in degrees. Units: kilometres."""
    half = sin(radians(lat_b - lat_a) / 2) ** 2
    half += cos(radians(lat_a)) * cos(radians(lat_b)) * sin(radians(lon_b - lon_a) / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(half))


def propose_substitutes(need: Need, candidates: Iterable[Candidate], limit: int = 3) -> list[Proposal]:
    """Rank the agents who could stand in, the best first, whatever their agency.

    Of the same trade, somebody who knows the place comes first; then other trades that may stand in; then
    all the skills, the same agency, the nearest, the least burdened. Only people at work away
    from home are proposed.
    """
    stand_ins = STAND_INS.get(need.job, frozenset({need.job}))
    proposals = [
        _proposal(need, candidate)
        for candidate in candidates
        if candidate.state in ("on_site", "field")
        and (candidate.job in stand_ins or candidate.knows_residence)
    ]
    proposals.sort(key=_rank)
    return proposals[:limit]


def _proposal(need: Need, candidate: Candidate) -> Proposal:
    return Proposal(
        candidate=candidate,
        same_trade=candidate.job == need.job,
        same_agency=bool(need.agency_id) and candidate.agency_id == need.agency_id,
        missing_skills=need.skills - candidate.skills,
        distance_km=_between(need, candidate),
    )


def _between(need: Need, candidate: Candidate) -> float | None:
    if need.lon is None or need.lat is None or candidate.lon is None or candidate.lat is None:
        return None
    return distance_km(need.lon, need.lat, candidate.lon, candidate.lat)


def _rank(proposal: Proposal) -> tuple[int, int, bool, float, int, str]:
    far = proposal.distance_km if proposal.distance_km is not None else 10_000.0
    fitness = 2 * (not proposal.same_trade) + (not proposal.candidate.knows_residence)
    return (
        fitness,
        len(proposal.missing_skills),
        not proposal.same_agency,
        round(far),
        proposal.candidate.residences,
        proposal.candidate.name,
    )


def weekly_minutes(slots: Iterable[tuple[time, time]]) -> int:
    """Return the minutes worked in a week. Each slot is (start, end) on one weekday, end after start."""
    return sum((end.hour * 60 + end.minute) - (start.hour * 60 + start.minute) for start, end in slots)


def overlapping_slots(slots: Sequence[tuple[int, time, time]]) -> tuple[int, time, time] | None:
    """Return the first slot (weekday 0-6, start, end) that begins before the one before it ends, or None."""
    ordered = sorted(slots)
    for before, after in pairwise(ordered):
        if before[0] == after[0] and after[1] < before[2]:
            return after
    return None


def last_working_day(day: date) -> date:
    """Return the weekday before a date: what people call yesterday when they fill Monday's sheet."""
    back = {0: 3, 6: 2}.get(day.weekday(), 1)
    return day - timedelta(days=back)


# Words of HR files, on plain text, from the most precise to the vaguest; the first that is found decides.
# Plain regular expressions without look-around: polars reads them too.
JOB_WORDS: tuple[tuple[str, str], ...] = (
    (r"informatique|systeme|reseau|(^| )d?si( |$)|numerique", "it_officer"),
    (
        r"directeur|directrice|^dga?$|responsable d agence|cheffe? d agence|secretaire general",
        "executive",
    ),
    (r"cesf|economie sociale", "social_adviser"),
    (
        r"assistante? (e )?(de service )?social|travailleu[rs]e? social|(action|accompagnement) social|mediat",
        "social_worker",
    ),
    (r"gardien|concierge|employee? (e )?d immeuble|agente? (e )?de proximite", "caretaker"),
    (r"agente? (e )?d entretien|agente? (e )?de (proprete|service)|ouvrier|nettoyage", "cleaner"),
    (
        r"chargee? (e )?de (secteur|residence|site)|gestionnaire (de secteur|technique|d immeuble)"
        r"|responsable (de |d )?(secteur|site|proximite)",
        "sector_manager",
    ),
    (
        r"technicien|chargee? (e )?(de maintenance|technique)|regisseu|electricien|plombi|astreinte",
        "technician",
    ),
    (r"accueil|standard|receptionni", "receptionist"),
    (r"recouvrement|contentieux|impaye", "collection_officer"),
    (r"quittancement|charges locatives|gestion des loyers", "rent_officer"),
    (r"attribution|caleol|peuplement", "allocation_officer"),
    (r"commercialisation|etats? des lieux|mise en location|relocation", "letting_officer"),
    (r"communica", "communication_officer"),
    (r"ressources humaines|(^| )rh( |$)|paie|paye", "hr_officer"),
    (r"clientele|gestion(naire)? locati|chargee? (e )?de gestion|conseill", "adviser"),
    (r"comptab", "supplier_accountant"),
    (r"magasin|logistique|gestion des stocks|(^| )epi( |$)", "storekeeper"),
    (r"operation|monteu|travaux|maitrise d ouvrage", "works_manager"),
)
# Trades whose ordinary day is spent in the residences.
FIELD_JOBS = ("caretaker", "cleaner", "sector_manager", "technician")


def job_of_title(title: str) -> str:
    """Return the trade that a job title of an HR file stands for; `other` when no word is recognised."""
    text = plain(title)
    return next((job for words, job in JOB_WORDS if re.search(words, text)), "other")
