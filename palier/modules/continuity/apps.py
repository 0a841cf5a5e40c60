from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContinuityConfig(AppConfig):
    name = "palier.modules.continuity"
    label = "continuity"
    verbose_name = _("Continuity plan")

    def ready(self) -> None:
        from django.utils.module_loading import autodiscover_modules

        # Every module says in `modes.py` which services it declares; a plan is checked against them all.
        autodiscover_modules("modes")
