"""Two records of one person made one: their accompaniment follows, and comes back."""

import pytest

from palier.modules.people.selectors import merging as selectors
from palier.modules.people.services import merging, unmerging
from palier.modules.people.tests.factories import a_person
from palier.modules.support.models import SupportFile
from palier.modules.support.selectors import files
from palier.modules.support.services import work
from palier.modules.support.tests.factories import AT, TODAY, a_file

pytestmark = pytest.mark.usefixtures("alpha")


@pytest.fixture
def pair():
    return a_person("DURAND", "Marie"), a_person("DURANT", "Marie")


def merged(pair, by):
    kept, gone = (one.pk for one in pair)
    shown = selectors.preview(kept_id=kept, gone_id=gone, actor=by, on=TODAY)
    given = {"fingerprint": shown.fingerprint, "is_certain": True}
    return merging.merge(kept_id=kept, gone_id=gone, by=by, at=AT, **given)


class TestMerging:
    def test_takes_the_file_to_the_one_who_stays_and_back(self, pair, actor):
        kept, gone = pair
        file = a_file(gone)
        work.tell(file_id=file.pk, kind="note", text="A rappelé", by=actor, at=AT)

        done = merged(pair, actor)

        assert files.accompanied(kept.pk, actor=actor).file_id == file.pk
        assert files.file_page(file=SupportFile.objects.get(), at=AT).person_name == "DURAND Marie"
        unmerging.undo(merge_id=done.pk, by=actor, at=AT)
        assert files.accompanied(kept.pk, actor=actor) is None
        assert files.accompanied(gone.pk, actor=actor).file_id == file.pk

    def test_leaves_both_files_and_each_tells_of_the_other(self, pair, actor):
        kept, gone = pair
        mine, theirs = a_file(kept, worker_name="Nadia Benali"), a_file(gone, worker_name="Louise Petit")

        merged(pair, actor)

        page = files.file_page(file=SupportFile.objects.get(pk=mine.pk), at=AT)
        assert (page.other.reference, page.other.worker_name) == (theirs.reference, "Louise Petit")

    def test_a_file_alone_or_beside_one_that_ended_tells_of_none(self, pair):
        kept, _gone = pair
        mine = a_file(kept)
        a_file(kept, state="closed", result="reached", closed_on=TODAY)

        assert files.file_page(file=mine, at=AT).other is None
