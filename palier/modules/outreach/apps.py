from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from palier.kernel.ui.navigation import Link, Section


class OutreachConfig(AppConfig):
    name = "palier.modules.outreach"
    label = "outreach"
    verbose_name = _("Calls to tenants")
    navigation = Section(
        _("Calls"),
        icon="phone-outgoing",
        order=35,
        links=(
            Link(_("Call"), "outreach:desk", "outreach:call:make", icon="phone-outgoing"),
            Link(_("Call campaigns"), "outreach:campaigns", "outreach:campaign:view", icon="list-check"),
            Link(_("Segments"), "outreach:segments", "outreach:segment:manage", icon="filter"),
        ),
    )
