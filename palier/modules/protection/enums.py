"""Values of the modes of the protection module, each list from normal to most protective."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Listening(TextChoices):
    """How reports of violence are received."""

    USUAL = "usual", _("Usual referents")
    EXTENDED = "extended", _("Referent reachable seven days a week")
    ROUND_THE_CLOCK = "round_the_clock", _("Referent reachable round the clock")


class Campaign(TextChoices):
    """Whether the emergency numbers are made known."""

    OFF = "off", _("Usual information")
    ON = "on", _("Numbers posted and sent")
