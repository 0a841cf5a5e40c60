"""Call sheets: made at night, printed, typed back without losing or doubling anything; the workflows, whole."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone, translation

from palier.kernel.access import Actor
from palier.kernel.accounts.testing import make_member
from palier.kernel.errors import NotAllowed, TransitionRefused
from palier.kernel.organisations.current import open_organisation
from palier.modules.continuity.selectors.pack_annexes import annexes
from palier.modules.outreach.forms.sheets import LineForm
from palier.modules.outreach.models import (
    Alert,
    Attempt,
    Call,
    CallSheet,
    CallSheetLine,
    Need,
    Report,
    Visit,
)
from palier.modules.outreach.selectors.sheets import printed_sheet
from palier.modules.outreach.services import desk, reporting, sheets
from palier.modules.outreach.tests.factories import AT, a_person, add_call, add_line, days_ago, make_campaign
from palier.modules.outreach.tests.test_desk_services import caller
from palier.modules.outreach.workflow import ALERT, CALL, VISIT
from palier.modules.referrals import public as referrals

BASE = "/o/alpha/calls/"


@pytest.mark.django_db
class TestMaking:
    def test_makes_one_a_campaign_and_a_caller_with_numbered_lines_and_again_the_same(self, alpha, actor):
        make_campaign(lines=3)

        first = sheets.make_sheets(by=actor, at=AT)
        again = sheets.make_sheets(by=actor, at=AT)

        assert first == again == 1
        assert list(CallSheetLine.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]

    def test_is_a_pdf_and_a_page_of_the_nights_pack(self, alpha, actor):
        make_campaign(lines=2)
        sheets.make_sheets(by=actor, at=AT)

        document = sheets.print_sheet(sheet_id=CallSheet.objects.get().pk, by=actor, at=AT)
        page = next(one for one in annexes(AT) if "Feuille d’appels" in one["title"])

        assert document.template == "outreach/sheets/call_sheet.typ"
        assert [row[0] for row in page["rows"]] == ["1", "2"]
        assert any("coordonnées bancaires" in note for note in page["notes"])

    def test_says_the_last_contact_as_it_is_on_the_day_of_the_sheet(self, alpha, actor):
        line = add_line(make_campaign(), phone="+33639980001", last_reached_at=days_ago(3))
        line.members.update(reasons=[{"code": "days_without_contact", "days": 40}])
        add_call(line)
        sheets.make_sheets(by=actor, at=AT)

        with translation.override("en"):
            said = printed_sheet(sheet_id=CallSheet.objects.get().pk)["lines"][0]["why"]

        assert said == "no contact for 3 days"


@pytest.mark.django_db
class TestTypingBack:
    @pytest.fixture
    def client_of_leader(self, client):
        client.force_login(make_member("alpha", "team_leader", language="en").user)
        return client

    def make(self, phones=("+33639980001", "+33639980002")):
        with open_organisation("alpha"):
            campaign = make_campaign(starts_on=timezone.localdate())
            for phone in phones:
                add_call(add_line(campaign, phone=phone), due_on=timezone.localdate())
            sheets.make_sheets(by=caller(), at=timezone.now())
            sheet = CallSheet.objects.get()
            return sheet, list(sheet.lines.order_by("number"))

    def test_writes_each_line_that_has_a_result_once(self, client_of_leader):
        sheet, (first, second) = self.make()
        said = {f"{first.pk}-result": "answered", f"{first.pk}-wellbeing": "well", f"{second.pk}-result": ""}

        client_of_leader.post(f"{BASE}sheets/{sheet.pk}/type-back/", said)
        client_of_leader.post(f"{BASE}sheets/{sheet.pk}/type-back/", said)

        with open_organisation("alpha"):
            assert Attempt.objects.get().typed_back
            assert Report.objects.get().wellbeing == "well"
            assert Call.objects.get(pk=first.call_id).state == "reached"
            assert Call.objects.get(pk=second.call_id).state == "waiting"

    def test_keeps_a_line_done_meanwhile_beside_what_was_done_and_says_so(self, client_of_leader):
        sheet, (first, _second) = self.make()
        with open_organisation("alpha"):
            now, other = timezone.now(), caller("Zoé Petit")
            desk.take_call(call_id=first.call_id, by=other, at=now)
            outcome = reporting.Outcome(token=uuid4(), result="answered")
            reporting.save(call_id=first.call_id, outcome=outcome, by=other, at=now)

        page = client_of_leader.get(f"{BASE}sheets/{sheet.pk}/").content.decode()
        client_of_leader.post(
            f"{BASE}sheets/{sheet.pk}/type-back/",
            {f"{first.pk}-result": "answered", f"{first.pk}-note": "Merci"},
        )

        assert "Zoé Petit has called them meanwhile" in page
        with open_organisation("alpha"):
            assert Report.objects.filter(note="Merci").count() == 1

    def test_says_which_line_is_at_fault_and_saves_the_others(self, client_of_leader):
        sheet, (first, second) = self.make()
        said = {
            f"{first.pk}-result": "answered",
            f"{first.pk}-note": "A un cancer",
            f"{second.pk}-result": "no_answer",
        }

        response = client_of_leader.post(f"{BASE}sheets/{sheet.pk}/type-back/", said)

        assert response.status_code == 422
        assert "A un cancer" in response.content.decode()
        with open_organisation("alpha"):
            assert Attempt.objects.get().call_id == second.call_id

    def test_hands_the_needs_over_with_the_agreement_as_the_desk_does(self, client_of_leader):
        sheet, (first, _second) = self.make()
        said = {
            f"{first.pk}-result": "answered",
            f"{first.pk}-needs": ["groceries", "technical_problem"],
            f"{first.pk}-consent": "oral",
            f"{first.pk}-note": "Deux sacs à monter",
        }

        client_of_leader.post(f"{BASE}sheets/{sheet.pk}/type-back/", said)
        client_of_leader.post(f"{BASE}sheets/{sheet.pk}/type-back/", said)

        with open_organisation("alpha"):
            report = Report.objects.get()
            opened = referrals.lines_of_source("outreach.report", [report.pk])[report.pk]
            assert {one.kind for one in opened} == {"groceries", "technical_problem"}
            assert set(Need.objects.values_list("kind", "consent")) == {
                ("groceries", "oral"),
                ("technical_problem", "not_needed"),
            }

    def test_asks_for_the_agreement_and_keeps_what_was_ticked(self, client_of_leader):
        sheet, (first, _second) = self.make()
        said = {f"{first.pk}-result": "answered", f"{first.pk}-needs": ["groceries"], f"{first.pk}-note": "x"}

        response = client_of_leader.post(f"{BASE}sheets/{sheet.pk}/type-back/", said)

        page = response.content.decode()
        assert response.status_code == 422
        assert "Say whether the person agrees" in page
        assert f'name="{first.pk}-needs" value="groceries" checked' in page
        with open_organisation("alpha"):
            assert not Attempt.objects.exists()

    def test_hands_over_for_the_member_named_on_the_paper(self, client_of_leader):
        with open_organisation("alpha"):
            campaign = make_campaign(starts_on=timezone.localdate())
            wife, husband = a_person("Fabre", "Léa"), a_person("Fabre", "Jean")
            line = add_line(campaign, wife, husband, phone="+33639980005")
            add_call(line, due_on=timezone.localdate())
            sheets.make_sheets(by=caller(), at=timezone.now())
            row = CallSheetLine.objects.select_related("sheet").get()
        said = {
            f"{row.pk}-result": "answered",
            f"{row.pk}-needs": ["groceries"],
            f"{row.pk}-consent": "oral",
            f"{row.pk}-person": str(husband.pk),
        }

        client_of_leader.post(f"{BASE}sheets/{row.sheet_id}/type-back/", said)

        with open_organisation("alpha"):
            assert Need.objects.get().person_id == husband.pk

    def test_calls_back_on_the_day_written(self, client_of_leader):
        sheet, (first, second) = self.make()
        day = timezone.localdate() + timedelta(days=9)
        said = {
            f"{first.pk}-result": "callback_asked",
            f"{first.pk}-call_back_on": day.isoformat(),
            f"{second.pk}-result": "callback_asked",
            f"{second.pk}-call_back_on": "2020-01-01",
        }

        response = client_of_leader.post(f"{BASE}sheets/{sheet.pk}/type-back/", said)

        assert "Choose a day to come" in response.content.decode()
        with open_organisation("alpha"):
            assert Call.objects.get(pk=first.call_id).due_on == day
            assert not Attempt.objects.filter(call=second.call_id).exists()

    def test_a_day_of_call_back_that_is_not_said_is_one_on_which_calls_are_made(self):
        form = LineForm({"result": "callback_asked"})
        assert form.is_valid()
        friday = datetime(2026, 11, 20, 16, tzinfo=UTC)

        assert form.said(at=friday, weekends=False)["call_back_at"].date() == date(2026, 11, 23)
        assert form.said(at=friday, weekends=True)["call_back_at"].date() == date(2026, 11, 21)

    def test_opens_a_sheet_by_its_number_and_says_when_there_is_none(self, client_of_leader):
        sheet, _lines = self.make()

        found = client_of_leader.get(f"{BASE}sheets/", {"number": sheet.number})
        missing = client_of_leader.get(f"{BASE}sheets/", {"number": 99999}).content.decode()

        assert found.url.endswith(f"/sheets/{sheet.pk}/")
        assert "No sheet has the number 99999" in missing


SOMEBODY = caller()
NOBODY = Actor(user_id=uuid4(), name="X", email="x@alpha.example", organisation="alpha")
WAYS = [
    (workflow, model, action, state)
    for workflow, model in ((CALL, Call), (ALERT, Alert), (VISIT, Visit))
    for action in workflow.table
    for state in sorted(workflow.states())
]


@pytest.mark.django_db
class TestEveryStep:
    @pytest.mark.parametrize(("workflow", "model", "action", "state"), WAYS)
    def test_goes_where_the_table_says_or_is_refused(self, alpha, workflow, model, action, state):
        record = model(state=state)
        sources, target, _permission = workflow.table[action]

        if state in sources:
            workflow.move(record, action, by=SOMEBODY, at=AT)
            assert record.state == target
        else:
            with pytest.raises(TransitionRefused):
                workflow.move(record, action, by=SOMEBODY, at=AT)
            assert record.state == state

    @pytest.mark.parametrize(("workflow", "model", "action", "state"), WAYS)
    def test_asks_for_its_right(self, alpha, workflow, model, action, state):
        with pytest.raises(NotAllowed):
            workflow.move(model(state=state), action, by=NOBODY, at=AT + timedelta(0))
