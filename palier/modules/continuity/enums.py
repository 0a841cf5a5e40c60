"""Closed lists of the continuity module. Stored values are English codes; screens show the labels.

Plans and activations first, then the crisis cell.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Scenario(TextChoices):
    """What the plan is written for. The effects (people, premises, systems, suppliers) matter more."""

    PANDEMIC = "pandemic", _("Pandemic")
    HEAT_WAVE = "heat_wave", _("Heat wave")
    FLOOD = "flood", _("Flood")
    FIRE = "fire", _("Fire or damage to a site")
    CYBER_ATTACK = "cyber_attack", _("Cyber-attack")
    ENERGY = "energy", _("Energy failure")
    STRIKE = "strike", _("Industrial action")
    SUPPLIER = "supplier", _("Failure of a supplier")
    DISORDER = "disorder", _("Public disorder")
    OTHER = "other", _("Other scenario")


class Level(TextChoices):
    """The levels of a plan; each organisation may name its own differently."""

    WATCH = "0", _("0 – Watch")
    ALERT = "1", _("1 – Alert")
    PARTIAL = "2", _("2 – Partial continuity plan")
    FULL = "3", _("3 – Full continuity plan")
    VITAL = "4", _("4 – Vital operation only")
    RECOVERY = "R", _("R – Gradual recovery")


class VersionState(TextChoices):
    """Where a version of a plan is."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    IN_FORCE = "in_force", pgettext_lazy("continuity", "In force")
    ARCHIVED = "archived", _("Archived")


class VersionAction(TextChoices):
    SUBMIT = "submit", _("Submit for review")
    RETURN = "return", _("Return to draft")
    APPROVE = "approve", _("Approve")
    ARCHIVE = "archive", _("Archive")


class ApprovalBody(TextChoices):
    """Who approves a plan, by the organisation's legal form."""

    BOARD = "board", _("Board of directors")
    SUPERVISORY_BOARD = "supervisory_board", _("Supervisory board")
    EXECUTIVE_BOARD = "executive_board", _("Executive board")
    DIRECTOR = "director", _("General director")


class ActivationState(TextChoices):
    """Where an activation is."""

    PROPOSED = "proposed", _("Proposed")
    DECIDED = "decided", _("Decided")
    ACTIVE = "active", _("Active")
    CHANGED = "changed", pgettext_lazy("activation", "Changed")
    LIFTED = "lifted", _("Lifted")
    DEBRIEFED = "debriefed", _("Lessons learnt")
    CLOSED = "closed", _("Closed")
    DROPPED = "dropped", _("Not followed up")


class ActivationAction(TextChoices):
    DECIDE = "decide", _("Decide")
    START = "start", pgettext_lazy("action", "Start")
    CHANGE = "change", _("Change the level")
    EXTEND = "extend", _("Extend")
    LIFT = "lift", _("Lift the level")
    DROP = "drop", _("Do not follow up")
    DEBRIEF = "debrief", _("Record the lessons learnt")
    CLOSE = "close", _("Close")


class StepKind(TextChoices):
    """What was decided about an activation."""

    ACTIVATE = "activate", _("Activation")
    CHANGE = "change", _("Change of level")
    EXTEND = "extend", _("Extension")
    LIFT = "lift", _("Lifting")


class OverrideState(TextChoices):
    IN_FORCE = "in_force", pgettext_lazy("continuity", "In force")
    LIFTED = "lifted", _("Lifted")


class OverrideAction(TextChoices):
    LIFT = "lift", _("End the override")


class PlaceKindLabel(TextChoices):
    """The kinds of place on which a level is activated, as screens call them."""

    ORGANISATION = "organisation", _("Whole organisation")
    AGENCY = "agency", _("Agency")
    RECEPTION = "reception", _("Reception point")
    RESIDENCE = "residence", _("Residence")
    COMMUNE = "commune", _("Commune")
    DEPARTMENT = "department", _("Department")


class ImpactKind(TextChoices):
    """What an interruption harms (SGDSN guide: analysis of the impact on activities)."""

    PERSONS = "persons", _("Persons")
    PROPERTY = "property", _("Property")
    LEGAL = "legal", _("Legal")
    FINANCE = "finance", _("Finance")
    IMAGE = "image", _("Image")


