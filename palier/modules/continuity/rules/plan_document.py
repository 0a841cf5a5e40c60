"""A continuity plan as plain values: what its TOML file says, whatever wrote it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

FORMAT = 1
LEVEL_CODES = ("0", "1", "2", "3", "4", "R")
LANGUAGES = ("fr", "en")
#: The moments at which the impact of an interruption is judged, in the order of the six numbers.
IMPACT_MOMENTS = ("4 h", "1 d", "3 d", "7 d", "14 d", "30 d")
IMPACT_HOURS = (4, 24, 72, 168, 336, 720)
MAX_IMPACT = 4
#: From this impact on, an interruption is held unbearable (SGDSN guide: needs for continuity).
UNBEARABLE = 3
#: Longest time between two reviews of a plan, and of an activation without a shorter word of the level.
REVIEW_MONTHS = 12
DEFAULT_REVIEW_DAYS = 14
#: Chapters of the SGDSN guide (2013) that are prose; the others are the tables of the file.
CHAPTERS = ("context", "risks", "scenarios", "resources", "strategy", "crisis_management", "exercises")
#: What a notice may name; each is filled in for the residence that it is made for.
NOTICE_VARIABLES = (
    "landlord",
    "residence",
    "on_call_number",
    "phone",
    "reception_points",
    "website",
    "effective_on",
    "review_on",
)


@dataclass(frozen=True)
class ServiceNeeds:
    """What the plan says of one service beyond its declaration. Units: hours; impacts from 0 to 4."""

    rto_hours: int | None = None
    mtpd_hours: int | None = None
    rpo_hours: int | None = None
    owner: str = ""
    minimum_service: str = ""
    suppliers: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    substitutes: tuple[str, ...] = ()
    impact: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def unbearable_after(self) -> str:
        """The first moment at which one of the impacts becomes unbearable; "" if none does."""
        for index, moment in enumerate(IMPACT_MOMENTS):
            if any(numbers[index] >= UNBEARABLE for numbers in self.impact.values()):
                return moment
        return ""


@dataclass(frozen=True)
class Seat:
    """A seat of the crisis cell: who holds it and who stands in, named by their jobs."""

    role: str
    holder: str
    deputy: str = ""
    mission: str = ""


@dataclass(frozen=True)
class TerritorialCell:
    """A cell that adapts the actions to one territory, with members from outside."""

    code: str
    name: str
    departments: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    rhythm: str = ""


@dataclass(frozen=True)
class ActionCard:
    """A fiche réflexe: what one role does, by when, after what. `delay` is written "T+4 h" or "D+2"."""

    code: str
    title: str
    role: str
    delay: str
    deputy: str = ""
    after: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class StaffNeed:
    """The least staff for a service: a number, or a number for every so many dwellings."""

    service: str
    count: int
    per_dwellings: int | None = None
    skills: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice:
    """What tenants are told in one language, by channel. Empty: nothing by that channel."""

    poster_title: str = ""
    poster: str = ""
    website: str = ""
    sms: str = ""
    email_subject: str = ""
    email: str = ""

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(name for name in ("poster", "website", "sms", "email") if getattr(self, name))


@dataclass(frozen=True)
class LevelDocument:
    """One level: the mode of each service, the cards, the least staff, the notices."""

    code: str
    name: str
    summary: str = ""
    posture: str = ""
    review_days: int = DEFAULT_REVIEW_DAYS
    services: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    staff: Mapping[str, StaffNeed] = field(default_factory=dict)
    tasks: tuple[ActionCard, ...] = ()
    notices: Mapping[str, Notice] = field(default_factory=dict)

    @property
    def notice_channels(self) -> tuple[str, ...]:
        """The channels by which this level says something, in any language."""
        said = {channel for notice in self.notices.values() for channel in notice.channels}
        return tuple(name for name in ("poster", "website", "sms", "email") if name in said)


@dataclass(frozen=True)
class PlanDocument:
    """A whole plan."""

    code: str
    name: str
    language: str
    scenario: str
    summary: str = ""
    legal_basis: str = ""
    distribution: tuple[str, ...] = ()
    chapters: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, ServiceNeeds] = field(default_factory=dict)
    cell: tuple[Seat, ...] = ()
    territorial_cells: tuple[TerritorialCell, ...] = ()
    levels: Mapping[str, LevelDocument] = field(default_factory=dict)

    def ordered_levels(self) -> Iterator[LevelDocument]:
        return (self.levels[code] for code in LEVEL_CODES if code in self.levels)

    @property
    def level_codes(self) -> tuple[str, ...]:
        return tuple(code for code in LEVEL_CODES if code in self.levels)


def staff_needed(need: StaffNeed, dwellings: int | None) -> int | None:
    """How many people a service needs at least; None when the need depends on dwellings not known."""
    if need.per_dwellings is None:
        return need.count
    if dwellings is None:
        return None
    # Rounded up: a part of a person is a person.
    return need.count * -(-dwellings // need.per_dwellings)
