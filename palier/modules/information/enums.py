"""Values of the modes of the information module, each list from normal to most protective."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Pace(TextChoices):
    """How often tenants are told what changes."""

    USUAL = "usual", _("Usual information")
    AT_EACH_CHANGE = "at_each_change", _("At each change, on all channels")
    WEEKLY_BULLETIN = "weekly_bulletin", _("At each change, and a weekly bulletin")


class Internal(TextChoices):
    """How staff are kept together."""

    USUAL = "usual", _("Usual information")
    WEEKLY = "weekly", _("Weekly letter to the staff")
    DAILY = "daily", _("Daily message to the staff")
