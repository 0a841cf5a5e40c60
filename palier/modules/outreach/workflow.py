"""The ways of campaigns, calls, alerts and visits at the door."""

from palier.kernel.workflow import Workflow
from palier.modules.outreach.enums import (
    AlertAction,
    AlertState,
    CallAction,
    CallState,
    CampaignAction,
    CampaignState,
    VisitAction,
    VisitState,
)
from palier.modules.outreach.permissions import Permission

CAMPAIGN = Workflow(
    "outreach.campaign",
    {
        CampaignAction.BUILD: (
            (CampaignState.DRAFT,),
            CampaignState.BUILDING,
            Permission.CAMPAIGN_MANAGE,
        ),
        CampaignAction.OPEN: ((CampaignState.BUILDING,), CampaignState.OPEN, Permission.CAMPAIGN_MANAGE),
        CampaignAction.PAUSE: ((CampaignState.OPEN,), CampaignState.PAUSED, Permission.CAMPAIGN_MANAGE),
        CampaignAction.RESUME: ((CampaignState.PAUSED,), CampaignState.OPEN, Permission.CAMPAIGN_MANAGE),
        CampaignAction.CLOSE: (
            (CampaignState.DRAFT, CampaignState.BUILDING, CampaignState.OPEN, CampaignState.PAUSED),
            CampaignState.CLOSED,
            Permission.CAMPAIGN_MANAGE,
        ),
    },
)

CALL = Workflow(
    "outreach.call",
    {
        CallAction.TAKE: ((CallState.WAITING,), CallState.IN_CALL, Permission.CALL_MAKE),
        CallAction.GIVE_BACK: ((CallState.IN_CALL,), CallState.WAITING, Permission.CALL_MAKE),
        CallAction.REACH: (
            (CallState.WAITING, CallState.IN_CALL, CallState.UNREACHED),
            CallState.REACHED,
            Permission.CALL_MAKE,
        ),
        CallAction.MISS: ((CallState.IN_CALL,), CallState.WAITING, Permission.CALL_MAKE),
        CallAction.EXHAUST: ((CallState.IN_CALL,), CallState.UNREACHED, Permission.CALL_MAKE),
        CallAction.SETTLE: ((CallState.UNREACHED,), CallState.CLOSED, Permission.VISIT_MAKE),
        CallAction.CANCEL: (
            (CallState.WAITING, CallState.IN_CALL, CallState.UNREACHED),
            CallState.CANCELLED,
            Permission.CALL_MAKE,
        ),
    },
)

ALERT = Workflow(
    "outreach.alert",
    {
        AlertAction.TRANSMIT: ((AlertState.OPEN,), AlertState.TRANSMITTED, Permission.ALERT_HANDLE),
        AlertAction.TAKE: (
            (AlertState.OPEN, AlertState.TRANSMITTED),
            AlertState.TAKEN,
            Permission.ALERT_HANDLE,
        ),
        AlertAction.CLOSE: ((AlertState.TAKEN,), AlertState.CLOSED, Permission.ALERT_HANDLE),
    },
)

VISIT = Workflow(
    "outreach.visit",
    {
        VisitAction.MEET: (
            (VisitState.TO_VISIT, VisitState.NOBODY),
            VisitState.MET,
            Permission.VISIT_MAKE,
        ),
        VisitAction.FIND_NOBODY: (
            (VisitState.TO_VISIT, VisitState.NOBODY),
            VisitState.NOBODY,
            Permission.VISIT_MAKE,
        ),
        VisitAction.HAND_OVER: ((VisitState.NOBODY,), VisitState.HANDED_OVER, Permission.TEAM_LEAD),
        VisitAction.CANCEL: (
            (VisitState.TO_VISIT, VisitState.NOBODY),
            VisitState.CANCELLED,
            Permission.TEAM_LEAD,
        ),
    },
)
