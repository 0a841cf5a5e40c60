from django.apps import AppConfig


class SharedOutboxConfig(AppConfig):
    name = "palier.kernel.shared_outbox"
    label = "shared_outbox"
