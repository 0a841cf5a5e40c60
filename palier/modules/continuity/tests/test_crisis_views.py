"""The crisis cell's pages: what each answers, to whom, and that a GET of the link never answers a
call-out.
"""

from datetime import UTC, datetime

import pytest
from django.test import Client

from palier.kernel.documents.models import Document
from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.organisations.current import open_organisation
from palier.modules.continuity.models import (
    Activation,
    CallOutAnswer,
    CellDecision,
    CellMember,
    LogEntry,
    Notice,
    SituationReport,
    Task,
)
from palier.modules.continuity.services import call_out, cell, notices
from palier.modules.continuity.tests import plans
from palier.modules.estate.tests.factories import make_agency, make_reception_point, make_residence

NOW = datetime.now(UTC)
BASE = "/o/alpha/continuity"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_FOLDER, settings.PACK_FOLDER = tmp_path / "files", tmp_path / "away"
    settings.KEY_FILE = settings.PALIER_KEY_FILE = tmp_path / "key" / "master.key"
    from palier.kernel.keys import ensure_master_key

    ensure_master_key()


@pytest.fixture
def crisis(actor):
    """Level 3 in force at alpha, with a cell, a residence, a reception point."""
    with open_organisation("alpha"):
        agency = make_agency(name="Agence Nord")
        residence = make_residence(agency=agency)
        make_reception_point(agency=agency)
        for role, seat, name in (
            ("director", "holder", "Hélène Roux"),
            ("director", "deputy", "Paul Roy"),
            ("lettings", "holder", "Awa Diallo"),
        ):
            cell.appoint_member(
                name=name,
                role=role,
                seat=seat,
                by=actor,
                at=NOW,
                phone="06 39 98 00 01",
                email=f"{name.split()[1].lower()}@alpha.example",
            )
        territory = cell.create_territorial_cell(code="nord", name="Cellule Nord", by=actor, at=NOW)
        plans.make_plan(by=actor, at=NOW)
        plans.activate(by=actor, at=NOW, name="Hélène Roux")
        deliver_waiting()
        poster = Notice.objects.get(channel="poster", language="fr")
        return {
            "residence": residence.pk,
            "cell": territory.pk,
            "poster": poster.pk,
            "sms": Notice.objects.get(channel="sms").pk,
            "task": Task.objects.get(code="call-the-cell").pk,
            "call": CallOutAnswer.objects.first().call_out_id,
            "member": CellMember.objects.get(name="Paul Roy").pk,
            "link": "call-out/"
            + call_out.link_of(CallOutAnswer.objects.get(name="Awa Diallo")).split("/call-out/")[1],
        }


def page(client, path, **data):
    answer = client.get(f"{BASE}/{path}", data)
    assert answer.status_code == 200, path
    return answer.content.decode()


PAGES = (
    "log/",
    "log/1/",
    "log/check/",
    "log/?q=Lockdown&category=decision&since=2020-01-01",
    "tasks/",
    "tasks/mine/",
    "tasks/?state=overdue",
    "tasks/?state=done&role=director",
    "tasks/new/",
    "tasks/{task}/",
    "cell/",
    "cell/members/new/",
    "cell/members/{member}/hand-over/",
    "cell/call-out/",
    "cell/call-outs/{call}/",
    "cells/new/",
    "cells/{cell}/",
    "decisions/",
    "decisions/?state=all",
    "notices/",
    "notices/?channel=sms",
    "notices/{poster}/",
    "notices/{sms}/",
    "reports/",
    "pack/",
)
CLOSED = (
    "log/",
    "log/check/",
    "cell/",
    "decisions/",
    "reports/",
    "pack/",
    "notices/{sms}/",
    "cell/call-outs/{call}/",
)


class TestPages:
    def test_open(self, crisis, sign_in):
        client = sign_in("alpha")
        for path in PAGES:
            assert "<h1>" in page(client, path.format(**crisis)), path

    def test_show_on_the_activation_what_follows_from_it(self, crisis, sign_in):
        with open_organisation("alpha"):
            activation = Activation.objects.get()
            decision = Document.objects.get(kind="activation-decision")

        shown = page(sign_in("alpha"), f"levels/{activation.pk}/")

        assert f"/o/alpha/documents/{decision.pk}/" in shown
        assert f"/o/alpha/continuity/cell/call-outs/{crisis['call']}/" in shown

    def test_are_closed_to_an_observer(self, crisis, sign_in):
        client = sign_in("alpha", "observer")
        answers = {path: client.get(f"{BASE}/{path.format(**crisis)}").status_code for path in CLOSED}
        assert set(answers.values()) == {403}, answers

    def test_let_a_caretaker_work_tasks_and_print_posters_alone(self, crisis, sign_in):
        client = sign_in("alpha", "caretaker")

        assert client.get(f"{BASE}/tasks/mine/").status_code == 200
        assert client.get(f"{BASE}/notices/").status_code == 200
        assert client.get(f"{BASE}/log/").status_code == 403
        assert client.post(f"{BASE}/notices/{crisis['sms']}/recipients/").status_code == 403


