"""Closed lists of the outreach module. Stored values are English codes; screens show the labels."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Calls(TextChoices):
    """How often frail tenants are called: a mode, from normal to most protective."""

    OFF = "off", _("No campaign")
    MONTHLY = "monthly", _("Every month")
    WEEKLY = "weekly", _("Every week")
    TWICE_WEEKLY = "twice_weekly", _("Twice a week")
    DAILY = "daily", _("Every day")


class Audience(TextChoices):
    """Who is called: a mode, from normal to most protective."""

    REGISTERED = "registered", _("Those who asked to be called")
    SENIORS = "seniors", _("Seniors and isolated tenants")
    ALL_FRAIL = "all_frail", _("All frail tenants, students and families in difficulty too")


class Trigger(TextChoices):
    """What opened a campaign."""

    HAND = "hand", _("By hand")
    LEVEL = "level", _("Level of the continuity plan")
    VIGILANCE = "vigilance", _("Weather vigilance")


class CampaignState(TextChoices):
    DRAFT = "draft", pgettext_lazy("call campaign", "Draft")
    BUILDING = "building", _("List being built")
    OPEN = "open", pgettext_lazy("call campaign", "In progress")
    PAUSED = "paused", pgettext_lazy("call campaign", "Paused")
    CLOSED = "closed", pgettext_lazy("call campaign", "Closed")


class CampaignAction(StrEnum):
    BUILD = "build"
    OPEN = "open"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"


class LineState(TextChoices):
    """Whether a household is still called in a campaign."""

    ACTIVE = "active", _("Called")
    ENDED = "ended", _("No longer called")


class LineEnd(TextChoices):
    """Why a household is no longer called."""

    DECEASED = "deceased", _("Deceased")
    GONE = "gone", _("No longer lives there")
    PROTECTED = "protected", _("Protected contact")
    OPTED_OUT = "opted_out", _("Objects to these calls")
    NO_LONGER_LISTED = "no_longer_listed", _("No longer in the segments")
    ONCE = "once", _("One call was planned, and made")
    CAMPAIGN_CLOSED = "campaign_closed", _("The campaign is closed")


class CallState(TextChoices):
    WAITING = "waiting", _("To call")
    IN_CALL = "in_call", _("Being called")
    REACHED = "reached", _("Reached")
    UNREACHED = "unreached", _("Not reached")
    CLOSED = "closed", pgettext_lazy("call", "Settled")
    CANCELLED = "cancelled", pgettext_lazy("call", "Cancelled")


class CallAction(StrEnum):
    TAKE = "take"
    GIVE_BACK = "give_back"
    REACH = "reach"
    MISS = "miss"
    EXHAUST = "exhaust"
    SETTLE = "settle"
    CANCEL = "cancel"


class Direction(TextChoices):
    OUTBOUND = "outbound", _("We called")
    INBOUND = "inbound", _("They called")


class AttemptResult(TextChoices):
    """What one ring came to."""

    ANSWERED = "answered", _("Answered")
    THIRD_PARTY = "third_party", _("Someone else answered")
    CALLBACK_ASKED = "callback_asked", _("Asks to be called back")
    NO_ANSWER = "no_answer", _("No answer")
    VOICEMAIL = "voicemail", _("Message left")
    BUSY = "busy", _("Busy")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    REFUSED = "refused", _("Does not wish to be called")


class Wellbeing(TextChoices):
    """How the person says things are; never a diagnosis (RGPD art. 9)."""

    WELL = "well", _("Well")
    SO_SO = "so_so", _("Gets by")
    WORRIED = "worried", _("Worried or alone")
    DISTRESS = "distress", _("In distress")


class AlertLevel(TextChoices):
    """How much somebody must hurry after a call. The number is the one said on the phone: 0 to 3."""

    NONE = "0", _("0, nothing to report")
    WATCH = "1", _("1, call again soon")
    ACT = "2", _("2, someone must act within the day")
    DANGER = "3", _("3, danger, now")


class AlertState(TextChoices):
    OPEN = "open", pgettext_lazy("alert", "Open")
    TRANSMITTED = "transmitted", pgettext_lazy("alert", "Handed over")
    TAKEN = "taken", pgettext_lazy("alert", "Taken in charge")
    CLOSED = "closed", pgettext_lazy("alert", "Closed")


class AlertClimb(TextChoices):
    """How far an alert that nobody took in time was carried up."""

    NONE = "none", pgettext_lazy("alert climb", "Not carried up")
    TEAM_LEADER = "team_leader", pgettext_lazy("alert climb", "Team leader")
    CONTINUITY_LEAD = "continuity_lead", pgettext_lazy("alert climb", "Continuity lead")


class AlertAction(StrEnum):
    TRANSMIT = "transmit"
    TAKE = "take"
    CLOSE = "close"


class VisitState(TextChoices):
    """A visit at the door, by the field team, of somebody whom no call reached."""

    TO_VISIT = "to_visit", _("To visit")
    NOBODY = "nobody", _("Nobody opened")
    MET = "met", _("Met at the door")
    HANDED_OVER = "handed_over", pgettext_lazy("visit", "Handed over")
    CANCELLED = "cancelled", pgettext_lazy("visit", "Cancelled")


class VisitAction(StrEnum):
    MEET = "meet"
    FIND_NOBODY = "find_nobody"
    HAND_OVER = "hand_over"
    CANCEL = "cancel"


class VisitAnswer(TextChoices):
    """What was seen at the door."""

    WELL = "well", _("Is well")
    NEEDS_HELP = "needs_help", _("Needs something")
    WORRYING = "worrying", _("Worrying signs")
    AWAY = "away", _("Away, said by a neighbour or a relative")
    MOVED = "moved", _("Seems to have left the dwelling")


class SkipReason(TextChoices):
    """Why a caller leaves a household to later or to somebody else."""

    LATER = "later", _("Not now: it comes back later today")
    LANGUAGE = "language", _("I do not speak the language")
    KNOWN = "known", _("I know this person: a colleague had better call")
    OTHER = "other", _("Another reason: a colleague calls")


class ScriptContext(TextChoices):
    """What a call is about: it chooses the script."""

    COURTESY = "courtesy", _("Courtesy call")
    LOCKDOWN = "lockdown", _("Lockdown or epidemic")
    HEAT_WAVE = "heat_wave", _("Heat wave")
    COLD = "cold", _("Great cold")
    FLOOD = "flood", _("Flood")
    ENERGY = "energy", _("Energy failure")
    OTHER = "other", _("Other crisis")


class Debrief(TextChoices):
    """After a hard call, whether the caller wishes to talk about it."""

    NOT_ASKED = "", _("Not asked")
    WANTED = "wanted", _("Wishes to talk about it")
    DECLINED = "declined", _("Is fine")
    HELD = "held", _("Talked about")
