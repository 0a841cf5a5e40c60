"""The outreach module's tables. Every one lives in the organisation's own schema."""

from palier.modules.outreach.models.calls import Alert, Attempt, Call, Need, Report
from palier.modules.outreach.models.campaigns import (
    Campaign,
    CampaignCaller,
    CampaignSegment,
    FollowedPerson,
    Line,
    LineMember,
)
from palier.modules.outreach.models.drafts import Draft
from palier.modules.outreach.models.segments import Script, Segment
from palier.modules.outreach.models.visits import CallSheet, CallSheetLine, Visit

__all__ = [
    "Alert",
    "Attempt",
    "Call",
    "CallSheet",
    "CallSheetLine",
    "Campaign",
    "CampaignCaller",
    "CampaignSegment",
    "Draft",
    "FollowedPerson",
    "Line",
    "LineMember",
    "Need",
    "Report",
    "Script",
    "Segment",
    "Visit",
]
