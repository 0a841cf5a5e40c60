"""Values of the modes of the works module, each list from normal to most protective."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Sites(TextChoices):
    """Whether building sites work."""

    OPEN = "open", pgettext_lazy("building sites", "Open")
    PROTOCOL = "protocol", _("Open under a health protocol")
    STOPPED = "stopped", _("Stopped and secured")


class NewWorks(TextChoices):
    """Whether new works are started."""

    OPEN = "open", _("As planned")
    ESSENTIAL = "essential", _("Essential works only")
    PAUSED = "paused", _("Nothing new is started")
