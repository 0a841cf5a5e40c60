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

    ANSWERED = "answered", pgettext_lazy("call", "Answered")
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


class SegmentInput(TextChoices):
    """What a segment may ask of somebody: these inputs and no other (RGPD art. 5 and 9; domain dossier § 2.1)."""

    AGE = "age", _("Age")
    HOUSEHOLD_SIZE = "household_size", _("Number of people in the dwelling")
    LIVES_ALONE = "lives_alone", _("Lives alone in the dwelling")
    SINGLE_PARENT = "single_parent", _("Alone with children in the dwelling")
    ADAPTED_DWELLING = "adapted_dwelling", _("Adapted dwelling")
    FOLLOWED = "followed", _("Followed by the social workers")
    IN_ARREARS = "in_arrears", _("Rent owed (segment C only)")
    MARKERS = "markers", _("Marker on the file")
    DAYS_WITHOUT_CONTACT = "days_without_contact", _("Days since somebody was last heard")
    ASKED = "asked", _("Asked to be called")
    FORMER_ALERT = "former_alert", _("An earlier call raised an alert")
    REPORTED = "reported", _("Reported by an agent or the CCAS")


class CriteriaProblem(TextChoices):
    """Why a query of a segment is refused."""

    EMPTY = "empty", _("Write at least one condition: a segment never means everybody.")
    EMPTY_GROUP = "empty_group", _("Group {group} holds no condition. Fill it in or take it out.")
    TOO_LONG = "too_long", _("No more than {most} at once: split this into two segments.")
    FORBIDDEN = (
        "forbidden",
        _(
            "Group {group}: “{input}” may never choose who is called (RGPD, art. 9). Use what people declare they need."
        ),
    )
    UNKNOWN = "unknown", _("Group {group}: “{input}” is not an input of segments. Choose one from the list.")
    ARREARS_ELSEWHERE = (
        "arrears_elsewhere",
        _(
            "Group {group}: rent owed may only be used in segment {segment} (families in payment difficulty): "
            "elsewhere it says nothing of frailty."
        ),
    )
    NUMBER = "number", _("Group {group}, {input}: write a whole number from {low} to {high}.")
    ORDER = "order", _("Group {group}, {input}: the least is above the greatest. Correct one of the two.")
    MARKERS = "markers", _("Group {group}: choose at least one marker from the list.")


class Reason(TextChoices):
    """Why somebody is on a list. The words are those that a caller reads and that the tenant may ask for."""

    AGE = "age", _("{years} years old")
    LIVES_ALONE = "lives_alone", _("lives alone")
    SEEMS_ALONE = "seems_alone", _("nobody else known in the dwelling")
    HOUSEHOLD_SIZE = "household_size", _("{people} people in the dwelling")
    SINGLE_PARENT = "single_parent", _("alone with children")
    ADAPTED_DWELLING = "adapted_dwelling", _("adapted dwelling")
    FOLLOWED = "followed", _("followed by the social workers")
    IN_ARREARS = "in_arrears", _("payment difficulty")
    MARKER = "marker", _("Marker on the file")
    NEVER_REACHED = "never_reached", _("no contact known")
    REACHED_TODAY = "reached_today", _("heard today")
    REACHED_YESTERDAY = "reached_yesterday", _("no contact since yesterday")
    DAYS_WITHOUT_CONTACT = "days_without_contact", _("no contact for {days} days")
    ASKED = "asked", _("asked to be called")
    FORMER_ALERT = "former_alert", _("an earlier call raised an alert")
    OPEN_ALERT = "open_alert", _("an alert is open")
    REPORTED = "reported", _("reported by an agent or the CCAS")
    ADDED = "added", _("added by {name}: {why}")
    REMOVED = "removed", _("taken off by {name}: {why}")


class Wants(TextChoices):
    """How a condition reads, as it is shown on the page of a segment."""

    AGE_FROM = "age_from", _("is {at_least} or older")
    AGE_TO = "age_to", _("is {at_most} or younger")
    AGE_BETWEEN = "age_between", _("is {at_least} to {at_most} years old")
    SIZE_FROM = "household_size_from", _("lives with others ({at_least} people or more)")
    SIZE_TO = "household_size_to", _("lives in a household of {at_most} people at most")
    SIZE_BETWEEN = "household_size_between", _("lives in a household of {at_least} to {at_most} people")
    SIZE_EXACT = "household_size_exact", _("lives in a household of {at_least}")
    DAYS_FROM = "days_without_contact_from", _("has not been heard for {at_least} days or more")
    DAYS_TO = "days_without_contact_to", _("was heard in the last {at_most} days")
    DAYS_BETWEEN = "days_without_contact_between", _("was last heard {at_least} to {at_most} days ago")
    LIVES_ALONE = "lives_alone", _("lives alone")
    SINGLE_PARENT = "single_parent", _("is alone with children")
    ADAPTED_DWELLING = "adapted_dwelling", _("lives in an adapted dwelling")
    FOLLOWED = "followed", _("is followed by the social workers")
    IN_ARREARS = "in_arrears", _("owes rent")
    MARKERS = "markers", _("has a marker: {markers}")
    ASKED = "asked", _("asked to be called")
    FORMER_ALERT = "former_alert", _("raised an alert in an earlier call")
    REPORTED = "reported", _("was reported by an agent or the CCAS")


class Kept(TextChoices):
    """Why somebody who matches is not called."""

    OPTED_OUT = "opted_out", _("Object to these calls")
    CALLED_ELSEWHERE = "called_elsewhere", _("Already called in another campaign")
    NO_NUMBER = "no_number", _("Without a number: a visit at the door")
