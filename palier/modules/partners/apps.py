from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "palier.modules.partners"
    label = "partners"
    verbose_name = _("Partners")

    def ready(self) -> None:
        from palier.modules.partners.services import scrubbing  # noqa: F401  declares what is forgotten
