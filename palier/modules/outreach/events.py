"""What the outreach module tells the others. Ids only: an event stays in the outbox, and a person may be sealed."""

from dataclasses import dataclass
from datetime import datetime

from palier.kernel.events import event


@event("outreach.campaign-opened")
@dataclass(frozen=True)
class CampaignOpened:
    """The list is built and callers may begin. `calls` counts households, `people` the frail members."""

    campaign_id: str
    calls: int
    people: int
    at: datetime


@event("outreach.campaign-closed")
@dataclass(frozen=True)
class CampaignClosed:
    campaign_id: str
    at: datetime


@event("outreach.call-reported")
@dataclass(frozen=True)
class CallReported:
    """Somebody was heard; `person_ids` are the frail members that the call covered."""

    report_id: str
    call_id: str
    person_ids: tuple[str, ...]
    alert_level: str
    at: datetime


@event("outreach.alert-raised")
@dataclass(frozen=True)
class AlertRaised:
    alert_id: str
    level: str
    at: datetime


@event("outreach.household-unreached")
@dataclass(frozen=True)
class HouseholdUnreached:
    """Every attempt failed: somebody must go to the door."""

    call_id: str
    visit_id: str
    residence_id: str
    at: datetime
