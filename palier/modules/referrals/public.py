"""What other modules may ask of referrals. Ids in, plain values out.

News comes as events: `referrals.opened`, `referrals.acknowledged`, `referrals.returned`, `referrals.settled`,
`referrals.overdue` (see events.py).
"""

from palier.modules.referrals.enums import ConsentGiven, NeedKind, Outcome, Urgency
from palier.modules.referrals.selectors.lines import ReferralLine, lines_of_person, lines_of_source
from palier.modules.referrals.services.opening import open_referral
from palier.modules.referrals.services.reporting import report_outcome
from palier.modules.referrals.services.servers import ReferralBrief, register_kind_server

__all__ = [
    "ConsentGiven",
    "NeedKind",
    "Outcome",
    "ReferralBrief",
    "ReferralLine",
    "Urgency",
    "lines_of_person",
    "lines_of_source",
    "open_referral",
    "register_kind_server",
    "report_outcome",
]
