from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Shared: its migration makes the extensions and the function that every schema's search keys use."""

    name = "palier.kernel.search"
    label = "search"
