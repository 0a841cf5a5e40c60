from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "palier.kernel.journal"
    label = "journal"
