"""The script of an exercise: what is announced at T+n, what is expected, within how many minutes.

One event a line, its parts separated by a bar: « T+15 min | Le gardien signale… | Prévenir l'astreinte | 20 ». The last
two may be left out; a line that begins with # is a note.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from palier.modules.continuity.enums import ScriptProblem
from palier.modules.continuity.rules.tasks import DELAY

MOST = 60
MOST_MINUTES = 1440


@dataclass(frozen=True)
class ScriptLine:
    """One event. Units: minutes."""

    offset_minutes: int
    text: str
    expected: str = ""
    within_minutes: int | None = None

    def __str__(self) -> str:
        parts = [delay_words(self.offset_minutes), self.text]
        if self.expected or self.within_minutes:
            parts.append(self.expected)
        if self.within_minutes:
            parts.append(str(self.within_minutes))
        return " | ".join(parts)


@dataclass(frozen=True)
class Problem:
    kind: ScriptProblem
    line: int = 0
    value: str = ""

    def __str__(self) -> str:
        return str(self.kind.label).format(line=self.line, value=self.value, most=MOST)


def read_script(text: str) -> tuple[tuple[ScriptLine, ...], tuple[Problem, ...]]:
    """Read every line; what cannot be read is a problem with its line number."""
    found: list[ScriptLine] = []
    problems: list[Problem] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        read = _line(number, [part.strip() for part in raw.split("|")])
        if isinstance(read, ScriptLine):
            found.append(read)
        else:
            problems.append(read)
    if len(found) > MOST:
        problems.append(Problem(ScriptProblem.LONG))
    return tuple(sorted(found, key=lambda one: one.offset_minutes)), tuple(problems)


def write_script(lines: Iterable[ScriptLine]) -> str:
    return "\n".join(str(one) for one in lines)


def delay_words(minutes: int) -> str:
    """« T+2 h » for whole hours, else « T+45 min »."""
    return f"T+{minutes // 60} h" if minutes and not minutes % 60 else f"T+{minutes} min"


def _line(number: int, parts: list[str]) -> ScriptLine | Problem:
    if len(parts) < 2 or len(parts) > 4:
        return Problem(ScriptProblem.SHAPE, number)
    delay, text, expected, within = (*parts, "", "")[:4]
    minutes = _minutes(delay)
    if minutes is None:
        return Problem(ScriptProblem.DELAY, number, delay)
    if not text:
        return Problem(ScriptProblem.EMPTY, number)
    if within and not (re.fullmatch(r"[0-9]{1,4}", within) and 0 < int(within) <= MOST_MINUTES):
        return Problem(ScriptProblem.WITHIN, number, within)
    return ScriptLine(minutes, text, expected, int(within) if within else None)


def _minutes(delay: str) -> int | None:
    parsed = DELAY.match(delay)
    suffix = (parsed["suffix"] or "").lower() if parsed else ""
    if parsed is None or parsed["unit"].upper() != "T" or suffix not in ("", "h", "min"):
        return None
    return int(parsed["count"]) * (1 if suffix == "min" else 60)


def is_due(offset_minutes: int, elapsed: timedelta) -> bool:
    """Whether the clock has reached an event."""
    return elapsed >= timedelta(minutes=offset_minutes)
