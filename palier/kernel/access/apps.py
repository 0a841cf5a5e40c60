from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "palier.kernel.access"
    label = "access"
