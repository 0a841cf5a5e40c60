"""Mappings kept under a name."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.imports.models import ImportBatch, ImportProfile
from palier.kernel.imports.permissions import Permission


class ProfileNameMissing(DomainError):
    code = "imports.profile-name-missing"
    message = _("Give the profile a name, such as that of the software the file comes from.")


@transaction.atomic
def save_profile(*, batch_id: UUID, name: str, by: Actor, at: datetime) -> ImportProfile:
    """Keep the mapping of a batch under a name; the same name again replaces it.

    Columns that the file has and nobody mapped are kept as ignored only where the guess would have taken them.
    Raises: ProfileNameMissing, NotAllowed.
    """
    by.must(Permission.BATCH_LOAD)
    if not name.strip():
        raise ProfileNameMissing
    batch = ImportBatch.objects.get(pk=batch_id)
    reading = {"separator": batch.reading.get("separator", ""), "sheet": batch.reading.get("sheet", "")}
    profile, _created = ImportProfile.objects.update_or_create(
        kind=batch.kind,
        name=name.strip()[:80],
        defaults={"mapping": _complete(batch), "reading": reading, "saved_at": at, "saved_by": by.name},
    )
    journal.record("imports.profile.save", by=by, at=at, subject=profile, file_kind=batch.kind)
    return profile


def _complete(batch: ImportBatch) -> dict[str, str]:
    """A column that the guess finds and somebody took off is kept as an empty text: it must not come back."""
    from palier.kernel.imports.kinds import kind_named
    from palier.kernel.imports.mapping import guess

    guessed = guess(kind_named(batch.kind), batch.reading["headers"])
    return {**{name: "" for name in guessed if name not in batch.mapping}, **batch.mapping}


@transaction.atomic
def delete_profile(*, profile_id: UUID, by: Actor, at: datetime) -> None:
    by.must(Permission.BATCH_LOAD)
    profile = ImportProfile.objects.filter(pk=profile_id).first()
    if profile is None:
        raise NotFound()
    journal.record("imports.profile.delete", by=by, at=at, subject=profile, file_kind=profile.kind)
    profile.delete()
