from django.apps import AppConfig


class GeographyConfig(AppConfig):
    name = "palier.kernel.geography"
    label = "geography"
