"""Values of the modes of the payables module, each list from normal to most protective."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TargetDays(TextChoices):
    """In how many days invoices are meant to be paid."""

    DAYS_30 = "30", _("30 days")
    DAYS_15 = "15", _("15 days")
    DAYS_8 = "8", _("8 days")


class Advances(TextChoices):
    """Whether advances are granted to firms."""

    CONTRACT = "contract", _("As the contract says")
    ON_REQUEST = "on_request", _("On request")
