from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "palier.kernel.outbox"
    label = "outbox"
