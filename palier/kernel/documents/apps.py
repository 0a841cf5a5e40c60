from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "palier.kernel.documents"
    label = "documents"

    def ready(self) -> None:
        from palier.kernel.documents import scrubbing  # noqa: F401
