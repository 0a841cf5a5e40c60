from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    MAIL = "mail", _("E-mail")
    FILE = "file", _("File")


class DeliveryState(models.TextChoices):
    """Where a message is. *Perhaps sent*: the machine stopped between the two writes; a person decides."""

    PLANNED = "planned", _("To be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")
    PERHAPS_SENT = "perhaps_sent", _("Perhaps sent")


class DeliveryAction(models.TextChoices):
    SEND_AGAIN = "send_again", _("Send again")
    HOLD_AS_SENT = "hold_as_sent", _("Hold as sent")
