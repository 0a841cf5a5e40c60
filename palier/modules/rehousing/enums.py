"""Values of the modes of the rehousing module, each list from normal to most protective."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Mobilisation(TextChoices):
    """What vacant dwellings are kept ready for."""

    USUAL = "usual", _("Emergencies case by case")
    EMERGENCY_POOL = "emergency_pool", _("A pool kept ready for emergencies")
    CARERS = "carers", _("Opened to carers and to shelter relief")
