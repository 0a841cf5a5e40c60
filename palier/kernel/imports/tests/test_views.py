"""The pages: rights, the way through a load, a cell mended in place."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from palier.kernel.access import system_actor
from palier.kernel.accounts.testing import make_member
from palier.kernel.imports import services
from palier.kernel.imports.models import ImportBatch
from palier.kernel.imports.testing import NOON, as_csv, load
from palier.kernel.imports.tests.conftest import row
from palier.kernel.jobs.models import JobRun
from palier.kernel.organisations.current import (
    enter_organisation,
    leave_organisation,
    open_shared,
    organisation_by_slug,
)

PAGES = "/o/alpha/imports/"
BY = system_actor("test")


class Browser:
    """A client that comes back into the organisation after each page, so that the test may look at its tables."""

    def __init__(self, client):
        self.client = client

    def get(self, *args, **kwargs):
        leave_organisation()
        return self._come_back(self.client.get(*args, **kwargs))

    def post(self, *args, **kwargs):
        leave_organisation()
        return self._come_back(self.client.post(*args, **kwargs))

    def _come_back(self, response):
        enter_organisation(organisation_by_slug("alpha"))
        return response


@pytest.fixture
def browser(leases, client):
    def as_role(role):
        with open_shared():
            client.force_login(make_member("alpha", role, language="en").user)
            return Browser(client)

    return as_role


@pytest.fixture
def administrator(browser):
    return browser("administrator")


def upload(client, data, **fields):
    file = SimpleUploadedFile("baux.csv", data)
    return client.post(f"{PAGES}new/", {"kind": "t-leases", "coverage": "partial", "file": file, **fields})


class TestRights:
    def test_a_caretaker_sees_nothing_of_it(self, browser):
        client = browser("caretaker")

        assert client.get(PAGES).status_code == 403
        assert client.get(f"{PAGES}new/").status_code == 403

    def test_a_director_reads_and_does_not_load(self, browser):
        client = browser("director")

        assert client.get(PAGES).status_code == 200
        assert upload(client, as_csv([row(1)])).status_code == 403


class TestTheWayThrough:
    def test_an_upload_leads_to_the_mapping_with_its_guess(self, administrator):
        response = upload(administrator, as_csv([row(1)]))
        batch = ImportBatch.objects.get()
        page = administrator.get(response.url)

        assert response.status_code == 302
        assert response.url.endswith(f"/imports/{batch.pk}/mapping/")
        assert 'value="Code ESI" selected' in page.content.decode()
        assert "NOM1" in page.content.decode()

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"", "empty"),
            (b"%PDF-1.7 x", "PDF"),
            ("a;b\n1;2\n".encode("utf-16"), "column"),
            (b"N\xc2\xb0 contrat;Rang\n", "no line"),
        ],
    )
    def test_a_bad_file_is_refused_on_the_form(self, administrator, data, said):
        response = upload(administrator, data)

        assert response.status_code in (302, 422)
        if response.status_code == 422:
            assert said in response.content.decode()

    def test_a_file_above_the_limit_is_refused_with_both_sizes(self, administrator, settings):
        settings.UPLOAD_MAX_BYTES = 1024 * 1024

        response = upload(administrator, as_csv([row(1)]) + b" " * 3 * 1024 * 1024)

        assert response.status_code == 422
        assert "3.0 MB" in response.content.decode()
        assert ImportBatch.objects.count() == 0

    def test_the_mapping_starts_a_check_and_shows_its_progress(self, administrator):
        upload(administrator, as_csv([row(1)]))
        batch = ImportBatch.objects.get()
        fields = {f"column_{name}": header for name, header in batch.mapping.items()}

        response = administrator.post(
            f"{PAGES}{batch.pk}/mapping/", {**fields, "header_line": 1, "profile_name": "ERP"}
        )
        page = administrator.get(response.url)

        assert response.status_code == 302
        assert "data-poll" in page.content.decode()

    def test_a_required_column_left_out_is_said_by_its_name(self, administrator):
        upload(administrator, as_csv([row(1)]))
        batch = ImportBatch.objects.get()
        fields = {f"column_{name}": header for name, header in batch.mapping.items() if name != "lot"}

        response = administrator.post(f"{PAGES}{batch.pk}/mapping/", {**fields, "header_line": 1})

        assert response.status_code == 422
        assert "Code lot" in response.content.decode()


class TestTheReport:
    @pytest.fixture
    def batch(self, administrator):
        rows = [row(1), row(2, Entrée="31/02/2020"), row(3, Solde="9999"), row(4, Qualité="Titulair")]
        return load(kind="t-leases", data=as_csv(rows), apply=False)

    @pytest.mark.parametrize("tab", ["mend", "look", "changes", "absent"])
    def test_shows_each_tab(self, administrator, batch, tab):
        response = administrator.get(f"{PAGES}{batch.pk}/?tab={tab}")

        assert response.status_code == 200

    def test_lists_what_is_to_be_mended_with_its_remedy(self, administrator, batch):
        text = administrator.get(f"{PAGES}{batch.pk}/").content.decode()

        assert "31/02/2020" in text
        assert "Look in the calendar" in text
        assert 'name="cell_entered_on"' in text

    def test_mends_a_cell_in_place(self, administrator, batch):
        response = administrator.post(
            f"{PAGES}{batch.pk}/lines/3/", {"cell_entered_on": "28/02/2020"}, headers={"HX-Request": "true"}
        )

        batch.refresh_from_db()
        assert "nothing left to mend" in response.content.decode()
        assert 'hx-swap-oob="true"' in response.content.decode()
        assert batch.refused == 1

    def test_says_again_what_is_still_wrong(self, administrator, batch):
        response = administrator.post(f"{PAGES}{batch.pk}/lines/3/", {"cell_entered_on": "demain"})

        assert "is not a date" in response.content.decode()

    def test_says_that_a_line_is_gone(self, administrator, batch):
        response = administrator.post(f"{PAGES}{batch.pk}/lines/999/", {"cell_entered_on": "28/02/2020"})

        assert response.status_code == 422
        assert "no longer in the list" in response.content.decode()

    def test_accepts_a_proposal(self, administrator, batch):
        administrator.post(f"{PAGES}{batch.pk}/proposals/", {"code": "value.not-choice"})

        batch.refresh_from_db()
        assert batch.refused == 1

    def test_gives_the_lines_left_as_a_file_that_loads_again(self, administrator, batch):
        services.correct_cells(batch_id=batch.pk, cells={(3, "name"): "Élodie"}, by=BY, at=NOON)
        response = administrator.get(f"{PAGES}{batch.pk}/failed.csv")

        text = response.content.decode("utf-8-sig")
        assert text.splitlines()[0].startswith("N° contrat;Rang;Code ESI")
        assert "Élodie" in text and "31/02/2020" in text and len(text.splitlines()) == 3
        again = load(kind="t-leases", data=response.content, apply=False)
        assert (again.lines_read, again.refused) == (2, 2)

    def test_applies_and_shows_what_changed(self, administrator, batch):
        response = administrator.post(f"{PAGES}{batch.pk}/apply/")
        services.apply_batch(batch_id=batch.pk, by=BY, at=NOON)
        page = administrator.get(f"{PAGES}{batch.pk}/?tab=changes").content.decode()

        assert response.status_code == 302
        assert "_lease" in page and "C001" in page

    def test_undoes_after_asking(self, administrator, batch):
        administrator.post(f"{PAGES}{batch.pk}/apply/")
        services.apply_batch(batch_id=batch.pk, by=BY, at=NOON)

        page = f"{PAGES}{batch.pk}/undo/"
        assert administrator.get(page).status_code == 200
        assert administrator.post(f"{page}plan/").status_code == 302
        services.plan_undoing(batch_id=batch.pk, by=BY, at=NOON)
        JobRun.objects.update(state="done")
        batch.refresh_from_db()
        assert batch.undoing["planned_at"] in administrator.get(page).content.decode()
        assert administrator.get(f"{page}rows/?verdict=free").status_code == 200
        assert administrator.post(page, {"planned_at": batch.undoing["planned_at"]}).status_code == 302
        services.undo_batch(batch_id=batch.pk, by=BY, at=NOON)
        batch.refresh_from_db()
        assert batch.state == "rolled_back"
        assert administrator.get(f"{PAGES}{batch.pk}/").status_code == 200
        assert administrator.post(page, {"planned_at": batch.undoing["planned_at"]}).status_code == 422

    def test_asks_for_the_plan_that_was_read(self, administrator, batch):
        administrator.post(f"{PAGES}{batch.pk}/apply/")
        services.apply_batch(batch_id=batch.pk, by=BY, at=NOON)
        services.plan_undoing(batch_id=batch.pk, by=BY, at=NOON)

        response = administrator.post(f"{PAGES}{batch.pk}/undo/", {"planned_at": "2020-01-01T00:00:00"})

        batch.refresh_from_db()
        assert (response.status_code, batch.state) == (422, "applied")

    def test_lists_what_changed_with_filters_and_as_a_file(self, administrator, batch):
        administrator.post(f"{PAGES}{batch.pk}/apply/")
        services.apply_batch(batch_id=batch.pk, by=BY, at=NOON)

        page = administrator.get(f"{PAGES}{batch.pk}/changes/?table=t_lease").content.decode()
        file = administrator.get(f"{PAGES}{batch.pk}/changes/?export=csv")

        assert "C001" in page
        assert b"C001" in b"".join(file.streaming_content)

    def test_shows_undoing_to_nobody_without_the_right(self, browser, batch):
        director = browser("director")

        assert director.get(f"{PAGES}{batch.pk}/changes/").status_code == 200
        assert director.get(f"{PAGES}{batch.pk}/changes/?export=csv").status_code == 403
        assert director.get(f"{PAGES}{batch.pk}/undo/").status_code == 403
        assert director.post(f"{PAGES}{batch.pk}/undo/plan/").status_code == 403

    def test_knows_no_batch_that_does_not_exist(self, administrator, batch):
        nobody = "01900000-0000-7000-8000-000000000000"

        for page in ("changes/", "undo/", "undo/rows/"):
            assert administrator.get(f"{PAGES}{nobody}/{page}").status_code == 404
        assert administrator.post(f"{PAGES}{nobody}/undo/plan/").status_code == 404

    def test_discards(self, administrator, batch):
        assert administrator.post(f"{PAGES}{batch.pk}/discard/").status_code == 302
        batch.refresh_from_db()
        assert batch.state == "discarded"


class TestTemplates:
    @pytest.mark.parametrize("extension", ["csv", "xlsx", "ods"])
    def test_can_be_loaded_as_they_are(self, administrator, extension):
        response = administrator.get(f"{PAGES}templates/t-leases.{extension}")

        batch = load(kind="t-leases", data=response.content, apply=False)
        assert (batch.lines_read, batch.refused) == (1, 0)

    def test_of_an_unknown_kind_do_not_exist(self, administrator):
        assert administrator.get(f"{PAGES}templates/zorglub.csv").status_code == 404
