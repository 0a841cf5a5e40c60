from django.apps import AppConfig


class SharedDeliveriesConfig(AppConfig):
    name = "palier.kernel.shared_deliveries"
    label = "shared_deliveries"
