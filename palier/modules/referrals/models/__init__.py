"""The tables of the referrals module."""

from palier.modules.referrals.models.observations import Observation
from palier.modules.referrals.models.referrals import Referral, ReferralQuerySet, ReferralStep, Transmission

__all__ = ["Observation", "Referral", "ReferralQuerySet", "ReferralStep", "Transmission"]