class TestLog:
    def test_records_at_once_and_shows_it(self, crisis, sign_in):
        client = sign_in("alpha")

        answer = client.post(
            f"{BASE}/log/record/",
            {"text": "Porte fracturée", "category": "incident", "source": "phone", "severity": "serious"},
        )

        assert answer.status_code == 302
        assert "Porte fracturée" in page(client, "log/")

    def test_answers_the_fragment_to_htmx(self, crisis, sign_in):
        client = sign_in("alpha")

        wrong = client.post(f"{BASE}/log/record/", {"text": ""}, headers={"HX-Request": "true"})
        assert wrong.status_code == 422
        right = client.post(
            f"{BASE}/log/record/",
            {"text": "x", "category": "fact", "source": "cell", "severity": "routine"},
            headers={"HX-Request": "true"},
        )
        assert right.status_code == 200
        assert "palier:refresh" in right["HX-Trigger"]

    def test_refreshes_only_when_something_was_written(self, crisis, sign_in):
        client = sign_in("alpha")
        etag = client.get(f"{BASE}/log/live/")["ETag"]

        assert client.get(f"{BASE}/log/live/", headers={"If-None-Match": etag}).status_code == 304
        client.post(
            f"{BASE}/log/record/", {"text": "x", "category": "fact", "source": "cell", "severity": "routine"}
        )
        assert client.get(f"{BASE}/log/live/", headers={"If-None-Match": etag}).status_code == 200

    def test_filters_and_exports(self, crisis, sign_in):
        client = sign_in("alpha")

        assert "Lockdown" not in page(client, "log/", category="incident")
        for form in ("pdf", "csv"):
            exported = client.post(f"{BASE}/log/export/", {"form": form, "q": "Lockdown"}, follow=True)
            assert exported.status_code == 200

    def test_erases_a_text_for_who_may(self, crisis, sign_in):
        client = sign_in("alpha", "data_protection")

        assert client.post(f"{BASE}/log/1/redact/", {"reason": ""}).status_code == 422
        assert client.post(f"{BASE}/log/1/redact/", {"reason": "art. 17"}).status_code == 302
        with open_organisation("alpha"):
            assert LogEntry.objects.get(seq=1).text is None
        assert (
            sign_in("alpha", "crisis_secretary").post(f"{BASE}/log/2/redact/", {"reason": "x"}).status_code
            == 403
        )


class TestTasks:
    def test_are_started_and_finished(self, crisis, sign_in):
        client = sign_in("alpha")

        client.post(f"{BASE}/tasks/{crisis['task']}/start/")
        client.post(f"{BASE}/tasks/{crisis['task']}/finish/", {"outcome": "Réunie à 9 h"})

        assert "Réunie à 9 h" in page(client, f"tasks/{crisis['task']}/")

    def test_are_added_and_given(self, crisis, sign_in):
        client = sign_in("alpha")

        assert client.post(f"{BASE}/tasks/new/", {"title": "Louer un groupe"}).status_code == 422
        made = client.post(
            f"{BASE}/tasks/new/", {"title": "Louer un groupe", "role": "property"}, follow=True
        )
        assert "Louer un groupe" in made.content.decode()
        assert (
            client.post(f"{BASE}/tasks/{crisis['task']}/assign/", {"owner_name": "A. Morel"}).status_code
            == 302
        )


class TestTheLinkOfACallOut:
    def test_is_opened_without_an_account_and_answers_only_when_pressed(self, crisis, client):
        path = f"/{crisis['link']}"

        opened = client.get(path)
        client.get(path)
        client.head(path)
        assert opened.status_code == 200
        assert "Awa Diallo" in opened.content.decode()
        with open_organisation("alpha"):
            assert CallOutAnswer.objects.get(name="Awa Diallo").answered_at is None

        pressed = client.post(path)
        assert pressed.status_code == 200
        with open_organisation("alpha"):
            assert CallOutAnswer.objects.get(name="Awa Diallo").answered_via == "link"

    def test_lets_a_browser_press_its_button(self, crisis):
        """A browser told to send no referrer sends « Origin: null », and the form would be refused."""
        browser = Client(enforce_csrf_checks=True)
        opened = browser.get(f"/{crisis['link']}")
        token = opened.cookies["csrftoken"].value

        assert opened.get("Referrer-Policy") == "same-origin"
        pressed = browser.post(
            f"/{crisis['link']}", {"csrfmiddlewaretoken": token}, headers={"origin": "http://testserver"}
        )
        assert pressed.status_code == 200

    def test_opens_nothing_when_it_was_changed(self, crisis, client):
        assert client.get(f"/{crisis['link'][:-6]}xxxxx/").status_code == 410
        assert client.post("/call-out/anything/").status_code == 410


