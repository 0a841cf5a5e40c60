"""News of imports."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from palier.kernel.events import event


@event("imports.batch-applied")
@dataclass(frozen=True)
class BatchApplied:
    """A file is in the tables. Derived values may be worked out again."""

    batch_id: UUID
    kind: str
    coverage: str
    applied: int
    absent: int
    at: datetime


@event("imports.batch-undone")
@dataclass(frozen=True)
class BatchUndone:
    """What a file had changed is as before, except what somebody changed since."""

    batch_id: UUID
    kind: str
    at: datetime
