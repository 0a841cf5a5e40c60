"""Registration of the kit with Django."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, static files and template tags that every module draws with."""

    name = "palier.kernel.ui"
    label = "ui"
    verbose_name = "Interface"
