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
            Link(_("Make calls"), "outreach:desk", "outreach:call:make", icon="phone-outgoing"),
            Link(_("Incoming call"), "outreach:inbound", "outreach:call:make", icon="phone-call"),
            Link(_("My calls this week"), "outreach:week", "outreach:call:make", icon="calendar-stats"),
            Link(_("My visits"), "outreach:visits", "outreach:visit:make", icon="door"),
            Link(_("Alerts from calls"), "outreach:alerts", "outreach:alert:handle", icon="bell-ringing"),
            Link(_("My team’s calls"), "outreach:team", "outreach:team:lead", icon="users-group"),
            Link(_("Call campaigns"), "outreach:campaigns", "outreach:campaign:view", icon="list-check"),
            Link(_("What callers say"), "outreach:scripts", "outreach:script:manage", icon="message-circle"),
            Link(_("Call sheets"), "outreach:sheets", "outreach:call:make", icon="printer"),
            Link(_("Segments"), "outreach:segments", "outreach:segment:manage", icon="filter"),
        ),
    )

    def ready(self) -> None:
        from palier.modules.outreach.services import scrubbing  # noqa: F401  declares what is forgotten
