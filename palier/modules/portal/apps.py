from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "palier.modules.portal"
    label = "portal"
