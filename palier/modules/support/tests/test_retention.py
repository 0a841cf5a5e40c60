"""What a purge leaves of an accompaniment, and what the person is told of it."""

import pytest

from palier.kernel.audit.models import AuditEntry
from palier.kernel.documents.models import Document
from palier.kernel.retention import Chunk, Subject
from palier.modules.support.models import Entry, FileReading, SupportFile
from palier.modules.support.retention import EndedFiles, files_of
from palier.modules.support.services import papers, reading, work
from palier.modules.support.tests.factories import AT, a_file

pytestmark = pytest.mark.usefixtures("alpha")


class TestThePurgeOfAFile:
    def test_takes_its_story_its_readings_its_traces_and_its_documents(self, actor):
        file = a_file()
        work.tell(file_id=file.pk, kind="note", text="A rappelé", by=actor, at=AT)
        made = papers.agreement(file_id=file.pk, by=actor, at=AT)
        reading.open_reading(file_id=file.pk, by=actor, at=AT)
        chunk = Chunk(ids=[file.pk], by=actor, at=AT)

        EndedFiles().apply(chunk)

        for model in (SupportFile, Entry, FileReading, Document):
            assert not model._default_manager.exists(), model
        assert not AuditEntry.objects.filter(table_name__startswith="support_").exists()
        assert [path for path in chunk.files if path.endswith(made.path)]

    def test_leaves_the_file_of_somebody_else(self, actor):
        file, other = a_file(), a_file()
        papers.agreement(file_id=other.pk, by=actor, at=AT)

        EndedFiles().apply(Chunk(ids=[file.pk], by=actor, at=AT))

        assert SupportFile.objects.get() == other
        assert Document.objects.count() == 1


class TestWhatThePersonIsTold:
    def test_holds_every_text_of_their_file(self, actor):
        file = a_file(agreement_note="Ne rien dire au voisin", state_reason="En vacances")
        file.appointments.create(starts_at=AT, place="phone", where="Bureau 4", outcome="Rappellera jeudi")
        work.tell(file_id=file.pk, kind="note", text="A rappelé", by=actor, at=AT)

        told = str(files_of(Subject(kind="people", id=file.person_id, title="")))

        for words in (
            file.situation, "Ne rien dire au voisin", "En vacances", "Bureau 4", "Rappellera jeudi", "A rappelé",
        ):  # fmt: skip
            assert words in told, words
