"""Values of the modes of the allocation module, each list from normal to most protective."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Session(TextChoices):
    """How the allocation commission meets."""

    IN_PERSON = "in_person", _("In person")
    HYBRID = "hybrid", _("In person and remote")
    REMOTE = "remote", _("Remote, by digital means")
    PAUSED = "paused", _("Paused")


class Priority(TextChoices):
    """Which files the commission takes."""

    ALL = "all", _("All files")
    READY_HOMES = "ready_homes", _("Dwellings ready to live in first")
    URGENT = "urgent", _("Urgent and frail applicants only")
