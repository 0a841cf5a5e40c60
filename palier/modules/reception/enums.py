"""Values of the modes of the reception module, each list from normal to most protective."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Opening(TextChoices):
    """Whether people may come to a reception point."""

    OPEN = "open", pgettext_lazy("reception point", "Open")
    BY_APPOINTMENT = "by_appointment", _("By appointment only")
    CLOSED = "closed", _("Closed to the public")


class Signing(TextChoices):
    """How leases are signed and keys handed over."""

    IN_PERSON = "in_person", _("In person")
    BY_APPOINTMENT = "by_appointment", _("By appointment, one household at a time")
    REMOTE = "remote", _("Signed remotely, keys by appointment outside")
    PAUSED = "paused", _("Paused, except emergencies")


class TravelDocument(TextChoices):
    """Whether the tenant receives a document that justifies the journey."""

    OFF = "off", _("Not needed")
    ON = "on", _("Summons sent for each appointment")
