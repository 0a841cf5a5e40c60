from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from palier.kernel.ui.navigation import Link, Section


class ContinuityConfig(AppConfig):
    name = "palier.modules.continuity"
    label = "continuity"
    verbose_name = _("Continuity plan")
    navigation = Section(
        _("Continuity"),
        icon="shield-check",
        order=10,
        links=(
            Link(
                _("Situation board"),
                "continuity:board",
                "continuity:activation:view",
                icon="layout-dashboard",
            ),
            Link(_("Levels"), "continuity:levels", "continuity:activation:view", icon="stairs-up"),
            Link(_("Tasks"), "continuity:tasks", "continuity:task:read", icon="checklist"),
            Link(_("Crisis log"), "continuity:log", "continuity:log:read", icon="notebook"),
            Link(_("Crisis cell"), "continuity:cell", "continuity:cell:read", icon="users-group"),
            Link(_("Notices"), "continuity:notices", "continuity:notice:read", icon="speakerphone"),
            Link(_("Situation reports"), "continuity:reports", "continuity:report:read", icon="report"),
            Link(_("Vigilance"), "continuity:vigilance", "continuity:activation:view", icon="temperature"),
            Link(_("Exercises"), "continuity:exercises", "continuity:activation:view", icon="school"),
            Link(
                _("After-action reviews"),
                "continuity:reviews",
                "continuity:review:read",
                icon="report-analytics",
            ),
            Link(_("Offline pack"), "continuity:pack", "continuity:pack:manage", icon="package"),
            Link(_("Plans"), "continuity:plans", "continuity:plan:view", icon="clipboard-list"),
        ),
    )

    def ready(self) -> None:
        from django.utils.module_loading import autodiscover_modules

        # Every module says in `modes.py` which services it declares; a plan is checked against them all.
        autodiscover_modules("modes")
        _answer_the_kernel()
        from palier.modules.continuity.services import scrubbing  # noqa: F401  declares what is forgotten


def _answer_the_kernel() -> None:
    """Tell those below, who import nothing from here, where their answers come from."""
    from palier.kernel.modes import register_source
    from palier.modules.continuity.selectors.activations import minimums_in_force
    from palier.modules.continuity.selectors.modes import changes_in_force
    from palier.modules.staff.public import set_minimum_source

    register_source(changes_in_force)
    set_minimum_source(minimums_in_force)