class TestCell:
    def test_is_appointed_handed_over_and_called(self, crisis, sign_in):
        client = sign_in("alpha")

        wrong = client.post(f"{BASE}/cell/members/new/", {"role": "finance", "seat": "holder", "name": "X"})
        assert wrong.status_code == 422
        assert (
            client.post(f"{BASE}/cell/members/{crisis['member']}/hand-over/", {"note": "RAS"}).status_code
            == 302
        )
        called = client.post(f"{BASE}/cell/call-out/", {"reason": "Crue"}, follow=True)
        assert "Crue" in called.content.decode()
        with open_organisation("alpha"):
            answer = CallOutAnswer.objects.filter(call_out__number=2, is_deputy=False).first()
        client.post(f"{BASE}/cell/call-outs/{answer.call_out_id}/answers/{answer.pk}/", {"via": "phone"})
        with open_organisation("alpha"):
            assert CallOutAnswer.objects.get(pk=answer.pk).answered_via == "phone"

    def test_of_a_territory_meets_and_decides(self, crisis, sign_in):
        client = sign_in("alpha")
        at = f"{BASE}/cells/{crisis['cell']}"

        assert (
            client.post(f"{at}/members/", {"name": "M. Préfet", "phone": "05 36 49 00 02"}).status_code == 302
        )
        assert client.post(f"{at}/members/", {"name": "Sans moyen"}).status_code == 422
        meeting = client.post(
            f"{at}/meetings/", {"starts_at": "2026-11-24T09:00", "agenda": "Point"}, follow=True
        )
        meeting_id = meeting.redirect_chain[-1][0].rstrip("/").split("/")[-1]
        client.post(f"{at}/decisions/", {"text": "Ouvrir la salle", "meeting": meeting_id})
        client.post(f"{BASE}/meetings/{meeting_id}/hold/", {"attendance": "Tous", "minutes": "RAS"})
        with open_organisation("alpha"):
            decision = CellDecision.objects.get()
        client.post(f"{BASE}/decisions/{decision.pk}/finish/", {"outcome": "Ouverte"})
        assert "Ouverte" in page(client, "decisions/", state="done")
        assert client.post(f"{at}/decisions/", {"text": ""}).status_code == 422


class TestNotices:
    def test_are_printed_for_one_residence_from_its_page(self, crisis, sign_in):
        client = sign_in("alpha")

        printed = client.post(
            f"{BASE}/notices/{crisis['poster']}/posters/{crisis['residence']}/", follow=True
        )
        assert printed["Content-Type"] == "application/pdf"
        assert (
            str(crisis["poster"])
            in client.get(f"/o/alpha/estate/residences/{crisis['residence']}/").content.decode()
        )

    def test_are_printed_for_everyone_by_a_job(self, crisis, sign_in):
        client = sign_in("alpha")

        answer = client.post(f"{BASE}/notices/{crisis['poster']}/posters/")
        assert "/jobs/" in answer["Location"]
        with open_organisation("alpha"):
            deliver_waiting()
        assert "Agence Nord" in page(client, f"notices/{crisis['poster']}/")

    def test_are_issued_and_withdrawn(self, crisis, sign_in):
        client = sign_in("alpha")

        client.post(f"{BASE}/notices/{crisis['sms']}/issue/")
        with open_organisation("alpha"):
            assert Notice.objects.get(pk=crisis["sms"]).state == "issued"
        client.post(f"{BASE}/notices/{crisis['sms']}/recipients/")
        assert client.post(f"{BASE}/notices/{crisis['sms']}/explode/").status_code == 404


class TestReports:
    def test_are_begun_written_frozen_and_sent(self, crisis, sign_in):
        client = sign_in("alpha")

        begun = client.post(f"{BASE}/reports/begin/", follow=True)
        path = begun.redirect_chain[-1][0].rstrip("/")
        kept = client.post(
            f"{path}/write/", {"highlights": "Tout tient", "entries": "1", "then": "freeze"}, follow=True
        )
        assert kept.status_code == 200
        client.post(f"{path}/send/")
        with open_organisation("alpha"):
            report = SituationReport.objects.get()
            assert (report.state, report.chosen_entries) == ("frozen", [1])
            assert report.sent_at


class TestPack:
    def test_is_set_and_made(self, crisis, sign_in):
        client = sign_in("alpha")

        assert client.post(f"{BASE}/pack/", {"addresses": "pas une adresse"}).status_code == 422
        kept = client.post(
            f"{BASE}/pack/", {"addresses": "dg@autre.example", "password": "correct cheval pile agrafe"}
        )
        assert kept.status_code == 302
        client.post(f"{BASE}/pack/make/")
        with open_organisation("alpha"):
            deliver_waiting()
        assert "dg@autre.example" in page(client, "pack/")


def test_nothing_of_the_crisis_is_written_by_a_get(crisis, sign_in):
    client = sign_in("alpha")
    with open_organisation("alpha"):
        before = (LogEntry.objects.count(), Task.objects.count(), notices.Document.objects.count())
    for path in ("log/", "tasks/", "cell/", "notices/", "reports/", "pack/", f"notices/{crisis['poster']}/"):
        page(client, path)
    with open_organisation("alpha"):
        assert (LogEntry.objects.count(), Task.objects.count(), notices.Document.objects.count()) == before