class CellRole(TextChoices):
    """The roles of the crisis cell and of those who carry its action cards out."""

    DIRECTOR = "director", _("Crisis director")
    COORDINATOR = "coordinator", _("Continuity plan coordinator")
    HUMAN_RESOURCES = "human_resources", _("Human resources")
    LETTINGS = "lettings", _("Rental management and local teams")
    PROPERTY = "property", _("Property and technical services")
    IT = "it", _("Information systems")
    FINANCE = "finance", _("Finance")
    COMMUNICATION = "communication", _("Communication")
    LEGAL = "legal", _("Legal affairs and data protection")
    SAFETY = "safety", _("Safety and prevention")
    SECRETARY = "secretary", _("Secretary, keeper of the crisis log")
    LIAISON = "liaison", _("Liaison with the federation and the prefecture")
    SOCIAL = "social", _("Social support")


class NoticeChannel(TextChoices):
    POSTER = "poster", _("Hall poster")
    WEBSITE = "website", _("Website")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")


class NoticeLanguage(TextChoices):
    """The languages of a plan's texts."""

    FR = "fr", _("French")
    EN = "en", _("English")


class SmsCoding(TextChoices):
    """How the signs of a text message are coded: the second costs more than twice the first."""

    GSM7 = "gsm7", _("usual signs")
    UCS2 = "ucs2", _("special signs, dearer")


class ItAccess(TextChoices):
    """How the landlord's information system is reached, from usual to cut off."""

    USUAL = "usual", _("Usual access")
    REMOTE_FIRST = "remote_first", _("Remote access widened, critical posts first")
    RESTRICTED = "restricted", _("Restricted to critical posts")
    CUT_OFF = "cut_off", _("Cut off: paper procedures")


class ItVigilance(TextChoices):
    USUAL = "usual", _("Usual vigilance")
    RAISED = "raised", _("Raised vigilance")
    INCIDENT = "incident", _("Incident under way")


class PhoneHours(TextChoices):
    USUAL = "usual", _("Usual hours")
    EXTENDED = "extended", _("Extended hours")
    EMERGENCIES_ONLY = "emergencies_only", _("Emergencies only")


class PhoneLine(TextChoices):
    USUAL = "usual", _("Usual switchboard")
    FORWARDED = "forwarded", _("Forwarded to staff at home")
    BACKUP = "backup", _("Backup number")


