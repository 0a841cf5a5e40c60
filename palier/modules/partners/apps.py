from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "palier.modules.partners"
    label = "partners"
