"""Values of the modes of the rent module, each list from normal to most protective."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Issue(TextChoices):
    """How rent is called."""

    NORMAL = "normal", _("As usual")
    DIGITAL_FIRST = "digital_first", _("By e-mail and on line first")


class Recovery(TextChoices):
    """What is done about arrears."""

    NORMAL = "normal", _("Usual procedure")
    AMICABLE = "amicable", _("Amicable only, no act of a bailiff")
    PAUSED = "paused", _("Paused")


class Spreading(TextChoices):
    """Which arrangements are offered."""

    CASE_BY_CASE = "case_by_case", _("Case by case")
    OFFERED = "offered", _("Offered to every household in difficulty")
    DEFERRAL = "deferral", _("Deferral without penalty on request")
