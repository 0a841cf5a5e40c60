"""What social support does when a person is sealed: her files are withdrawn, encrypted under her key, rows kept."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from palier.kernel.keys import SealedSubject, erase_texts, scrubs
from palier.modules.support.models import Aim, Appointment, Entry, FilePartner, Paper, Step, SupportFile

PARTS: tuple[type[Model], ...] = (Aim, Step, FilePartner, Appointment, Paper, Entry)
# Texts of somebody else's file that may name her.
TEXTS = {
    "support_file": ("situation", "closing_note", "agreement_note", "state_reason"),
    "support_aim": ("title",),
    "support_step": ("title", "outcome"),
    "support_file_partner": ("role", "consent_how"),
    "support_appointment": ("where", "outcome"),
    "support_paper": ("label",),
    "support_entry": ("text",),
}


@scrubs("support_file")
def withdraw_files(subject: SealedSubject) -> int:
    """Move what her files hold under her key; what remains says that a file was there, and nothing else."""
    files = SupportFile.objects.select_for_update().filter(
        person_id=subject.person_id, withdrawn_at__isnull=True
    )
    withdrawn = 0
    for file in files:
        content = json.dumps(_content(file), cls=DjangoJSONEncoder, ensure_ascii=False).encode()
        file.sealed_content = subject.key.encrypt(content, about=f"support_file {file.pk}")
        file.sealed_key = subject.key.wrapped
        file.situation = file.closing_note = file.agreement_note = file.state_reason = ""
        file.withdrawn_at = subject.at
        file.save()
        for part in PARTS:
            part._default_manager.filter(file=file).delete()
        file.readers.all().delete()
        withdrawn += 1
    return withdrawn + sum(erase_texts(subject, table, *columns) for table, columns in TEXTS.items())


def _content(file: SupportFile) -> dict[str, object]:
    own = {
        name: getattr(file, name) for name in ("situation", "closing_note", "agreement_note", "state_reason")
    }
    parts = {
        part._meta.db_table: list(part._default_manager.filter(file=file).order_by("pk").values())
        for part in PARTS
    }
    return {"file": own, "parts": parts}
