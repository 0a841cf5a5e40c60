"""Two at once, on real connections."""

import pytest

from palier.kernel.models import new_id
from palier.modules.people.tests.factories import a_person
from palier.modules.referrals.tests.factories import somebody
from palier.modules.referrals.tests.test_races import at_once
from palier.modules.support.models import FileReader, SupportFile
from palier.modules.support.services import files
from palier.modules.support.tests.factories import AT, a_file

pytestmark = pytest.mark.race


def proposed(person, **given):
    by = somebody()
    return files.propose(
        person_id=person.pk, origin="call", situation="", worker_id=by.user_id, worker_name=by.name, **given,
        by=by, at=AT,
    ).pk  # fmt: skip


class TestAtOnce:
    def test_four_colleagues_open_one_file_for_one_person(self, committed):
        person = a_person()

        results = at_once(*[lambda: proposed(person)] * 4)

        assert results.count("support.already-accompanied") == 3
        assert SupportFile.objects.count() == 1

    def test_four_files_for_four_people_bear_four_numbers(self, committed):
        people = [a_person() for _one in range(4)]

        at_once(*[lambda person=person: proposed(person) for person in people])

        assert len(set(SupportFile.objects.values_list("reference", flat=True))) == 4

    def test_four_clicks_on_one_source_give_one_file(self, committed):
        person, source = a_person(), str(new_id())

        results = at_once(*[lambda: proposed(person, source_kind="rent.step", source_id=source)] * 4)

        assert len(set(results)) == 1
        assert SupportFile.objects.get().pk == results[0]

    def test_four_clicks_name_a_reader_once(self, committed):
        file, user = a_file(a_person()), new_id()

        at_once(
            *[
                lambda: files.name_reader(file_id=file.pk, user_id=user, name="L", by=somebody(), at=AT)
            ] * 4
        )  # fmt: skip

        assert FileReader.objects.count() == 1
