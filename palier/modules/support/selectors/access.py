"""Who reads a file: its worker, those named on it, and the social workers where the team may."""

from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.errors import NotAllowed
from palier.modules.support.models import SupportFile


class NotAReader(NotAllowed):
    code = "support.not-a-reader"
    message = _("This file is read by {readers}. Ask them.")


def may_read(file: SupportFile, actor: Actor) -> bool:
    """Say whether somebody may read a file."""
    return SupportFile.objects.readable_by(actor).filter(pk=file.pk).exists()


def readers_of(file: SupportFile) -> str:
    """Return who may be asked, by name: the worker first."""
    named = file.readers.order_by("name").values_list("name", flat=True)
    return ", ".join(dict.fromkeys([file.worker_name, *named]))
