"""When something has been kept long enough, and what proves that it is gone. Pure: the day is an argument."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from palier.kernel.calendar import add_months, legal_deadline

GENESIS = "0" * 64


@dataclass(frozen=True)
class Term:
    """How long something is kept: a number of months, or of days."""

    value: int
    unit: str = "months"

    def before(self, day: date) -> date:
        """Return the day before which (excluded) what happened has been kept long enough on `day`.

        Never early: whatever happened before it reached its term on `day` at the latest.
        """
        return add_months(day, -self.value) if self.unit == "months" else day - timedelta(days=self.value)

    def end(self, start: date) -> date:
        """Return the last day through which something that happened on `start` is kept."""
        return add_months(start, self.value) if self.unit == "months" else start + timedelta(days=self.value)

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"


def fingerprint(facts: Mapping[str, Any]) -> str:
    """Return what tells whether the numbers that somebody saw are still those."""
    return hashlib.sha256(canonical(facts).encode()).hexdigest()[:32]


def proof_hash(*, previous_hash: str, facts: Mapping[str, Any]) -> str:
    """Return the link of the chain of proofs: SHA-256 of the link before and of the facts, in canonical JSON."""
    return hashlib.sha256((previous_hash + canonical(facts)).encode()).hexdigest()


def first_break(proofs: Iterable[tuple[int, str, str, Mapping[str, Any]]]) -> int | None:
    """Return the number of the first proof (number, previous hash, hash, facts) that does not hold, or None."""
    expected, previous = 1, GENESIS
    for number, previous_hash, own_hash, facts in proofs:
        right = proof_hash(previous_hash=previous, facts=facts)
        if number != expected or previous_hash != previous or own_hash != right:
            return number
        expected, previous = number + 1, own_hash
    return None


def canonical(value: Any) -> str:
    """Write a value as the only JSON that says it: sorted keys, no space, dates in ISO 8601."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


# -- Requests of persons -----------------------------------------------------------------------------


ANSWER_MONTHS = 1
EXTENSION_MONTHS = 2
BREACH_HOURS = 72


def answer_due_on(received_on: date, *, extended: bool = False, department: str = "") -> date:
    """Return the last day to answer a person: one month, three when the delay was extended.

    Legal: règlement (UE) 2016/679, art. 12, par. 3; règlement n° 1182/71, art. 3 (counting).
    """
    months = ANSWER_MONTHS + (EXTENSION_MONTHS if extended else 0)
    return legal_deadline(received_on, months, "months", department=department)


def breach_due_at(found_at: datetime) -> datetime:
    """Return the last instant to tell the CNIL of a breach.

    Legal: règlement (UE) 2016/679, art. 33, par. 1; règlement n° 1182/71, art. 3 (a delay in hours is not put off).
    """
    return found_at + timedelta(hours=BREACH_HOURS)


# -- Other people in what is told to somebody -----------------------------------------------------------


def masked(text: str, *, hers: Iterable[str], others: Iterable[str], mask: str = "█") -> str:
    """Hide, in a text told to a person, the words that name other people and not her.

    Words are compared without case nor accents, whole. Legal: règlement (UE) 2016/679, art. 15, par. 4.
    """
    own = {_key(word) for one in hers for word in _words(one)}
    hidden = {_key(word) for one in others for word in _words(one) if len(word) > 1} - own
    if not text or not hidden:
        return text
    return "".join(mask if _key(part) in hidden else part for part in _parts(text))


def _parts(text: str) -> Sequence[str]:
    """Cut a text into words and what separates them, losing nothing."""
    parts: list[str] = []
    for sign in text:
        if parts and parts[-1][-1].isalnum() == sign.isalnum():
            parts[-1] += sign
        else:
            parts.append(sign)
    return parts


def _words(text: str) -> list[str]:
    return [part for part in _parts(text) if part[0].isalnum()]


def _key(word: str) -> str:
    from palier.kernel.search.keys import search_key

    return search_key(word)
