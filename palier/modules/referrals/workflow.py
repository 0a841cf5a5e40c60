"""The states of a referral and of an observation."""

from palier.kernel.workflow import Workflow
from palier.modules.referrals.enums import (
    ObservationAction,
    ObservationState,
    ReferralAction,
    ReferralState,
)
from palier.modules.referrals.permissions import Permission

WAITING, KNOWN, DOING = ReferralState.OPENED, ReferralState.ACKNOWLEDGED, ReferralState.IN_PROGRESS
RETURNED, SETTLED, WITHDRAWN = ReferralState.RETURNED, ReferralState.SETTLED, ReferralState.WITHDRAWN
A, P = ReferralAction, Permission

REFERRAL = Workflow(
    "referrals.referral",
    {  # action:      (from states,                       to state,  permission)
        A.ACKNOWLEDGE: ((WAITING,),                         KNOWN,     P.REFERRAL_HANDLE),
        A.START:       ((WAITING, KNOWN),                   DOING,     P.REFERRAL_HANDLE),
        A.DECLINE:     ((WAITING, KNOWN, DOING),            RETURNED,  P.REFERRAL_HANDLE),
        A.REDIRECT:    ((WAITING, KNOWN, DOING, RETURNED),  WAITING,   P.REFERRAL_ASSIGN),
        A.SETTLE:      ((WAITING, KNOWN, DOING, RETURNED),  SETTLED,   P.REFERRAL_HANDLE),
        A.WITHDRAW:    ((WAITING, KNOWN, DOING, RETURNED),  WITHDRAWN, P.REFERRAL_WITHDRAW),
        A.REOPEN:      ((SETTLED,),                         DOING,     P.REFERRAL_HANDLE),
    },
)  # fmt: skip

OBSERVATION = Workflow(
    "referrals.observation",
    {  # action:                  (from states,                                            to state, permission)
        ObservationAction.FOLLOW: (
            (ObservationState.NOTED, ObservationState.FOLLOWED), ObservationState.FOLLOWED, P.OBSERVATION_NOTE,
        ),
        ObservationAction.CLOSE: (
            (ObservationState.NOTED, ObservationState.FOLLOWED), ObservationState.CLOSED, P.OBSERVATION_NOTE,
        ),
    },
)  # fmt: skip
