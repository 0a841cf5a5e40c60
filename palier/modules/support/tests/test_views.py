"""Pages of social support: what they show, to whom, at what cost in queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from palier.kernel.accounts.testing import make_member
from palier.kernel.organisations.current import open_organisation
from palier.modules.partners.tests.factories import a_partner
from palier.modules.support.models import FileReading, SupportFile
from palier.modules.support.tests.factories import a_file, a_tenant

pytestmark = pytest.mark.django_db

SUPPORT = "/o/alpha/support/"


def make(build, *args, **fields):
    with open_organisation("alpha"):
        return build(*args, **fields)


@pytest.fixture
def nadia(db):
    return make_member(
        "alpha", "social_adviser", email="nadia@alpha.example", name="Nadia Benali", language="en"
    ).user


@pytest.fixture
def worker(client, nadia):
    client.force_login(nadia)
    return client


def file_of(user, **given):
    return make(a_file, worker_id=user.pk, **given)


def page_of(file):
    return f"{SUPPORT}files/{file.pk}/"


class TestTheFile:
    def test_shows_to_its_worker_at_once(self, worker, nadia):
        file = file_of(nadia)

        page = worker.get(page_of(file))

        assert page.status_code == 200
        assert file.situation in page.content.decode()
        assert "no-store" in page["Cache-Control"]

    def test_asks_another_social_worker_first_and_writes_the_reading(self, worker):
        file = make(a_file)

        gate = worker.get(page_of(file))
        assert file.situation not in gate.content.decode()
        assert "Nadia Benali" in gate.content.decode()

        opened = worker.post(f"{page_of(file)}open/", follow=True)
        assert file.situation in opened.content.decode()
        with open_organisation("alpha"):
            assert FileReading.objects.filter(file_id=file.pk).count() == 1

    @pytest.mark.parametrize("path", ["change/situation/", "steps/{step}/hand-over/"])
    def test_shows_no_form_to_another_reader_before_they_open_it(self, worker, path):
        file = make(a_file)
        with open_organisation("alpha"):
            step = SupportFile.objects.get(pk=file.pk).steps.create(
                title="Appeler la banque", set_at=timezone.now()
            )
        address = page_of(file) + path.format(step=step.pk)

        shut = worker.get(address)
        worker.post(f"{page_of(file)}open/")
        opened = worker.get(address)

        assert (shut.status_code, shut["Location"]) == (302, page_of(file))
        assert opened.status_code == 200

    def test_shows_no_history_to_another_reader_before_they_open_it(self, client):
        client.force_login(
            make_member("alpha", "social_adviser", "administrator", email="louise@alpha.example").user
        )
        file = make(a_file)
        history = f"/o/alpha/history/support_file/{file.pk}/"

        before = client.get(history).status_code
        client.post(f"{page_of(file)}open/")

        assert (before, client.get(history).status_code) == (404, 200)

    def test_is_refused_to_an_adviser_with_the_name_to_ask(self, client):
        client.force_login(make_member("alpha", "client_adviser", language="en").user)
        file = make(a_file)

        answer = client.get(page_of(file))

        assert answer.status_code == 403
        assert file.situation not in answer.content.decode()

    def test_is_unknown_to_a_caretaker(self, client):
        client.force_login(make_member("alpha", "caretaker").user)

        assert client.get(page_of(make(a_file))).status_code == 403

    @pytest.mark.parametrize(
        "path",
        [
            "files/01a20460-2dc9-7042-ab36-3e5312f352d8/",
            "files/01a20460-2dc9-7042-ab36-3e5312f352d8/change/agree/",
        ],
    )
    def test_of_an_unknown_id_does_not_exist(self, worker, path):
        assert worker.get(SUPPORT + path).status_code == 404

    def test_costs_the_same_whatever_it_holds(self, worker, nadia):
        file = file_of(nadia)
        worker.get(page_of(file))
        with CaptureQueriesContext(
            connection,
        ) as few:
            worker.get(page_of(file))
        with open_organisation("alpha"):
            kept = SupportFile.objects.get(pk=file.pk)
            partner = a_partner()
            for index in range(30):
                kept.steps.create(
                    title=f"Étape {index}", doer="partner", partner=partner, set_at=timezone.now()
                )
                kept.aims.create(title=f"But {index}", set_at=timezone.now())
                kept.appointments.create(starts_at=timezone.now() + timedelta(days=index), place="phone")

        with CaptureQueriesContext(connection) as many:
            worker.get(page_of(file))

        # The referrals of steps are asked only where there are steps; nothing else grows.
        assert len(many) <= len(few) + 1


class TestChanging:
    def test_records_the_agreement(self, worker, nadia):
        file = file_of(nadia, state="proposed")
        today = timezone.localdate()

        answer = worker.post(
            f"{page_of(file)}change/agree/",
            {"agreed_on": today, "agreement_means": "oral", "review_on": today + timedelta(days=30)},
        )

        assert answer.status_code == 302
        with open_organisation("alpha"):
            assert SupportFile.objects.get(pk=file.pk).state == "active"

    def test_says_beside_the_field_why_a_note_is_refused_and_keeps_it(self, worker, nadia):
        file = file_of(nadia)

        answer = worker.post(
            f"{page_of(file)}add/entry/", {"entry-kind": "note", "entry-text": "Sa dépression empire"}
        )

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Sa dépression empire" in page
        assert "Describe what is to be done" in page

    def test_a_second_agreement_is_said_to_be_done(self, worker, nadia):
        file = file_of(nadia)
        today = timezone.localdate()

        answer = worker.post(
            f"{page_of(file)}change/agree/",
            {"agreed_on": today, "agreement_means": "oral", "review_on": today + timedelta(days=30)},
        )

        assert answer.status_code == 422

    def test_adds_every_part(self, worker, nadia):
        file, partner = file_of(nadia), make(a_partner)
        tomorrow = timezone.localdate() + timedelta(days=1)
        parts = {
            "aim": {"aim-title": "Solder la dette"},
            "step": {"step-title": "Appeler la CAF", "step-doer": "worker"},
            "partner": {"partner-partner_id": str(partner.pk), "partner-role": "Aide alimentaire"},
            "appointment": {
                "appointment-day": tomorrow, "appointment-time": "10:30",
                "appointment-minutes": 30, "appointment-place": "phone",
            },
            "paper": {"paper-label": "Avis d’imposition"},
            "entry": {"entry-kind": "call", "entry-text": "Rappelle jeudi"},
        }  # fmt: skip

        answers = {
            part: worker.post(f"{page_of(file)}add/{part}/", data).status_code for part, data in parts.items()
        }

        assert answers == dict.fromkeys(parts, 302)
        page = worker.get(page_of(file)).content.decode()
        for words in (
            "Solder la dette",
            "Appeler la CAF",
            partner.name,
            "10:30",
            "Avis d’imposition",
            "Rappelle jeudi",
        ):
            assert words in page

    def test_a_document_opens_from_its_file_alone(self, worker, nadia, client):
        file = file_of(nadia)

        made = worker.post(f"{page_of(file)}papers/agreement/")
        pdf = worker.get(made["Location"])

        assert pdf["Content-Type"] == "application/pdf"
        document_id = made["Location"].rstrip("/").rsplit("/", 1)[1]
        assert worker.get(f"/o/alpha/documents/{document_id}/").status_code == 404
        client.force_login(make_member("alpha", "social_adviser", language="en").user)
        assert client.get(made["Location"])["Content-Type"].startswith("text/html")


class TestLists:
    def test_show_only_what_one_may_read(self, worker, nadia):
        file_of(nadia)
        make(a_file, make(a_tenant, "Secret", "Anne"), access="named")

        page = worker.get(f"{SUPPORT}files/").content.decode()

        assert "DURAND" in page
        assert "SECRET" not in page

    def test_my_day_shows_what_is_due(self, worker, nadia):
        file = file_of(nadia)
        with open_organisation("alpha"):
            SupportFile.objects.get(pk=file.pk).steps.create(
                title="Déposer le dossier",
                due_on=timezone.localdate() - timedelta(days=1),
                set_at=timezone.now(),
            )

        assert "Déposer le dossier" in worker.get(SUPPORT).content.decode()

    def test_loads_name_nobody_accompanied(self, client):
        client.force_login(make_member("alpha", "team_leader", language="en").user)
        make(a_file, make(a_tenant, "Secret", "Anne"))

        page = client.get(f"{SUPPORT}load/").content.decode()

        assert "Nadia Benali" in page
        assert "Secret" not in page

    def test_the_page_of_a_tenant_says_whom_to_ask(self, client):
        client.force_login(make_member("alpha", "client_adviser", language="en").user)
        file = make(a_file)

        page = client.get(f"/o/alpha/people/{file.person_id}/").content.decode()

        assert "Ask <strong>Nadia Benali</strong>" in page
        assert file.reference not in page

    def test_a_tenant_is_proposed_an_accompaniment(self, worker, nadia):
        person = make(a_tenant)

        answer = worker.post(
            f"{SUPPORT}for/{person.pk}/",
            {
                "situation": "Deux loyers en retard.",
                "origin": "person",
                "worker_id": str(nadia.pk),
                "access": "team",
            },
        )

        assert answer.status_code == 302
        with open_organisation("alpha"):
            assert SupportFile.objects.get(person_id=person.pk).state == "proposed"
