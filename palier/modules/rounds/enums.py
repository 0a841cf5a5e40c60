"""Values of the modes of the rounds module, each list from normal to most protective."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Cleaning(TextChoices):
    """How the common parts are cleaned."""

    NORMAL = "normal", _("Usual cleaning")
    ESSENTIAL = "essential", _("Halls, lifts and stairs of main use only")
    PAUSED = "paused", _("Cleaning paused")


class ContactPoints(TextChoices):
    """How often handles, buttons and rails are disinfected."""

    USUAL = "usual", _("Usual cleaning")
    DAILY = "daily", _("Disinfected every day")
    TWICE_DAILY = "twice_daily", _("Disinfected twice a day")


class Refuse(TextChoices):
    """How household refuse is taken out."""

    NORMAL = "normal", _("Every collection day")
    ESSENTIAL = "essential", _("Household refuse only, no bulky waste")
    PAUSED = "paused", _("Paused")


class TensionWatch(TextChoices):
    """How closely tensions in districts are watched."""

    USUAL = "usual", _("Usual presence")
    DAILY = "daily", _("Daily tour and report")
    REINFORCED = "reinforced", _("Reinforced, with mediators and partners")


class FieldPresence(TextChoices):
    """How field teams work."""

    USUAL = "usual", _("Usual hours")
    ADAPTED = "adapted", _("Adapted hours, one at a time")
    ON_REQUEST = "on_request", _("On request only")
