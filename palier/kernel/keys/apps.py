from django.apps import AppConfig


class KeysConfig(AppConfig):
    """Shared: its migration makes the functions by which an organisation forgets a sealed person."""

    name = "palier.kernel.keys"
    label = "keys"

    def ready(self) -> None:
        from palier.kernel.keys import kernel_tables  # noqa: F401  declares the scrubbers of the kernel's tables
