from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from palier.kernel.ui.navigation import Link, Section


class SupportConfig(AppConfig):
    name = "palier.modules.support"
    label = "support"
    verbose_name = _("Social support")
    navigation = Section(
        _("Social support"),
        icon="user-heart",
        order=34,
        links=(
            Link(_("My accompaniments"), "support:mine", "support:file:work", icon="calendar"),
            Link(_("Accompaniments"), "support:files", "support:file:read", icon="user-heart"),
            Link(_("Load of the social workers"), "support:loads", "support:list:view", icon="chart-bar"),
        ),
    )

    def ready(self) -> None:
        from django.urls import reverse

        from palier.modules.referrals.public import NeedKind, register_kind_server
        from palier.modules.support.permissions import Permission
        from palier.modules.support.services import scrubbing  # noqa: F401  declares what is withdrawn
        from palier.modules.support.services.serving import accept_referral

        register_kind_server(
            NeedKind.SOCIAL_SUPPORT,
            label=_("Open a support file"),
            permission=Permission.FILE_WORK,
            accept=accept_referral,
            url=lambda file_id: reverse("support:file", args=[file_id]),
        )
