"""Events in the order in which they happened, each run at its own moment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from palier.config.demo.clock import told
from palier.kernel.access import bind_actor, system_actor
from palier.kernel.jobs.running import deliver_waiting

Act = Callable[[datetime], object]


@dataclass
class Timeline:
    """What is to happen to one landlord. `now`: the moment as of which it is told; nothing comes after it."""

    now: datetime
    events: list[tuple[datetime, int, Act]] = field(default_factory=list)

    def moment(self, days: int, at: str) -> datetime:
        """Return a moment some days ago, at an hour of the clock in Paris."""
        day = timezone.localdate(self.now) - timedelta(days=days)
        return timezone.make_aware(datetime.combine(day, time.fromisoformat(at)))

    def add(self, days: int, at: str, act: Act) -> None:
        """Plan an act; two acts of one moment keep the order in which they were added."""
        self.events.append((self.moment(days, at), len(self.events), act))

    def run(self) -> None:
        """Run everything that is not later than now, with the jobs that each act sets off."""
        for moment, _rank, act in sorted(self.events, key=lambda event: event[:2]):
            if moment > self.now:
                continue
            with told(moment):
                with transaction.atomic():
                    bind_actor(system_actor("demonstration", via="command"))
                    act(moment)
                deliver_waiting()
