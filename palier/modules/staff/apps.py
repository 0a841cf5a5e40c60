from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from palier.kernel.ui.navigation import Link, Section


class StaffConfig(AppConfig):
    name = "palier.modules.staff"
    label = "staff"
    verbose_name = _("Staff and presence")
    navigation = Section(
        _("Staff and presence"),
        icon="users-group",
        order=40,
        links=(
            Link(_("Who is there"), "staff:presence", "staff:presence:view", icon="checklist"),
            Link(_("Residences to stand in for"), "staff:gaps", "staff:presence:view", icon="user-question"),
            Link(_("Agents"), "staff:agents", "staff:agent:view", icon="users"),
            Link(_("Teams"), "staff:teams", "staff:agent:view", icon="users-group"),
            Link(_("Who covers what"), "staff:coverage", "staff:agent:view", icon="map-pin"),
        ),
    )
