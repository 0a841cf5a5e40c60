from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "palier.kernel.organisations"
    label = "organisations"
