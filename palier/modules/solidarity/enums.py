"""Values of the modes of the solidarity module, each list from normal to most protective."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Relay(TextChoices):
    """What is done for groceries, medicines and meals."""

    USUAL = "usual", _("Partners informed case by case")
    PARTNERS = "partners", _("Requests relayed to partners")
    VOLUNTEERS = "volunteers", _("Own volunteers called up too")
