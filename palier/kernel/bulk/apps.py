from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class BulkConfig(AppConfig):
    name = "palier.kernel.bulk"
    label = "bulk"
    verbose_name = _("Bulk actions")

    def ready(self) -> None:
        from palier.kernel.bulk import scrubbing, sources, workflow  # noqa: F401

        autodiscover_modules("bulk")