class PlanProblem(TextChoices):
    """What can be wrong in a plan's file: each sentence says what, then what to do."""

    SYNTAX = "syntax", _("The file is not valid TOML: {detail}. Mend this line, then import again.")
    UNKNOWN_KEY = "unknown_key", _("“{key}” is not expected here. Remove it.")
    MISSPELT_KEY = "misspelt_key", _("“{key}” is not expected here. Did you mean “{nearest}”?")
    MISSING = "missing", _("“{key}” is missing. Add it ({expected}).")
    WRONG_TYPE = "wrong_type", _("Wrong kind of value: {found}. Expected: {expected}.")
    EMPTY = "empty", _("This text is empty. Write it or remove the line.")
    UNKNOWN_SERVICE = "unknown_service", _("No service is called “{key}”. The services are: {known}.")
    MISSPELT_SERVICE = "misspelt_service", _("No service is called “{key}”. Did you mean “{nearest}”?")
    UNKNOWN_LEVEL = "unknown_level", _("“{key}” is not a level. The levels are 0, 1, 2, 3, 4 and R.")
    UNKNOWN_VALUE = "unknown_value", _("“{value}” is not possible here. Choose among: {known}.")
    MISSPELT_VALUE = "misspelt_value", _("“{value}” is not possible here. Did you mean “{nearest}”?")
    TARGET_TOO_LONG = (
        "target_too_long",
        _(
            "The target delay ({rto} h) must be shorter than the longest tolerable interruption ({mtpd} h). "
            "Shorten the one or lengthen the other."
        ),
    )
    NOT_POSITIVE = "not_positive", _("A number above zero is expected here.")
    OUT_OF_RANGE = "out_of_range", _("{value} is out of range: give a whole number from {low} to {high}.")
    WRONG_COUNT = "wrong_count", _("{expected} numbers are expected here (at {moments}), not {found}.")
    IMPACT_FALLS = "impact_falls", _("The impact cannot become smaller as the interruption lasts: {value}.")
    DELAY = "delay", _("“{value}” is not a delay. Write “T+4 h”, “T+30 min” or “D+2”.")
    DUPLICATE = "duplicate", _("“{value}” is used twice. Give each its own code.")
    UNKNOWN_TASK = (
        "unknown_task",
        _("This waits for “{value}”, which is not a task of this level. The tasks are: {known}."),
    )
    LOOP = "loop", _("These tasks wait for each other: {value}. Remove one of the dependencies.")
    SAME_DEPUTY = "same_deputy", _("The deputy must be another role than “{value}”.")
    CODE_SHAPE = "code_shape", _("“{value}” is not a code: use lower-case letters, digits and hyphens.")
    UNKNOWN_VARIABLE = (
        "unknown_variable",
        _("“{{{value}}}” is not a variable. The variables are: {known}."),
    )
    UNKNOWN_LANGUAGE = "unknown_language", _("“{key}” is not a language. Use “fr” or “en”.")
    NO_LEVEL = "no_level", _("The plan has no level. Add at least one table, such as [levels.3].")
    FORMAT = "format", _("This file is in format {value}; this version reads format {known}.")
    EXPECTED_TEXT = "expected_text", _("text between quotation marks")
    EXPECTED_NUMBER = "expected_number", _("whole number")
    EXPECTED_LIST = "expected_list", _("list between square brackets")
    EXPECTED_TABLE = "expected_table", _("table, such as [levels.3.services.repairs]")
    NOT_TEXT = "not_text", _("The file is not UTF-8 text. Save it as UTF-8, then import again.")


# The crisis cell: log, tasks, members, meetings, reports, notices, pack.


class LogCategory(TextChoices):
    """What an entry of the crisis log is."""

    FACT = "fact", _("Fact")
    DECISION = "decision", _("Decision")
    INSTRUCTION = "instruction", _("Instruction")
    REQUEST = "request", _("Request")
    INFORMATION = "information", _("Information")
    INCIDENT = "incident", _("Incident")
    SUMMARY = "summary", _("Summary")
    REDACTION = "redaction", _("Redaction")


class LogSource(TextChoices):
    """Where an entry comes from."""

    CELL = "cell", _("Crisis cell")
    PHONE = "phone", _("Telephone")
    MAIL = "mail", _("E-mail")
    FIELD = "field", _("Field")
    PREFECTURE = "prefecture", _("Prefecture")
    MEDIA = "media", _("Media")
    PALIER = "palier", _("Palier")


class Severity(TextChoices):
    """How serious an entry is."""

    ROUTINE = "routine", _("Routine")
    NOTABLE = "notable", _("Notable")
    SERIOUS = "serious", _("Serious")
    CRITICAL = "critical", _("Critical")


class ChainBreak(TextChoices):
    """Where a chain does not hold, as the check page says it."""

    GAP = "gap", _("An entry is missing before this one.")
    LINK = "link", _("This entry does not follow the one before it.")
    ALTERED = "altered", _("This entry was changed after it was written.")
    TEXT = "text", _("The text of this entry is not the one that was written.")
    ERASED = "erased", _("The text of this entry was erased and no entry says why.")


class TaskState(TextChoices):
    OPEN = "open", _("To do")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", pgettext_lazy("task", "Done")
    ABANDONED = "abandoned", _("Abandoned")


class TaskAction(TextChoices):
    START = "start", pgettext_lazy("action", "Start")
    FINISH = "finish", _("Mark as done")
    ABANDON = "abandon", _("Abandon")
    REOPEN = "reopen", _("Reopen")


class TaskOrigin(TextChoices):
    """Where a task comes from."""

    PLAN = "plan", _("Action card")
    LOG = "log", _("Crisis log")
    CELL = "cell", _("Crisis cell")


