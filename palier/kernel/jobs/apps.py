from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "palier.kernel.jobs"
    label = "jobs"
    verbose_name = _("Work in progress")

    def ready(self) -> None:
        autodiscover_modules("events")
        autodiscover_modules("jobs")
        from palier.kernel.jobs.worker import register_tasks

        register_tasks()
