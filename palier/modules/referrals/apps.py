from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from palier.kernel.ui.navigation import Link, Section


class ReferralsConfig(AppConfig):
    name = "palier.modules.referrals"
    label = "referrals"
    verbose_name = _("Referrals")
    navigation = Section(
        _("Referrals"),
        icon="arrows-exchange",
        order=45,
        links=(
            Link(_("Referrals"), "referrals:referrals", "referrals:referral:view", icon="arrows-exchange"),
            Link(_("Watch over districts"), "referrals:districts", "referrals:observation:view", icon="eye"),
            Link(_("Partners"), "partners:partners", "partners:partner:view", icon="building-community"),
            Link(_("Emergency numbers"), "partners:numbers", "partners:partner:view", icon="phone-call"),
        ),
    )

    def ready(self) -> None:
        from palier.modules.referrals.services import (  # noqa: F401  declare what is forgotten, and who makes links
            scrubbing,
            transmitting,
        )