class Escalation(TextChoices):
    """How far a late task has been carried up."""

    NONE = "none", _("Nobody yet")
    DEPUTY = "deputy", _("Deputy told")
    COORDINATOR = "coordinator", _("Coordinator told")


class CellKind(TextChoices):
    CENTRAL = "central", _("Crisis cell")
    TERRITORIAL = "territorial", _("Territorial cell")


class Seat(TextChoices):
    """How somebody sits in a cell."""

    HOLDER = "holder", _("Holder")
    DEPUTY = "deputy", _("Deputy")
    GUEST = "guest", _("Outside member")


class AnswerVia(TextChoices):
    """How somebody answered the call-out."""

    LINK = "link", _("By the link")
    PHONE = "phone", _("By telephone")
    SCREEN = "screen", _("On this page")


class MeetingState(TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")


class MeetingAction(TextChoices):
    HOLD = "hold", _("Close the meeting")
    CANCEL = "cancel", _("Cancel the meeting")


class DecisionState(TextChoices):
    OPEN = "open", _("To carry out")
    DONE = "done", _("Carried out")
    DROPPED = "dropped", _("Dropped")


class DecisionAction(TextChoices):
    FINISH = "finish", _("Mark as carried out")
    DROP = "drop", _("Drop")


class ReportState(TextChoices):
    DRAFT = "draft", _("Draft")
    FROZEN = "frozen", _("Frozen")


class ReportAction(TextChoices):
    FREEZE = "freeze", _("Freeze")


class NoticeState(TextChoices):
    PREPARED = "prepared", _("Ready")
    ISSUED = "issued", _("Issued")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class NoticeAction(TextChoices):
    ISSUE = "issue", _("Mark as issued")
    WITHDRAW = "withdraw", _("Withdraw")


# The vigilance map of Météo-France.


class Phenomenon(TextChoices):
    """What the map watches, in the order of its codes (1 to 9)."""

    WIND = "wind", _("Violent wind")
    RAIN = "rain", _("Rain and flooding")
    THUNDERSTORMS = "thunderstorms", _("Thunderstorms")
    FLOODS = "floods", _("Rivers in flood")
    SNOW = "snow", _("Snow and ice")
    HEAT = "heat", pgettext_lazy("vigilance", "Heat wave")
    COLD = "cold", _("Extreme cold")
    AVALANCHES = "avalanches", _("Avalanches")
    COAST = "coast", _("Waves and coastal flooding")


class Colour(TextChoices):
    """The colours of the map, from the least to the most serious."""

    GREEN = "green", _("Green")
    YELLOW = "yellow", _("Yellow")
    ORANGE = "orange", _("Orange")
    RED = "red", pgettext_lazy("vigilance", "Red")


class VigilanceAct(TextChoices):
    """What a rule proposes to people. Nothing is done by itself."""

    LEVEL = "level", _("Propose a level of a plan")
    CALLS = "calls", _("Propose to call frail tenants")


class VigilanceProblem(TextChoices):
    """What can be wrong in a file of the vigilance map: each sentence says what, then what to do."""

    NOT_TEXT = "not_text", _("The file is not UTF-8 text. Download it again from Météo-France.")
    SYNTAX = (
        "syntax",
        _("The file is not valid JSON: line {line}, column {column}. Download it again."),
    )
    NOT_A_MAP = (
        "not_a_map",
        _("“{path}” is missing: this is not a vigilance map. Choose the file “cdp_carte_externe”."),
    )
    COLOUR = "colour", _("{path}: “{value}” is not a colour. The colours are 1, 2, 3 and 4.")
    MOMENT = "moment", _("{path}: “{value}” is not a date and time with its time zone.")
    ORDER = "order", _("{path}: the period ends before it begins.")


# Exercises.


class ExerciseState(TextChoices):
    PREPARED = "prepared", pgettext_lazy("exercise", "Prepared")
    RUNNING = "running", pgettext_lazy("exercise", "Running")
    ENDED = "ended", pgettext_lazy("exercise", "Ended")
    ASSESSED = "assessed", pgettext_lazy("exercise", "Assessed")
    CANCELLED = "cancelled", pgettext_lazy("exercise", "Cancelled")


class ExerciseAction(TextChoices):
    START = "start", _("Start the exercise")
    END = "end", _("End the exercise")
    STOP = "stop", _("Stop it: this is real")
    ASSESS = "assess", _("Conclude the assessment")
    CANCEL = "cancel", _("Cancel the exercise")


class InjectClock(TextChoices):
    """Who plays the events of the script."""

    HAND = "hand", _("The animator, one by one")
    CLOCK = "clock", _("The clock, at their time")


class InjectState(TextChoices):
    PLANNED = "planned", pgettext_lazy("inject", "To come")
    PLAYED = "played", pgettext_lazy("inject", "Played")
    SKIPPED = "skipped", pgettext_lazy("inject", "Not played")


class InjectAction(TextChoices):
    PLAY = "play", _("Play it")
    SKIP = "skip", _("Do not play it")


class ObservationKind(TextChoices):
    STRENGTH = "strength", _("What went well")
    WEAKNESS = "weakness", _("What went wrong")
    FACT = "fact", pgettext_lazy("observation", "Fact")


class ScriptProblem(TextChoices):
    """What can be wrong in a line of a script: what, then what to do."""

    SHAPE = "shape", _("Line {line}: write “T+15 min | event | expected reaction | 20”.")
    DELAY = "delay", _("Line {line}: “{value}” is not a time of the exercise. Write “T+15 min” or “T+2 h”.")
    WITHIN = (
        "within",
        _("Line {line}: “{value}” is not a number of minutes. Write a whole number from 1 to 1440."),
    )
    EMPTY = "empty", _("Line {line}: the event is empty. Say what is announced.")
    LONG = "long", _("The script has more than {most} events. Keep the most useful ones.")


# After-action reviews.


class ReviewState(TextChoices):
    DRAFT = "draft", pgettext_lazy("review", "Draft")
    SHARED = "shared", pgettext_lazy("review", "Shared")
    ADOPTED = "adopted", pgettext_lazy("review", "Adopted")


class ReviewAction(TextChoices):
    SHARE = "share", _("Share with the cell")
    TAKE_BACK = "take_back", _("Take back to draft")
    ADOPT = "adopt", _("Adopt")


class ProposalState(TextChoices):
    OPEN = "open", pgettext_lazy("proposal", "To settle")
    ACCEPTED = "accepted", pgettext_lazy("proposal", "Accepted")
    REFUSED = "refused", pgettext_lazy("proposal", "Refused")


class ProposalAction(TextChoices):
    ACCEPT = "accept", _("Accept")
    REFUSE = "refuse", _("Refuse")


class ProposalKind(TextChoices):
    """A change to the plan, in words. Nothing is proposed without a fact that calls for it."""

    LONGER_DELAY = "longer_delay", _("Level {level}, “{card}”: from {before} to {after}")
    OTHER_ROLE = "other_role", _("Level {level}, “{card}”: given to {after} instead of {before}")
    DEPUTY = "deputy", _("Level {level}, “{card}”: name a deputy, {after}")
    SHORTER_REVIEW = "shorter_review", _("Level {level}: look at it again after {after} days, not {before}")
    STAFF = "staff", _("Level {level}, {service}: least staff from {before} to {after}")
    NEW_CARD = "new_card", _("Level {level}: add the card “{card}” for {after}")


class Evidence(TextChoices):
    """The facts that call for a change."""

    ENDED_LATE = "ended_late", _("Due on {due}, ended on {ended}: {late} late.")
    NEVER_ENDED = "never_ended", _("Due on {due}, never finished.")
    NEVER_BEGUN = "never_begun", _("Nobody took it up ({role}).")
    ROLE_SILENT = "role_silent", _("Call-out {number}: nobody answered for {role}.")
    NO_DEPUTY = "no_deputy", _("The card has no deputy.")
    REVIEW_LATE = "review_late", _("Review due on {due}, decided {days} days later.")
    STAFF_SHORT = "staff_short", _("{days} days counted, at most {best} present of {needed} asked.")
    ADDED_BY_HAND = "added_by_hand", _("Added by hand on {opened}, ended on {ended}.")
    ADDED_FROM_LOG = "added_from_log", _("Entry {seq} of the crisis log.")
