"""Values of the modes of the repairs module, each list from normal to most protective."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Acceptance(TextChoices):
    """Which requests for repairs are taken."""

    ALL = "all", _("All requests")
    URGENT_ONLY = "urgent_only", _("Urgent requests only")
    SAFETY_ONLY = "safety_only", _("Safety of persons only")


class OnCallDesk(TextChoices):
    """When urgent requests go to the on-call desk rather than to the agencies."""

    NIGHTS = "nights", _("Nights, weekends and holidays")
    ROUND_THE_CLOCK = "round_the_clock", _("Round the clock")


class EntryProtocol(TextChoices):
    """Whether questions are asked and precautions taken before entering a home."""

    OFF = "off", _("No special protocol")
    ON = "on", _("Health protocol before entering a home")


class OnCallHours(TextChoices):
    """When somebody is on call."""

    NIGHTS = "nights", _("Nights, weekends and holidays")
    ROUND_THE_CLOCK = "round_the_clock", _("Round the clock")


class OnCallTeams(TextChoices):
    """How many people are on call for each sector."""

    SINGLE = "single", _("One person and a backup")
    DOUBLED = "doubled", _("Two persons and a manager")


class SafetyChecks(TextChoices):
    """Which periodic checks of equipment go on."""

    ALL = "all", _("All periodic checks")
    MANDATORY = "mandatory", _("Mandatory checks only")
    BREAKDOWNS = "breakdowns", _("Breakdowns and alarms only")


class SafetyWatch(TextChoices):
    """How closely fire safety, access, lifts, heating and fluids are watched."""

    USUAL = "usual", _("Usual watch")
    REINFORCED = "reinforced", _("Reinforced watch, daily report")
