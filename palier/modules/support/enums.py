"""Values of the modes of the support module, each list from normal to most protective."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Meetings(TextChoices):
    """How social advisers meet households."""

    IN_PERSON = "in_person", _("At home or in the office")
    BY_PHONE_FIRST = "by_phone_first", _("By telephone first, visits where needed")
    BY_PHONE = "by_phone", _("By telephone only, except danger")
    EMERGENCIES = "emergencies", _("Emergencies only")
