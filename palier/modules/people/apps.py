from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from palier.kernel.ui.navigation import Link, Section


class PeopleConfig(AppConfig):
    name = "palier.modules.people"
    label = "people"
    verbose_name = _("Tenants")
    navigation = Section(
        _("Tenants"),
        icon="users",
        order=30,
        links=(
            Link(_("Tenants"), "people:people", "people:person:view", icon="users"),
            Link(_("Possible duplicates"), "people:duplicates", "people:person:merge", icon="users-group"),
            Link(_("Markers to review"), "people:markers", "people:marker:edit", icon="bell"),
            Link(_("Sealed files"), "people:sealed-register", "people:sealed:read", icon="shield-lock"),
            Link(_("Set aside for the referent"), "people:tray", "people:tray:handle", icon="inbox"),
        ),
    )

    def ready(self) -> None:
        # The estate asks who lives in a lot: the answers are registered when their module is imported.
        from palier.modules.people.selectors import merging, occupancy  # noqa: F401
        from palier.modules.people.services import forgetting  # noqa: F401  declares what is forgotten
