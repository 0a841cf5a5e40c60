from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "palier.kernel.deliveries"
    label = "deliveries"

    def ready(self) -> None:
        from palier.kernel.deliveries import scrubbing  # noqa: F401
