from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    name = "palier.modules.outreach"
    label = "outreach"
    verbose_name = _("Calls to tenants")
