from django.apps import AppConfig


class FederationConfig(AppConfig):
    name = "palier.modules.federation"
    label = "federation"
