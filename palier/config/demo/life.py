"""A few weeks of life: presence day by day, plans approved, a crisis lived and lifted, one in force."""

from collections.abc import Callable, Sequence
from datetime import datetime

from palier.config.demo.facts import LandlordSpec
from palier.config.demo.presence import fill_history
from palier.config.demo.staffing import Agent

Tell = Callable[[str], None]


def live(spec: LandlordSpec, staff: Sequence[Agent], *, seed: int, now: datetime, tell: Tell) -> None:
    """Give a landlord its recent past, in the order in which it happened."""
    tell(f"{spec.name}: presence of the last weeks")
    fill_history(spec, seed=seed, now=now)
