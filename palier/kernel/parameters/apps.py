from django.apps import AppConfig


class ParametersConfig(AppConfig):
    name = "palier.kernel.parameters"
    label = "parameters"
