"""How urgently somebody is called. Pure; the candidates' query computes the same, and a test compares both.

Score = points of the segment × its weight + points a day × days without contact (capped) + points of an open alert
(domain dossier, appendix D). Somebody of whom no contact is known counts as the cap.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Points:
    """The numbers that an organisation may set. Units: points, days."""

    segment: int = 40
    day: int = 3
    days_cap: int = 60
    alert: int = 30


@dataclass(frozen=True)
class Score:
    """A score and what makes it, for whoever asks why."""

    of_segment: int
    of_days: int
    of_alert: int

    @property
    def total(self) -> int:
        return self.of_segment + self.of_days + self.of_alert


def score(*, weight: int, days_without_contact: int | None, has_open_alert: bool, points: Points) -> Score:
    """Return the score of somebody. Units: `weight` from 0 to 100; None days: never heard."""
    days = points.days_cap if days_without_contact is None else min(days_without_contact, points.days_cap)
    return Score(
        of_segment=points.segment * weight // 100,
        of_days=points.day * max(days, 0),
        of_alert=points.alert if has_open_alert else 0,
    )
