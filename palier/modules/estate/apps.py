from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from palier.kernel.ui.navigation import Link, Section


class EstateConfig(AppConfig):
    name = "palier.modules.estate"
    label = "estate"
    verbose_name = _("Estate")
    navigation = Section(
        _("Estate"),
        icon="building-community",
        order=20,
        links=(
            Link(_("Residences"), "estate:residences", "estate:residence:read", icon="building-community"),
            Link(_("Agencies"), "estate:agencies", "estate:agency:read", icon="building"),
            Link(_("Reception points"), "estate:receptions", "estate:reception:read", icon="door"),
            Link(_("Reservations of lots"), "estate:reservations", "estate:lot:read", icon="bookmark"),
        ),
    )

    def ready(self) -> None:
        from palier.modules.estate.services import scrubbing  # noqa: F401
