from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RehousingConfig(AppConfig):
    name = "palier.modules.rehousing"
    label = "rehousing"
    verbose_name = _("Vacant dwellings put to use")
