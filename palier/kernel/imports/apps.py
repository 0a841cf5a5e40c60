from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ImportsConfig(AppConfig):
    name = "palier.kernel.imports"
    label = "imports"

    def ready(self) -> None:
        from palier.kernel.imports import scrubbing  # noqa: F401

        autodiscover_modules("importers")
