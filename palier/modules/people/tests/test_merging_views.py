"""The pages on which duplicates are judged, merged and undone."""

from datetime import date

import pytest

from palier.kernel.accounts.testing import make_member
from palier.kernel.jobs.models import JobRun
from palier.kernel.organisations.current import open_organisation
from palier.modules.people.models import DuplicatePair, Merge, Person
from palier.modules.people.services import duplicates
from palier.modules.people.tests.factories import AT, TODAY, a_lease, a_person, a_phone

pytestmark = pytest.mark.django_db
BORN = date(1948, 5, 12)
HOME = "/o/alpha/people"


@pytest.fixture
def adviser(client):
    client.force_login(make_member("alpha", "client_adviser").user)
    return client


@pytest.fixture
def two(db):
    """Two records of one person, found by the search."""
    with open_organisation("alpha"):
        kept = a_person("DURAND", "Marie", birth_on=BORN, reference="T1", external_key="T1")
        gone = a_person("DURANT", "Marie", birth_on=BORN, reference="T2", external_key="T2")
        a_lease(gone)
        a_phone(gone)
        a_phone(kept)
        duplicates.find_duplicates(on=TODAY, at=AT)
    return kept, gone


def pair():
    with open_organisation("alpha"):
        return DuplicatePair.objects.first()


def text(response):
    return response.content.decode()


def fingerprint(client, two):
    page = text(client.get(f"{HOME}/{two[0].pk}/same-as/{two[1].pk}/"))
    return page.split('name="fingerprint" value="')[1].split('"')[0]


def confirm(client, two, **data):
    return client.post(f"{HOME}/{two[0].pk}/same-as/{two[1].pk}/", data)


class TestTheWorkList:
    def test_shows_each_pair_with_its_reasons(self, adviser, two):
        page = text(adviser.get(f"{HOME}/duplicates/"))

        assert "DURAND Marie" in page
        assert "DURANT Marie" in page

    def test_narrows_to_what_the_filters_ask(self, adviser, two):
        assert "DURANT" in text(adviser.get(f"{HOME}/duplicates/?because=same_birth&q=durant"))
        assert "DURANT" not in text(adviser.get(f"{HOME}/duplicates/?because=crossed"))
        assert "DURANT" not in text(adviser.get(f"{HOME}/duplicates/?state=different"))

    def test_is_refused_to_who_may_not_merge(self, client, two):
        client.force_login(make_member("alpha", "caretaker").user)

        assert client.get(f"{HOME}/duplicates/").status_code == 403

    def test_sets_a_pair_aside_and_takes_it_back(self, adviser, two):
        adviser.post(f"{HOME}/duplicates/{pair().pk}/different/")
        assert pair().state == "different"

        adviser.post(f"{HOME}/duplicates/{pair().pk}/again/")

        assert pair().state == "proposed"

    def test_knows_no_pair_that_does_not_exist(self, adviser, two):
        assert adviser.post(f"{HOME}/duplicates/{two[0].pk}/different/").status_code == 404

    def test_searches_again_when_asked(self, adviser, two):
        response = adviser.post(f"{HOME}/duplicates/find/")

        assert response.status_code == 302
        with open_organisation("alpha"):
            assert JobRun.objects.filter(kind="people.duplicates").count() == 1


class TestThePageOfAPerson:
    def test_says_who_it_may_be(self, adviser, two):
        page = text(adviser.get(f"{HOME}/{two[0].pk}/"))

        assert f"{HOME}/{two[0].pk}/same-as/{two[1].pk}/" in page

    def test_finds_another_record_by_hand(self, adviser, two):
        page = text(adviser.get(f"{HOME}/{two[0].pk}/same-as/?q=durant"))

        assert f"{HOME}/{two[0].pk}/same-as/{two[1].pk}/" in page


class TestMerging:
    def test_shows_what_will_be_done_then_what_was(self, adviser, two):
        response = confirm(adviser, two, fingerprint=fingerprint(adviser, two), choice_family_name="gone")

        assert response.status_code == 302
        page = text(adviser.get(response.url))
        assert "DURANT" in page
        with open_organisation("alpha"):
            assert Person.objects.get().family_name == "DURANT"

    def test_shows_a_new_preview_when_something_changed(self, adviser, two):
        seen = fingerprint(adviser, two)
        with open_organisation("alpha"):
            a_phone(two[1], "+33639980104")

        response = confirm(adviser, two, fingerprint=seen)

        assert response.status_code == 422
        assert fingerprint(adviser, two) in text(response)
        with open_organisation("alpha"):
            assert not Merge.objects.exists()

    def test_leads_a_second_click_to_the_person(self, adviser, two):
        seen = fingerprint(adviser, two)
        confirm(adviser, two, fingerprint=seen)

        response = confirm(adviser, two, fingerprint=seen)

        assert response.url == f"{HOME}/{two[0].pk}/"
        with open_organisation("alpha"):
            assert Merge.objects.count() == 1

    def test_leads_from_the_old_address_to_the_person(self, adviser, two):
        confirm(adviser, two, fingerprint=fingerprint(adviser, two))

        assert adviser.get(f"{HOME}/{two[1].pk}/").url == f"{HOME}/{two[0].pk}/"
        assert adviser.get(f"{HOME}/{two[0].pk}/same-as/{two[1].pk}/").url == f"{HOME}/{two[0].pk}/"

    def test_undoes_after_saying_what(self, adviser, two):
        done = confirm(adviser, two, fingerprint=fingerprint(adviser, two)).url
        assert adviser.get(f"{done}undo/").status_code == 200

        adviser.post(f"{done}undo/")

        with open_organisation("alpha"):
            assert Person.objects.count() == 2
            assert Merge.objects.get().is_undone
        assert adviser.get(f"{HOME}/{two[1].pk}/").status_code == 200
        assert adviser.get(f"{HOME}/merges/").status_code == 200

    def test_knows_nobody_who_does_not_exist(self, adviser, two):
        nobody = pair().pk

        assert adviser.get(f"{HOME}/{two[0].pk}/same-as/{nobody}/").status_code == 404
        assert adviser.get(f"{HOME}/merges/{nobody}/").status_code == 404
        assert adviser.post(f"{HOME}/merges/{nobody}/undo/").status_code == 404

    def test_is_refused_to_who_may_not(self, client, two):
        client.force_login(make_member("alpha", "caretaker").user)

        assert confirm(client, two, fingerprint="").status_code == 403

    def test_writes_nothing_to_show_the_preview(self, adviser, two, django_assert_max_num_queries):
        with django_assert_max_num_queries(40):
            adviser.get(f"{HOME}/{two[0].pk}/same-as/{two[1].pk}/")
