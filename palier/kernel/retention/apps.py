from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palier.kernel.ui.navigation import Link, Section


class RetentionConfig(AppConfig):
    name = "palier.kernel.retention"
    label = "retention"
    verbose_name = _("Personal data")
    navigation = Section(
        _("Personal data"),
        icon="shield-check",
        order=85,
        links=(
            Link(_("Requests of persons"), "retention:requests", "retention:request:handle", icon="inbox"),
            Link(_("How long data are kept"), "retention:rules", "retention:rule:view", icon="hourglass"),
            Link(pgettext_lazy("dispute", "Holds"), "retention:holds", "retention:rule:view", icon="gavel"),
            Link(_("Proofs of destruction"), "retention:proofs", "retention:rule:view", icon="certificate"),
            Link(_("Processing register"), "retention:register", "retention:register:view", icon="book"),
        ),
    )

    def ready(self) -> None:
        autodiscover_modules("retention")
