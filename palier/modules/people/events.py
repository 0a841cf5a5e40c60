"""What the people module tells the others. Ids only: an event stays in the outbox, and a person may be
sealed.
"""

from dataclasses import dataclass
from datetime import date, datetime

from palier.kernel.events import event


@event("people.contact-stopped")
@dataclass(frozen=True)
class ContactStopped:
    """Nothing planned from `from_on` on may reach these persons: they died, left, or were sealed.

    `why`: `deceased`, `gone` or `protected`. For a departure with notice, `from_on` is the day of exit.
    """

    person_ids: tuple[str, ...]
    from_on: date
    why: str
    at: datetime


@event("people.person-sealed")
@dataclass(frozen=True)
class PersonSealed:
    """A person was sealed: forget her, stop what was planned with her, keep serving her dwelling."""

    person_id: str
    at: datetime


@event("people.person-unsealed")
@dataclass(frozen=True)
class PersonUnsealed:
    person_id: str
    at: datetime


@event("people.marker-recorded")
@dataclass(frozen=True)
class MarkerRecorded:
    """A vulnerability marker was added or reviewed."""

    person_id: str
    marker_id: str
    nature: str
    at: datetime


@event("people.sealed-file-forced")
@dataclass(frozen=True)
class SealedFileForced:
    """A referent opened a file on which they are not named: the data protection officer must know."""

    file_id: str
    by_name: str
    at: datetime


@event("people.persons-merged")
@dataclass(frozen=True)
class PersonsMerged:
    """Two records were one person: what was planned with `gone_id` is now with `kept_id`, and `gone_id` is no more."""

    kept_id: str
    gone_id: str
    at: datetime


@event("people.merge-undone")
@dataclass(frozen=True)
class MergeUndone:
    """The two are two again. What was planned since with `kept_id` stays with them."""

    kept_id: str
    gone_id: str
    at: datetime


@event("people.consent-recorded")
@dataclass(frozen=True)
class ConsentRecorded:
    """Somebody agreed, objected, or took a consent back (`kind`: consent, opt_out, withdrawal), for a topic by a
    channel: what is planned must follow.
    """

    person_id: str
    kind: str
    topic: str
    channel: str
    at: datetime
