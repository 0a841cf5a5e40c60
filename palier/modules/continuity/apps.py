from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContinuityConfig(AppConfig):
    name = "palier.modules.continuity"
    label = "continuity"
    verbose_name = _("Continuity plan")

    def ready(self) -> None:
        from django.utils.module_loading import autodiscover_modules

        # Every module says in `modes.py` which services it declares; a plan is checked against them all.
        autodiscover_modules("modes")
        _answer_the_kernel()


def _answer_the_kernel() -> None:
    """Tell those below, who import nothing from here, where their answers come from."""
    from palier.kernel.modes import register_source
    from palier.modules.continuity.selectors.activations import minimums_in_force
    from palier.modules.continuity.selectors.modes import changes_in_force
    from palier.modules.staff.public import set_minimum_source

    register_source(changes_in_force)
    set_minimum_source(minimums_in_force)
