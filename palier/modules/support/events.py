"""What the support module tells the others: that somebody is accompanied, never why. Ids only."""

from dataclasses import dataclass
from datetime import datetime

from palier.kernel.events import event


@event("support.file-opened")
@dataclass(frozen=True)
class FileOpened:
    """The person agreed: the accompaniment begins."""

    file_id: str
    person_id: str
    at: datetime


@event("support.file-declined")
@dataclass(frozen=True)
class FileDeclined:
    """What was proposed never began. `why`: `declined` by the person, `deceased` or `gone`."""

    file_id: str
    person_id: str
    why: str
    at: datetime


@event("support.file-closed")
@dataclass(frozen=True)
class FileClosed:
    file_id: str
    person_id: str
    result: str
    at: datetime
