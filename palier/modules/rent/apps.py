from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RentConfig(AppConfig):
    name = "palier.modules.rent"
    label = "rent"
    verbose_name = _("Rent and arrears")
