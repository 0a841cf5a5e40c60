"""Values of the modes of the supplies module, each list from normal to most protective."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Issue(TextChoices):
    """How protective equipment is handed out."""

    USUAL = "usual", _("On request")
    BY_NEED = "by_need", _("By computed need of each team")
    RATIONED = "rationed", _("Rationed, priority to teams in contact")


class Replenishment(TextChoices):
    """How stock is ordered."""

    USUAL = "usual", _("Usual orders")
    WEEKLY = "weekly", _("Weekly count and order")
    POOLED = "pooled", _("Pooled purchase with other landlords")
