"""Read a plan from its TOML text, and say everything that is wrong with it, by table, key and line."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from palier.kernel.modes import Service
from palier.modules.continuity.enums import CellRole, ImpactKind, PlanProblem, Scenario
from palier.modules.continuity.rules import plan_document as plan
from palier.modules.continuity.rules.plan_lines import line_of, lines_of
from palier.modules.continuity.rules.tasks import DELAY, first_cycle

_CODE = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_SYNTAX_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")

_TOP = (
    "format", "code", "name", "language", "scenario", "summary", "legal_basis", "distribution",
    "chapters", "services", "cell", "territorial_cells", "levels",
)  # fmt: skip
_NEEDS = (
    "rto_hours", "mtpd_hours", "rpo_hours", "owner", "minimum_service", "suppliers", "applications",
    "substitutes", "impact",
)  # fmt: skip
_SEAT = ("role", "holder", "deputy", "mission")
_TERRITORY = ("code", "name", "departments", "agencies", "members", "rhythm")
_LEVEL = ("name", "summary", "posture", "review_days", "services", "staff", "tasks", "notices")
_CARD = ("code", "title", "role", "deputy", "delay", "after", "services", "steps")
_STAFF = ("count", "per_dwellings", "skills")
_NOTICE = ("poster_title", "poster", "website", "sms", "email_subject", "email")


@dataclass(frozen=True)
class Problem:
    """Something wrong: where it is, what it is and what to do. `path` is "" for the whole file."""

    kind: PlanProblem
    path: str = ""
    line: int | None = None
    data: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return str(self.kind.label).format(**self.data)

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


@dataclass(frozen=True)
class Reading:
    """What was read: the document when nothing is wrong, else every problem in the order of the file."""

    document: plan.PlanDocument | None
    problems: tuple[Problem, ...] = ()


def read_plan(content: str | bytes, services: Iterable[Service]) -> Reading:
    """Read a plan and check it against the services that are declared."""
    if isinstance(content, bytes):
        try:
            content = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return Reading(None, (Problem(PlanProblem.NOT_TEXT),))
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as refused:
        return Reading(None, (_syntax_problem(str(refused), content),))
    reader = _Reader(lines_of(content), {one.key: one for one in services})
    document = reader.document(data)
    problems = sorted(reader.problems, key=lambda one: one.line or 0)
    return Reading(None, tuple(problems)) if problems else Reading(document)


def _syntax_problem(said: str, content: str) -> Problem:
    place = _SYNTAX_PLACE.search(said)
    detail = said[: place.start()] if place else said
    line = int(place[1]) if place and place[1] else len(content.splitlines())
    return Problem(PlanProblem.SYNTAX, "", line, {"detail": detail})


class _Reader:
    """Walks the tables and keeps every problem, so that a person mends them all at once."""

    def __init__(self, lines: dict[str, int], services: dict[str, Service]):
        self.lines, self.services = lines, services
        self.problems: list[Problem] = []

    # What can be said about one key.

    def refuse(self, kind: PlanProblem, path: str, **data: object) -> None:
        self.problems.append(Problem(kind, path, line_of(path, self.lines), data))

    def known_keys(self, table: Mapping[str, Any], path: str, known: Iterable[str]) -> None:
        for key in table:
            if key not in (names := tuple(known)):
                where = f"{path}.{key}" if path else key
                if nearest := get_close_matches(key, names, 1):
                    self.refuse(PlanProblem.MISSPELT_KEY, where, key=key, nearest=nearest[0])
                else:
                    self.refuse(PlanProblem.UNKNOWN_KEY, where, key=key)

    def choice(self, value: object, path: str, known: Iterable[str]) -> str:
        names = [str(one) for one in known]
        if value in names:
            return str(value)
        if nearest := get_close_matches(str(value), names, 1):
            self.refuse(PlanProblem.MISSPELT_VALUE, path, value=value, nearest=nearest[0])
        else:
            self.refuse(PlanProblem.UNKNOWN_VALUE, path, value=value, known=", ".join(names))
        return ""

    def get(self, table: Mapping[str, Any], path: str, key: str, kind: type, missing: Any) -> Any:
        """Return the value of a key if it has the type; `missing` where it is absent (…: required)."""
        where = f"{path}.{key}" if path else key
        if key not in table:
            if missing is ...:
                self.refuse(PlanProblem.MISSING, where, key=key, expected=_EXPECTED[kind])
                return _EMPTY[kind]
            return missing
        value = table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.refuse(PlanProblem.WRONG_TYPE, where, expected=_EXPECTED[kind], found=_found(value))
            return _EMPTY[kind] if missing is ... else missing
        return value

    def text(self, table: Mapping[str, Any], path: str, key: str, missing: Any = "") -> str:
        value = self.get(table, path, key, str, missing).strip()
        if missing is ... and key in table and isinstance(table[key], str) and not value:
            self.refuse(PlanProblem.EMPTY, f"{path}.{key}" if path else key)
        return value

    def texts(self, table: Mapping[str, Any], path: str, key: str) -> tuple[str, ...]:
        values = self.get(table, path, key, list, [])
        where = f"{path}.{key}" if path else key
        for value in values:
            if not isinstance(value, str):
                self.refuse(PlanProblem.WRONG_TYPE, where, expected=_EXPECTED[str], found=_found(value))
        return tuple(value.strip() for value in values if isinstance(value, str))

    def number(self, table: Mapping[str, Any], path: str, key: str, missing: Any = None) -> int | None:
        value = self.get(table, path, key, int, missing)
        if value is not None and key in table and isinstance(table[key], int) and value <= 0:
            self.refuse(PlanProblem.NOT_POSITIVE, f"{path}.{key}")
        return value

    def tables(self, table: Mapping[str, Any], path: str, key: str) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the tables of an array with their paths, numbered from 1."""
        where = f"{path}.{key}" if path else key
        rows = self.get(table, path, key, list, [])
        if any(not isinstance(row, dict) for row in rows):
            self.refuse(PlanProblem.WRONG_TYPE, where, expected=_EXPECTED[dict], found=_found(rows[0]))
            return []
        return [(f"{where}[{number}]", row) for number, row in enumerate(rows, start=1)]

    def code(self, table: Mapping[str, Any], path: str, key: str = "code") -> str:
        value = self.text(table, path, key, ...)
        if value and not _CODE.match(value):
            self.refuse(PlanProblem.CODE_SHAPE, f"{path}.{key}" if path else key, value=value)
        return value

    def service(self, key: object, path: str) -> Service | None:
        known = self.services.get(str(key))
        if known is None:
            if nearest := get_close_matches(str(key), self.services, 1):
                self.refuse(PlanProblem.MISSPELT_SERVICE, path, key=key, nearest=nearest[0])
            else:
                self.refuse(PlanProblem.UNKNOWN_SERVICE, path, key=key, known=", ".join(self.services))
        return known

    def once(self, codes: Iterable[tuple[str, str]]) -> None:
        """Refuse a code used twice; given (path, code) pairs."""
        seen: set[str] = set()
        for path, code in codes:
            if code and code in seen:
                self.refuse(PlanProblem.DUPLICATE, path, value=code)
            seen.add(code)

    # The file, from the top.

    def document(self, data: Mapping[str, Any]) -> plan.PlanDocument:
        self.known_keys(data, "", _TOP)
        written = self.get(data, "", "format", int, plan.FORMAT)
        if written != plan.FORMAT:
            self.refuse(PlanProblem.FORMAT, "format", value=written, known=plan.FORMAT)
        language = self.text(data, "", "language", "fr")
        return plan.PlanDocument(
            code=self.code(data, ""),
            name=self.text(data, "", "name", ...),
            language=self.choice(language, "language", plan.LANGUAGES),
            scenario=self.choice(
                self.text(data, "", "scenario", ...) or "other", "scenario", Scenario.values
            ),
            summary=self.text(data, "", "summary"),
            legal_basis=self.text(data, "", "legal_basis"),
            distribution=self.texts(data, "", "distribution"),
            chapters=self.chapters(self.get(data, "", "chapters", dict, {})),
            services=self.all_needs(self.get(data, "", "services", dict, {})),
            cell=self.cell(data),
            territorial_cells=self.territorial_cells(data),
            levels=self.levels(self.get(data, "", "levels", dict, {})),
        )

    def chapters(self, table: Mapping[str, Any]) -> dict[str, str]:
        self.known_keys(table, "chapters", plan.CHAPTERS)
        return {key: self.text(table, "chapters", key) for key in plan.CHAPTERS if key in table}

    def all_needs(self, table: Mapping[str, Any]) -> dict[str, plan.ServiceNeeds]:
        needs = {}
        for key, row in table.items():
            path = f"services.{key}"
            declared = self.service(key, path)
            if not isinstance(row, dict):
                self.refuse(PlanProblem.WRONG_TYPE, path, expected=_EXPECTED[dict], found=_found(row))
            elif declared:
                needs[key] = self.needs(row, path, declared)
        return {key: needs[key] for key in self.services if key in needs}

    def needs(self, row: Mapping[str, Any], path: str, declared: Service) -> plan.ServiceNeeds:
        self.known_keys(row, path, _NEEDS)
        rto, mtpd = self.number(row, path, "rto_hours"), self.number(row, path, "mtpd_hours")
        if (rto or declared.rto_hours) >= (mtpd or declared.mtpd_hours):
            where = "rto_hours" if rto else "mtpd_hours"
            self.refuse(
                PlanProblem.TARGET_TOO_LONG,
                f"{path}.{where}",
                rto=rto or declared.rto_hours,
                mtpd=mtpd or declared.mtpd_hours,
            )
        return plan.ServiceNeeds(
            rto_hours=rto,
            mtpd_hours=mtpd,
            rpo_hours=self.number(row, path, "rpo_hours"),
            owner=self.text(row, path, "owner"),
            minimum_service=self.text(row, path, "minimum_service"),
            suppliers=self.texts(row, path, "suppliers"),
            applications=self.texts(row, path, "applications"),
            substitutes=self.texts(row, path, "substitutes"),
            impact=self.impact(self.get(row, path, "impact", dict, {}), f"{path}.impact"),
        )

    def impact(self, table: Mapping[str, Any], path: str) -> dict[str, tuple[int, ...]]:
        self.known_keys(table, path, ImpactKind.values)
        grid = {}
        for kind in ImpactKind.values:
            if kind in table:
                grid[kind] = self.impact_numbers(self.get(table, path, kind, list, []), f"{path}.{kind}")
        return grid

    def impact_numbers(self, numbers: list[Any], path: str) -> tuple[int, ...]:
        moments = plan.IMPACT_MOMENTS
        if len(numbers) != len(moments):
            self.refuse(
                PlanProblem.WRONG_COUNT,
                path,
                expected=len(moments),
                moments=", ".join(moments),
                found=len(numbers),
            )
        wrong = [one for one in numbers if type(one) is not int or not 0 <= one <= plan.MAX_IMPACT]
        if wrong:
            self.refuse(PlanProblem.OUT_OF_RANGE, path, value=wrong[0], low=0, high=plan.MAX_IMPACT)
        elif numbers != sorted(numbers):
            self.refuse(PlanProblem.IMPACT_FALLS, path, value=", ".join(map(str, numbers)))
        return tuple(numbers)

    def cell(self, data: Mapping[str, Any]) -> tuple[plan.Seat, ...]:
        seats = []
        for path, row in self.tables(data, "", "cell"):
            self.known_keys(row, path, _SEAT)
            seats.append(
                plan.Seat(
                    role=self.role(row, path, "role", ...),
                    holder=self.text(row, path, "holder", ...),
                    deputy=self.text(row, path, "deputy"),
                    mission=self.text(row, path, "mission"),
                )
            )
        self.once((f"cell[{number}].role", seat.role) for number, seat in enumerate(seats, start=1))
        return tuple(seats)

    def role(self, row: Mapping[str, Any], path: str, key: str, missing: Any = "") -> str:
        value = self.text(row, path, key, missing)
        return self.choice(value, f"{path}.{key}", CellRole.values) if value else ""

    def territorial_cells(self, data: Mapping[str, Any]) -> tuple[plan.TerritorialCell, ...]:
        cells = []
        for path, row in self.tables(data, "", "territorial_cells"):
            self.known_keys(row, path, _TERRITORY)
            cells.append(
                plan.TerritorialCell(
                    code=self.code(row, path),
                    name=self.text(row, path, "name", ...),
                    departments=self.texts(row, path, "departments"),
                    agencies=self.texts(row, path, "agencies"),
                    members=self.texts(row, path, "members"),
                    rhythm=self.text(row, path, "rhythm"),
                )
            )
        self.once((f"territorial_cells[{n}].code", one.code) for n, one in enumerate(cells, start=1))
        return tuple(cells)

    # The levels.

    def levels(self, table: Mapping[str, Any]) -> dict[str, plan.LevelDocument]:
        if not table:
            self.refuse(PlanProblem.NO_LEVEL, "levels")
        found = {}
        for code, row in table.items():
            path = f"levels.{code}"
            if code not in plan.LEVEL_CODES:
                self.refuse(PlanProblem.UNKNOWN_LEVEL, path, key=code)
            elif not isinstance(row, dict):
                self.refuse(PlanProblem.WRONG_TYPE, path, expected=_EXPECTED[dict], found=_found(row))
            else:
                found[code] = self.level(code, row, path)
        return {code: found[code] for code in plan.LEVEL_CODES if code in found}

    def level(self, code: str, row: Mapping[str, Any], path: str) -> plan.LevelDocument:
        self.known_keys(row, path, _LEVEL)
        return plan.LevelDocument(
            code=code,
            name=self.text(row, path, "name", ...),
            summary=self.text(row, path, "summary"),
            posture=self.text(row, path, "posture"),
            review_days=self.number(row, path, "review_days", plan.DEFAULT_REVIEW_DAYS) or 0,
            services=self.modes(self.get(row, path, "services", dict, {}), f"{path}.services"),
            staff=self.staff(self.get(row, path, "staff", dict, {}), f"{path}.staff"),
            tasks=self.cards(row, path),
            notices=self.notices(self.get(row, path, "notices", dict, {}), f"{path}.notices"),
        )

    def modes(self, table: Mapping[str, Any], path: str) -> dict[str, dict[str, str]]:
        modes = {}
        for key, row in table.items():
            declared = self.service(key, f"{path}.{key}")
            if not isinstance(row, dict):
                self.refuse(
                    PlanProblem.WRONG_TYPE, f"{path}.{key}", expected=_EXPECTED[dict], found=_found(row)
                )
            elif declared:
                modes[key] = self.mode(row, f"{path}.{key}", declared)
        return {key: modes[key] for key in self.services if key in modes}

    def mode(self, row: Mapping[str, Any], path: str, declared: Service) -> dict[str, str]:
        self.known_keys(row, path, [one.key for one in declared.fields])
        chosen = {}
        for one in declared.fields:
            if one.key in row:
                # `target_days = 8` is as clear as `"8"`.
                written = row[one.key]
                value = str(written) if type(written) is int else written
                chosen[one.key] = self.choice(
                    value, f"{path}.{one.key}", [member.value for member in one.order]
                )
        return chosen

    def staff(self, table: Mapping[str, Any], path: str) -> dict[str, plan.StaffNeed]:
        needs = {}
        for key, row in table.items():
            where = f"{path}.{key}"
            declared = self.service(key, where)
            row = {"count": row} if type(row) is int else row
            if not isinstance(row, dict):
                self.refuse(PlanProblem.WRONG_TYPE, where, expected=_EXPECTED[int], found=_found(row))
            elif declared:
                self.known_keys(row, where, _STAFF)
                count = self.number(row, where, "count", ...) or 0
                per = self.number(row, where, "per_dwellings")
                needs[key] = plan.StaffNeed(key, count, per, self.texts(row, where, "skills"))
        return {key: needs[key] for key in self.services if key in needs}

    def cards(self, level: Mapping[str, Any], path: str) -> tuple[plan.ActionCard, ...]:
        found = [(where, self.card(row, where)) for where, row in self.tables(level, path, "tasks")]
        self.once((f"{where}.code", card.code) for where, card in found)
        codes = [card.code for _, card in found]
        for where, card in found:
            for needed in card.after:
                if needed not in codes:
                    self.refuse(
                        PlanProblem.UNKNOWN_TASK, f"{where}.after", value=needed, known=", ".join(codes)
                    )
        if loop := first_cycle({card.code: card.after for _, card in found}):
            self.refuse(PlanProblem.LOOP, f"{path}.tasks", value=" → ".join(loop))
        return tuple(card for _, card in found)

    def card(self, row: Mapping[str, Any], path: str) -> plan.ActionCard:
        self.known_keys(row, path, _CARD)
        delay = self.text(row, path, "delay", ...)
        if delay and not DELAY.match(delay):
            self.refuse(PlanProblem.DELAY, f"{path}.delay", value=delay)
        role, deputy = self.role(row, path, "role", ...), self.role(row, path, "deputy")
        if role and role == deputy:
            self.refuse(PlanProblem.SAME_DEPUTY, f"{path}.deputy", value=role)
        services = self.texts(row, path, "services")
        for key in services:
            self.service(key, f"{path}.services")
        return plan.ActionCard(
            code=self.code(row, path),
            title=self.text(row, path, "title", ...),
            role=role,
            delay=delay,
            deputy=deputy,
            after=self.texts(row, path, "after"),
            services=services,
            steps=self.texts(row, path, "steps"),
        )

    def notices(self, table: Mapping[str, Any], path: str) -> dict[str, plan.Notice]:
        notices = {}
        for language, row in table.items():
            where = f"{path}.{language}"
            if language not in plan.LANGUAGES:
                self.refuse(PlanProblem.UNKNOWN_LANGUAGE, where, key=language)
            elif not isinstance(row, dict):
                self.refuse(PlanProblem.WRONG_TYPE, where, expected=_EXPECTED[dict], found=_found(row))
            else:
                notices[language] = self.notice(row, where)
        return {one: notices[one] for one in plan.LANGUAGES if one in notices}

    def notice(self, row: Mapping[str, Any], path: str) -> plan.Notice:
        self.known_keys(row, path, _NOTICE)
        texts = {key: self.text(row, path, key) for key in _NOTICE}
        for key, text in texts.items():
            for name in _VARIABLE.findall(text):
                if name not in plan.NOTICE_VARIABLES:
                    known = ", ".join(f"{{{one}}}" for one in plan.NOTICE_VARIABLES)
                    self.refuse(PlanProblem.UNKNOWN_VARIABLE, f"{path}.{key}", value=name, known=known)
        return plan.Notice(**texts)


_EXPECTED = {
    str: PlanProblem.EXPECTED_TEXT.label,
    int: PlanProblem.EXPECTED_NUMBER.label,
    list: PlanProblem.EXPECTED_LIST.label,
    dict: PlanProblem.EXPECTED_TABLE.label,
}
_EMPTY: dict[type, Any] = {str: "", int: 0, list: [], dict: {}}


def _found(value: object) -> object:
    """Name what was written where something else was expected."""
    if isinstance(value, bool) or not isinstance(value, (str, int, list, dict)):
        return repr(value) if isinstance(value, bool) else str(value)
    if isinstance(value, (list, dict)):
        return _EXPECTED[type(value)]
    return f"“{value}”" if isinstance(value, str) else str(value)
