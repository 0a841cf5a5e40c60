"""Closed lists of the support module. Stored values are English codes; screens show the labels."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Meetings(TextChoices):
    """How social advisers meet households: a mode, from normal to most protective."""

    IN_PERSON = "in_person", _("At home or in the office")
    BY_PHONE_FIRST = "by_phone_first", _("By telephone first, visits where needed")
    BY_PHONE = "by_phone", _("By telephone only, except danger")
    EMERGENCIES = "emergencies", _("Emergencies only")


class FileState(TextChoices):
    """Where an accompaniment is. Nothing is followed before the person has agreed."""

    PROPOSED = "proposed", pgettext_lazy("support file", "Proposed")
    ACTIVE = "active", pgettext_lazy("support file", "In progress")
    SUSPENDED = "suspended", pgettext_lazy("support file", "Suspended")
    CLOSED = "closed", pgettext_lazy("support file", "Closed")
    DECLINED = "declined", pgettext_lazy("support file", "Declined by the person")


class FileAction(StrEnum):
    AGREE = "agree"
    DECLINE = "decline"
    SUSPEND = "suspend"
    RESUME = "resume"
    CLOSE = "close"
    REOPEN = "reopen"


class Origin(TextChoices):
    """What the accompaniment was opened from."""

    CALL = "call", _("A courtesy call")
    ARREARS = "arrears", _("Unpaid rent")
    REFERRAL = "referral", _("A hand-over")
    PARTNER = "partner", _("A partner")
    FIELD = "field", _("The field team")
    PERSON = "person", _("The person")
    OTHER = "other", pgettext_lazy("origin", "Other")


class Access(TextChoices):
    """Who reads the file: every social worker, or those named on it alone."""

    TEAM = "team", _("The social workers")
    NAMED = "named", _("Only the people named on it")


class AgreementMeans(TextChoices):
    """How the person agreed (RGPD art. 7: the controller must be able to prove it)."""

    SIGNED = "signed", _("Signed agreement")
    ORAL = "oral", _("Said on the phone or face to face")
    WRITTEN = "written", _("Letter or e-mail")


class Result(TextChoices):
    """What an accompaniment came to."""

    REACHED = "reached", _("Aims reached")
    PARTLY = "partly", _("Aims reached in part")
    HANDED_OVER = "handed_over", _("Carried on by a partner")
    STOPPED = "stopped", _("Stopped by the person")
    NO_NEWS = "no_news", _("No more news of the person")
    MOVED = "moved", _("The person left the dwelling")
    DECEASED = "deceased", _("Deceased")


class AimState(TextChoices):
    OPEN = "open", pgettext_lazy("aim", "In progress")
    REACHED = "reached", pgettext_lazy("aim", "Reached")
    DROPPED = "dropped", pgettext_lazy("aim", "Given up")


class AimAction(StrEnum):
    REACH = "reach"
    DROP = "drop"
    REOPEN = "reopen"


class StepState(TextChoices):
    TO_DO = "to_do", pgettext_lazy("step", "To do")
    DONE = "done", pgettext_lazy("step", "Done")
    DROPPED = "dropped", pgettext_lazy("step", "Given up")


class StepAction(StrEnum):
    FINISH = "finish"
    DROP = "drop"
    REOPEN = "reopen"


class Doer(TextChoices):
    """Who does a step."""

    WORKER = "worker", _("The social worker")
    PERSON = "person", _("The person")
    PARTNER = "partner", _("A partner")


class Place(TextChoices):
    """Where an appointment is held, from the most present to the most distant."""

    HOME = "home", _("At the person's home")
    OFFICE = "office", _("In the office")
    PARTNER = "partner", _("At a partner's")
    PHONE = "phone", _("By telephone")
    VIDEO = "video", _("By video")


class AppointmentState(TextChoices):
    PLANNED = "planned", pgettext_lazy("appointment", "Planned")
    HELD = "held", pgettext_lazy("appointment", "Held")
    MISSED = "missed", pgettext_lazy("appointment", "Missed")
    CANCELLED = "cancelled", pgettext_lazy("appointment", "Cancelled")


class AppointmentAction(StrEnum):
    HOLD = "hold"
    MISS = "miss"
    CANCEL = "cancel"


class PaperState(TextChoices):
    """A document asked from the person: it is seen or handed on, never copied here (RGPD art. 5)."""

    ASKED = "asked", pgettext_lazy("paper", "Asked for")
    SEEN = "seen", pgettext_lazy("paper", "Seen")
    HANDED_ON = "handed_on", pgettext_lazy("paper", "Handed on to the partner")
    NOT_NEEDED = "not_needed", pgettext_lazy("paper", "No longer needed")


class EntryKind(TextChoices):
    """One line of the follow-up's story."""

    CALL = "call", _("Call")
    MEETING = "meeting", pgettext_lazy("support entry", "Meeting")
    VISIT = "visit", _("Visit")
    MESSAGE = "message", _("Letter or message")
    PARTNER = "partner", _("Exchange with a partner")
    REVIEW = "review", pgettext_lazy("support entry", "Review")
    NOTE = "note", _("Note")
