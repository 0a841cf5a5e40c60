from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "palier.kernel.audit"
    label = "audit"
