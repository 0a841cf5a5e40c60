"""Values of the modes of the outreach module, each list from normal to most protective."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Calls(TextChoices):
    """How often frail tenants are called."""

    OFF = "off", _("No campaign")
    MONTHLY = "monthly", _("Every month")
    WEEKLY = "weekly", _("Every week")
    TWICE_WEEKLY = "twice_weekly", _("Twice a week")
    DAILY = "daily", _("Every day")


class Audience(TextChoices):
    """Who is called."""

    REGISTERED = "registered", _("Those who asked to be called")
    SENIORS = "seniors", _("Seniors and isolated tenants")
    ALL_FRAIL = "all_frail", _("All frail tenants, students and families in difficulty too")
