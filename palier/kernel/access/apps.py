from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from palier.kernel.ui.navigation import Link, Section


class AccessConfig(AppConfig):
    name = "palier.kernel.access"
    label = "access"
    verbose_name = _("Members and rights")
    navigation = Section(
        _("Organisation"),
        "settings",
        90,
        (
            Link(_("Members and rights"), "access:members", "access:member:view", "users"),
            Link(_("What was just done"), "jobs:runs", "jobs:run:view", "clock"),
            Link(_("Documents kept"), "documents:documents", "documents:document:read", "file-text"),
            Link(_("Messages and files sent"), "deliveries:deliveries", "deliveries:delivery:read", "mail"),
            Link(
                _("Parameters"),
                "parameters:parameters",
                "parameters:parameter:read",
                "adjustments-horizontal",
            ),
        ),
    )
