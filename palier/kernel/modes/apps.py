from django.apps import AppConfig


class ModesConfig(AppConfig):
    name = "palier.kernel.modes"
    label = "modes"
