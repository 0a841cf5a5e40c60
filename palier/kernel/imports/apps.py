from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from palier.kernel.ui.navigation import Link, Section


class ImportsConfig(AppConfig):
    name = "palier.kernel.imports"
    label = "imports"
    verbose_name = _("Imports")
    navigation = Section(
        _("Files loaded"),
        icon="file-import",
        order=80,
        links=(
            Link(_("Files loaded"), "imports:batches", "imports:batch:read", icon="list-details"),
            Link(_("Load a file"), "imports:upload", "imports:batch:load", icon="file-upload"),
        ),
    )

    def ready(self) -> None:
        from palier.kernel.imports import history, scrubbing  # noqa: F401

        autodiscover_modules("importers")
