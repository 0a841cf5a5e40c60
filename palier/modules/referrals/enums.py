"""Closed lists of the referrals module. Stored values are English codes; screens show the labels."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palier.modules.partners.public import NeedKind

__all__ = ["NeedKind"]


class Urgency(TextChoices):
    VITAL = "vital", pgettext_lazy("referral", "Vital")
    URGENT = "urgent", pgettext_lazy("referral", "Urgent")
    NORMAL = "normal", pgettext_lazy("referral", "Normal")


class ConsentGiven(TextChoices):
    """What the person said of handing this over to somebody outside."""

    ORAL = "oral", _("Agreed, orally")
    WRITTEN = "written", _("Agreed, in writing")
    REFUSED = "refused", pgettext_lazy("consent", "Refused")
    NOT_NEEDED = "not_needed", _("Not needed: nobody is named, or it stays inside")


class ReferralState(TextChoices):
    """Where a referral is."""

    OPENED = "opened", pgettext_lazy("referral", "Waiting for an acknowledgement")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("referral", "Acknowledged")
    IN_PROGRESS = "in_progress", pgettext_lazy("referral", "In hand")
    RETURNED = "returned", pgettext_lazy("referral", "Returned to its sender")
    SETTLED = "settled", pgettext_lazy("referral", "Settled")
    WITHDRAWN = "withdrawn", pgettext_lazy("referral", "Withdrawn")


class ReferralAction(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    START = "start"
    DECLINE = "decline"
    REDIRECT = "redirect"
    SETTLE = "settle"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"

    @property
    def label(self) -> str:
        return str(ACTION_LABELS[self])


ACTION_LABELS = {
    ReferralAction.ACKNOWLEDGE: pgettext_lazy("referral", "Acknowledge"),
    ReferralAction.START: pgettext_lazy("referral", "Take in hand"),
    ReferralAction.DECLINE: pgettext_lazy("referral", "Cannot take it"),
    ReferralAction.REDIRECT: pgettext_lazy("referral", "Send to somebody else"),
    ReferralAction.SETTLE: pgettext_lazy("referral", "Settle"),
    ReferralAction.WITHDRAW: pgettext_lazy("referral", "Withdraw"),
    ReferralAction.REOPEN: pgettext_lazy("referral", "Reopen"),
}

CLOSED = (ReferralState.SETTLED, ReferralState.WITHDRAWN)


class Outcome(TextChoices):
    """What became of the need."""

    PROVIDED = "provided", _("Help given")
    PARTLY = "partly", _("Help given in part")
    INFORMED = "informed", _("Information given, the person acts")
    FOLLOW_UP = "follow_up", _("A follow-up is open")
    DECLINED = "declined", _("The person no longer wishes it")
    UNREACHABLE = "unreachable", _("The person could not be reached")
    NOT_ELIGIBLE = "not_eligible", _("Conditions not met")
    NO_SOLUTION = "no_solution", _("No solution found")


class DeclineReason(TextChoices):
    """Why somebody cannot take a referral."""

    NOT_OURS = "not_ours", _("It is not our mission")
    OUT_OF_AREA = "out_of_area", _("We do not serve this place")
    NO_CAPACITY = "no_capacity", _("No room or nobody available now")
    INCOMPLETE = "incomplete", _("Something is missing to act")
    OTHER = "other", _("Another reason")


class Basis(TextChoices):
    """On what ground a person's data leave the house (RGPD art. 6)."""

    CONSENT = "consent", _("Consent of the person (RGPD art. 6.1.a)")
    VITAL_INTEREST = "vital_interest", _("Vital interest of the person (RGPD art. 6.1.d)")
    NOBODY_NAMED = "nobody_named", _("Nobody is named")


class SentBy(TextChoices):
    """How a partner receives the link of a transmission."""

    MAIL = "mail", pgettext_lazy("transmission", "E-mail")
    SHOWN = "shown", pgettext_lazy("transmission", "Shown on the screen")


class StepKind(TextChoices):
    """What happened to a referral: the lines of its story."""

    OPENED = "opened", pgettext_lazy("referral step", "Opened")
    ASSIGNED = "assigned", pgettext_lazy("referral step", "Given to somebody")
    SENT = "sent", pgettext_lazy("referral step", "Sent to a partner")
    READ = "read", pgettext_lazy("referral step", "Read by the partner")
    REVOKED = "revoked", pgettext_lazy("referral step", "Link revoked")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("referral step", "Acknowledged")
    STARTED = "started", pgettext_lazy("referral step", "Taken in hand")
    DECLINED = "declined", pgettext_lazy("referral step", "Returned to its sender")
    REDIRECTED = "redirected", pgettext_lazy("referral step", "Sent to somebody else")
    CLIMBED = "climbed", pgettext_lazy("referral step", "Carried up")
    SETTLED = "settled", pgettext_lazy("referral step", "Settled")
    WITHDRAWN = "withdrawn", pgettext_lazy("referral step", "Withdrawn")
    REOPENED = "reopened", pgettext_lazy("referral step", "Reopened")
    CONTACT_STOPPED = "contact_stopped", pgettext_lazy("referral step", "Contact stopped")


class Climb(TextChoices):
    """How far an overdue referral was carried up."""

    NONE = "none", pgettext_lazy("referral climb", "Not carried up")
    TEAM_LEADER = "team_leader", _("Team leader")
    CONTINUITY_LEAD = "continuity_lead", _("Continuity lead and crisis log")


class ObservationKind(TextChoices):
    """What field teams see in a district (mission rows 29 and 60)."""

    SCHOOLING = "schooling", _("Access to remote schooling")
    ASSOCIATION = "association", _("Support given to an association")
    ISOLATION = "isolation", _("Isolated residents")
    FOOD = "food", _("Difficulty getting food or essentials")
    SOLIDARITY = "solidarity", _("Residents’ own initiative")
    TENSION = "tension", _("Tensions or gatherings")
    SAFETY = "safety", _("Damage or safety of places")
    CLEANLINESS = "cleanliness", _("Refuse and cleanliness")
    SERVICES = "services", _("Shop, transport or public service closed")
    OTHER = "other", _("Other observation")


class ObservationState(TextChoices):
    NOTED = "noted", pgettext_lazy("observation", "Noted")
    FOLLOWED = "followed", pgettext_lazy("observation", "Followed by a referral")
    CLOSED = "closed", pgettext_lazy("observation", "Closed")


class ObservationAction(StrEnum):
    FOLLOW = "follow"
    CLOSE = "close"

    @property
    def label(self) -> str:
        return str(
            {
                ObservationAction.FOLLOW: pgettext_lazy("observation", "Open a referral"),
                ObservationAction.CLOSE: pgettext_lazy("observation", "Close"),
            }[self]
        )
