"""What the staff module tells the others. Ids and days only."""

from dataclasses import dataclass
from datetime import date, datetime

from palier.kernel.events import event


@event("staff.presence-changed")
@dataclass(frozen=True)
class PresenceChanged:
    """Something was said of the presence of somebody on a day: whoever shares work among those present looks again."""

    day: date
    at: datetime
