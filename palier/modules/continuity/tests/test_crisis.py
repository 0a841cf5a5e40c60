"""Activating a level calls the cell, opens tasks, makes notices ready, writes the log and the decision."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from pypdf import PdfReader

from palier.kernel.access import Actor
from palier.kernel.deliveries.models import Delivery
from palier.kernel.documents.models import Document
from palier.kernel.documents.selectors import checked_content
from palier.kernel.errors import NotAllowed, TransitionRefused
from palier.kernel.jobs.models import JobRun
from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.models import new_id
from palier.modules.continuity.enums import Escalation, NoticeState, TaskState
from palier.modules.continuity.models import CallOut, CallOutAnswer, LogEntry, Notice, Task
from palier.modules.continuity.selectors import cell as cell_selectors
from palier.modules.continuity.selectors import log as log_selectors
from palier.modules.continuity.selectors import notices as notice_selectors
from palier.modules.continuity.selectors import pack as pack_selectors
from palier.modules.continuity.selectors import reports as report_selectors
from palier.modules.continuity.selectors import tasks as task_selectors
from palier.modules.continuity.services import (
    call_out,
    cell,
    late_tasks,
    log_export,
    meetings,
    notices,
    pack,
    reports,
    tasks,
)
from palier.modules.continuity.services import log as log_services
from palier.modules.continuity.tests import plans
from palier.modules.estate.tests.factories import make_agency, make_residence
from palier.modules.people.tests.factories import a_lease, a_person, a_phone

NOW = datetime.now(UTC).replace(microsecond=0)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    settings.PACK_FOLDER = tmp_path / "away"
    settings.KEY_FILE = settings.PALIER_KEY_FILE = tmp_path / "key" / "master.key"
    from palier.kernel.keys import ensure_master_key

    ensure_master_key()


@pytest.fixture
def members(alpha, actor):
    """A director with a deputy, a lettings head, a coordinator."""
    seats = [
        ("director", "holder", "Hélène Roux"),
        ("director", "deputy", "Paul Deputy"),
        ("lettings", "holder", "Awa Diallo"),
        ("coordinator", "holder", "Marc Coord"),
    ]
    return {
        name: cell.appoint_member(
            name=name,
            role=role,
            seat=seat,
            by=actor,
            at=NOW,
            email=f"{name.split()[1].lower()}@alpha.example",
            phone="06 39 98 00 01",
        )
        for role, seat, name in seats
    }


@pytest.fixture
def level_three(alpha, actor, members):
    plans.make_plan(by=actor, at=NOW)
    activation = plans.activate(by=actor, at=NOW, name="Hélène Roux")
    deliver_waiting()
    return activation


def text_of(document):
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(checked_content(document))).pages)


class TestActivating:
    def test_calls_those_on_duty_by_e_mail(self, level_three):
        called = {address for message in mail.outbox for address in message.to}

        assert called == {
            '"Hélène Roux" <roux@alpha.example>',
            '"Awa Diallo" <diallo@alpha.example>',
            '"Marc Coord" <coord@alpha.example>',
        }
        assert "/call-out/" in mail.outbox[0].body
        assert CallOut.objects.get().activation == level_three

    def test_opens_the_cards_with_their_delays(self, level_three):
        due = dict(Task.objects.values_list("code", "due_at"))

        assert due == {"call-the-cell": NOW + timedelta(hours=1), "close-the-doors": NOW + timedelta(hours=4)}

    def test_makes_the_notices_ready(self, level_three):
        said = set(Notice.objects.values_list("channel", "language"))

        assert said == {("poster", "fr"), ("sms", "fr"), ("poster", "en")}

    def test_is_written_in_the_log_with_who_decided(self, level_three):
        entry = LogEntry.objects.get(kind="level-activated")

        assert entry.decision_maker == "Hélène Roux"
        assert entry.activation == level_three
        assert "Lockdown" in entry.text
        assert log_selectors.chain_report().whole

    def test_produces_the_decision_with_its_mentions(self, level_three):
        said = text_of(Document.objects.get(kind="activation-decision"))

        for mention in (
            "Hélène Roux",
            "Lockdown",
            "3 – Full",
            "Périmètre",
            "Prend effet le",
            "À réexaminer le",
        ):
            assert mention in said

    def test_says_in_the_log_that_nobody_could_be_called(self, alpha, actor):
        plans.make_plan(by=actor, at=NOW)
        plans.activate(by=actor, at=NOW)
        deliver_waiting()

        assert LogEntry.objects.get(kind="nobody-called").severity == "critical"

    def test_does_everything_once_when_jobs_run_twice(self, level_three, actor):
        from palier.modules.continuity.services import reactions

        step = level_three.steps.get()
        event = {
            "step_id": str(step.pk),
            "activation_id": str(level_three.pk),
            "plan_name": "P",
            "level": "3",
            "level_name": "Full",
            "scope_label": "x",
            "reason": "y",
        }

        reactions.level_begins(event=event, by=actor, at=NOW)
        reactions.call_the_cell(event=event, by=actor, at=NOW)

        assert Task.objects.count() == 2
        assert Notice.objects.count() == 3
        assert CallOut.objects.count() == 1
        assert Document.objects.filter(kind="activation-decision").count() == 1


class TestChangingLevel:
    def test_keeps_what_both_levels_ask_and_closes_the_rest(self, level_three, actor):
        Task.objects.filter(code="call-the-cell").update(state=TaskState.DONE, ended_at=NOW)
        plans.change(level_three, by=actor, level="2", at=NOW)
        deliver_waiting()

        states = dict(Task.objects.values_list("code", "state"))
        assert states == {"call-the-cell": TaskState.DONE, "close-the-doors": TaskState.ABANDONED}
        assert Notice.objects.filter(state=NoticeState.WITHDRAWN).count() == 3

    def test_lifting_closes_what_is_left(self, level_three, actor):
        plans.lift(level_three, by=actor, at=NOW)
        deliver_waiting()

        assert not Task.objects.unfinished().exists()
        assert "Fin du niveau 3" in text_of(
            Document.objects.filter(kind="activation-decision").order_by("-id")[0]
        )


class TestCallOut:
    def link(self, name="Awa Diallo"):
        return call_out.link_of(CallOutAnswer.objects.get(name=name)).split("/call-out/")[1].rstrip("/")

    def test_is_acknowledged_by_the_link_alone(self, level_three):
        call_out.acknowledge_link(token=self.link(), at=NOW)

        answer = CallOutAnswer.objects.get(name="Awa Diallo")
        assert (answer.answered_at, answer.answered_via) == (NOW, "link")

    def test_is_acknowledged_once(self, level_three):
        call_out.acknowledge_link(token=self.link(), at=NOW)
        call_out.acknowledge_link(token=self.link(), at=NOW + timedelta(hours=1))
        deliver_waiting()

        assert CallOutAnswer.objects.get(name="Awa Diallo").answered_at == NOW
        assert LogEntry.objects.filter(kind="call-out-answer").count() == 1

    def test_refuses_a_link_that_expired_or_was_made_up(self, level_three):
        with pytest.raises(call_out.LinkRefused):
            call_out.acknowledge_link(token=self.link(), at=NOW + timedelta(hours=49))
        with pytest.raises(call_out.LinkRefused):
            call_out.acknowledge_link(token=self.link()[:-4] + "AAAA", at=NOW)
        assert not CallOutAnswer.objects.filter(answered_at__isnull=False).exists()

    def test_shows_the_deputy_after_fifteen_minutes(self, level_three):
        called_at = CallOut.objects.get().called_at
        before = cell_selectors.latest_call_out(at=called_at + timedelta(minutes=14, seconds=59))
        after = cell_selectors.latest_call_out(at=called_at + timedelta(minutes=15))

        assert "Paul Deputy" not in [line.name for line in before.answers]
        assert "Paul Deputy" in [line.name for line in after.answers if line.to_call]

    def test_calls_the_deputy_of_those_who_are_silent(self, level_three, actor):
        call = CallOut.objects.get()
        mail.outbox.clear()

        called = call_out.call_deputies(call_out_id=call.pk, by=actor, at=NOW + timedelta(minutes=15))
        deliver_waiting()

        assert called == 1
        assert len(mail.outbox) == 1

    def test_does_not_call_the_deputy_of_who_answered(self, level_three, actor):
        call_out.acknowledge_link(token=self.link("Hélène Roux"), at=NOW)

        assert (
            call_out.call_deputies(
                call_out_id=CallOut.objects.get().pk, by=actor, at=NOW + timedelta(minutes=15)
            )
            == 0
        )


class TestHandOver:
    def test_passes_duty_and_tells_the_log(self, members, actor):
        cell.hand_over(member_id=members["Paul Deputy"].pk, note="Rien à signaler", by=actor, at=NOW)
        deliver_waiting()

        assert cell_selectors.on_duty_by_role()["director"].name == "Paul Deputy"
        assert "Rien à signaler" in LogEntry.objects.get().text

    def test_is_taken_by_the_deputy_when_somebody_leaves(self, members, actor):
        cell.end_member(member_id=members["Hélène Roux"].pk, by=actor, at=NOW)

        assert cell_selectors.on_duty_by_role()["director"].name == "Paul Deputy"

    def test_refuses_two_holders_and_people_nobody_can_reach(self, members, actor):
        with pytest.raises(cell.RoleTaken):
            cell.appoint_member(name="X", role="director", by=actor, at=NOW, phone="1")
        with pytest.raises(cell.CannotBeReached):
            cell.appoint_member(name="X", role="finance", by=actor, at=NOW)


class TestTasks:
    def test_wait_for_those_before(self, level_three, actor):
        doors = Task.objects.get(code="close-the-doors")

        with pytest.raises(tasks.WaitsForOthers) as refusal:
            tasks.finish_task(task_id=doors.pk, by=actor, at=NOW)
        assert "Call the cell" in str(refusal.value)
        tasks.finish_task(task_id=Task.objects.get(code="call-the-cell").pk, by=actor, at=NOW)
        assert tasks.finish_task(task_id=doors.pk, by=actor, at=NOW).state == TaskState.DONE

    def test_are_abandoned_with_a_reason_and_ended_once(self, level_three, actor):
        first = Task.objects.get(code="call-the-cell")

        with pytest.raises(tasks.ReasonMissing):
            tasks.abandon_task(task_id=first.pk, reason=" ", by=actor, at=NOW)
        tasks.abandon_task(task_id=first.pk, reason="Déjà réunie", by=actor, at=NOW)
        with pytest.raises(TransitionRefused):
            tasks.finish_task(task_id=first.pk, by=actor, at=NOW)

    def test_are_mine_when_i_sit_for_the_role_or_stand_by(self, level_three):
        def mine(email):
            me = Actor(new_id(), "", email, "alpha", frozenset({"continuity:task:read"}))
            return {line.title for line in task_selectors.task_lines(actor=me, at=NOW, mine=True)}

        assert mine("diallo@alpha.example") == {"Close the doors"}
        assert mine("coord@alpha.example") == {"Close the doors"}
        assert mine("deputy@alpha.example") == {"Call the cell"}

    def test_are_carried_up_to_the_deputy_then_the_coordinator_once(self, level_three, actor):
        late = NOW + timedelta(hours=1, minutes=31)
        mail.outbox.clear()

        first = late_tasks.carry_up_late_tasks(by=actor, at=late)
        again = late_tasks.carry_up_late_tasks(by=actor, at=late)
        deliver_waiting()
        assert (first, again) == (1, 0)
        assert [m.to[0] for m in mail.outbox] == ['"Paul Deputy" <deputy@alpha.example>']

        late_tasks.carry_up_late_tasks(by=actor, at=NOW + timedelta(hours=3, minutes=1))
        assert Task.objects.get(code="call-the-cell").escalation == Escalation.COORDINATOR

    def test_need_the_right(self, level_three):
        stranger = Actor(new_id(), "S", "s@alpha.example", "alpha", frozenset())

        with pytest.raises(NotAllowed):
            tasks.start_task(task_id=Task.objects.get(code="call-the-cell").pk, by=stranger, at=NOW)
        assert not task_selectors.task_lines(actor=stranger, at=NOW)


class TestMeetings:
    def test_keep_a_register_of_decisions(self, members, actor):
        territory = cell.create_territorial_cell(
            code="nord", name="Cellule Nord", by=actor, at=NOW, departments=["31"]
        )
        cell.appoint_member(
            name="M. Préfecture",
            organisation="Préfecture",
            seat="guest",
            cell_id=territory.pk,
            phone="05 36 49 00 01",
            by=actor,
            at=NOW,
        )
        meeting = meetings.plan_meeting(
            cell_id=territory.pk, starts_at=NOW, by=actor, at=NOW, agenda="Point 1"
        )
        decision = meetings.record_decision(
            cell_id=territory.pk,
            text="Ouvrir un local",
            owner_name="A. Morel",
            due_on=(NOW - timedelta(days=1)).date(),
            meeting_id=meeting.pk,
            by=actor,
            at=NOW,
        )
        meetings.hold_meeting(meeting_id=meeting.pk, attendance="Tous", minutes="RAS", by=actor, at=NOW)
        deliver_waiting()

        line = cell_selectors.decisions(actor=actor, at=NOW)[0]
        assert (line.number, line.overdue, line.meeting_number) == (1, True, 1)
        assert LogEntry.objects.filter(category="decision").count() == 1
        assert cell_selectors.cells(actor=actor, at=NOW)[-1].overdue_decisions == 1
        meetings.finish_decision(decision_id=decision.pk, outcome="Ouvert", by=actor, at=NOW)
        assert not cell_selectors.decisions(actor=actor, at=NOW)[0].overdue


class TestNotices:
    @pytest.fixture
    def estate(self, alpha):
        agency = make_agency(name="Agence Nord")
        return [make_residence(agency=agency), make_residence(agency=agency), make_residence()]

    def test_print_one_poster_a_residence_and_one_file_an_agency(self, estate, level_three, actor):
        notice = Notice.objects.get(channel="poster", language="fr")

        run = notices.start_posters(notice_id=notice.pk, by=actor, at=NOW)
        deliver_waiting()

        run = JobRun.objects.get(pk=run.pk)
        assert (run.state, run.done, run.total) == ("done", 3, 3)
        assert Document.objects.filter(key__startswith="poster:").count() == 3
        files = notice_selectors.agency_posters(notice.pk, actor=actor)
        assert next((one.name, one.residences) for one in files) == ("Agence Nord", 2)
        pages = PdfReader(io.BytesIO(checked_content(Document.objects.get(pk=files[0].document_id)))).pages
        assert len(pages) == 2

    def test_say_what_changes_at_the_residence(self, estate, level_three, actor):
        notice = Notice.objects.get(channel="poster", language="fr")

        said = text_of(notices.poster_of(notice_id=notice.pk, residence_id=estate[0].pk, by=actor, at=NOW))

        assert estate[0].name in said

    def test_go_on_after_a_kill_without_doubling(self, estate, level_three, actor, monkeypatch):
        notice = Notice.objects.get(channel="poster", language="fr")
        run = notices.start_posters(notice_id=notice.pk, by=actor, at=NOW)
        monkeypatch.setattr(notices, "_agency_file", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            notices.make_posters(run=run, notice_id=notice.pk, by=actor, at=NOW)
        monkeypatch.undo()

        notices.make_posters(run=run, notice_id=notice.pk, by=actor, at=NOW)

        assert Document.objects.filter(key__startswith="poster:").count() == 3
        assert Document.objects.filter(key__startswith="posters:").count() == 2

    def test_count_the_segments_of_a_text_message(self, level_three, actor):
        line = notice_selectors.notice_of(Notice.objects.get(channel="sms").pk, actor=actor)

        assert line.sms.coding == "gsm7"
        assert line.sms.segments == 1

    def test_have_no_recipient_file_when_they_reach_nobody(self, level_three, actor):
        with pytest.raises(notices.NobodyToTell):
            notices.draw_recipients(notice_id=Notice.objects.get(channel="sms").pk, by=actor, at=NOW)

    def test_draw_a_file_without_those_who_must_not_be_reached(self, level_three, actor, alpha):
        """Golden test 28, at the door of the recipient file."""
        alpha.on_call_number = "0465710015"
        for family_name, changes, unsafe in (
            ("Présente", {}, False),
            ("Décédée", {"deceased_on": NOW.date() - timedelta(days=3)}, False),
            ("Menacée", {}, True),
        ):
            person = a_person(family_name, **changes)
            a_lease(person)
            a_phone(person, f"+3363998{len(family_name):04d}", is_unsafe=unsafe)
        gone = a_person("Partie")
        a_lease(gone, left_on=NOW.date() - timedelta(days=10))
        a_phone(gone, "+33639980999")
        notice = Notice.objects.get(channel="sms")

        document = notices.draw_recipients(notice_id=notice.pk, by=actor, at=NOW)

        lines = checked_content(document).decode("utf-8-sig").splitlines()
        assert [line.split(";")[1] for line in lines[1:]] == ["PRÉSENTE Marie"]
        assert "04 65 71 00 15" in lines[1]
        assert "\u00a0" not in lines[1]
        notice.refresh_from_db()
        assert notice.counts["lines"] == 1

    def test_are_issued_once_and_the_log_says_it(self, level_three, actor):
        notice = Notice.objects.get(channel="sms")
        notices.issue(notice_id=notice.pk, by=actor, at=NOW)
        deliver_waiting()

        assert LogEntry.objects.filter(kind="notice").count() == 1
        with pytest.raises(TransitionRefused):
            notices.issue(notice_id=notice.pk, by=actor, at=NOW)


class TestSituationReport:
    def test_freezes_its_figures_and_prints_the_head_of_the_chain(self, level_three, actor):
        report = reports.begin_report(by=actor, at=NOW)
        reports.write_report(report_id=report.pk, by=actor, at=NOW, highlights="Tout tient.")
        seq, head = log_selectors.head()

        frozen = reports.freeze_report(report_id=report.pk, by=actor, at=NOW)
        log_services.record_entry(text="Après", category="fact", by=actor, at=NOW)

        said = text_of(Document.objects.get(pk=frozen.document_id))
        assert head in said.replace("\n", "")
        assert "Tout tient." in said
        card = report_selectors.report_card(frozen.pk, actor=actor, at=NOW + timedelta(days=1))
        assert card.chain_seq == seq
        assert card.content["task_counts"]["open"] == "2"
        with pytest.raises(reports.ReportFrozen):
            reports.write_report(report_id=report.pk, by=actor, at=NOW, highlights="Autre")

    def test_is_written_one_at_a_time_and_numbered_in_order(self, level_three, actor):
        first = reports.begin_report(by=actor, at=NOW)
        with pytest.raises(reports.ReportBeingWritten):
            reports.begin_report(by=actor, at=NOW)
        reports.freeze_report(report_id=first.pk, by=actor, at=NOW)

        second = reports.begin_report(by=actor, at=NOW + timedelta(hours=1))

        assert (second.number, second.period_from) == (2, NOW)

    def test_is_sent_to_the_cell_with_the_document(self, level_three, actor):
        report = reports.begin_report(by=actor, at=NOW)
        with pytest.raises(reports.NotFrozen):
            reports.send_report(report_id=report.pk, by=actor, at=NOW)
        reports.freeze_report(report_id=report.pk, by=actor, at=NOW)
        mail.outbox.clear()

        sent = reports.send_report(report_id=report.pk, by=actor, at=NOW)
        deliver_waiting()

        assert sent == len(mail.outbox) == 4
        assert mail.outbox[0].attachments[0][2] == "application/pdf"
        assert log_selectors.LogFilter().is_empty


class TestExport:
    def test_carries_range_hash_and_author(self, level_three, actor):
        document = log_export.export_log(asked=log_selectors.LogFilter(), described="", by=actor, at=NOW)

        said = text_of(document)
        assert "Camille Ferrand" in said
        assert "intègre" in said
        assert "Lockdown" in said

    def test_in_csv_is_safe_in_a_spreadsheet(self, alpha, actor):
        log_services.record_entry(text="=HYPERLINK(1)", category="fact", by=actor, at=NOW)

        content = checked_content(
            log_export.export_log(asked=log_selectors.LogFilter(), described="", by=actor, at=NOW, form="csv")
        ).decode("utf-8-sig")

        assert "'=HYPERLINK(1)" in content
        assert "Empreinte" in content


class TestPack:
    PASSWORD = "correct cheval pile agrafe"

    def test_is_encrypted_and_leaves_the_machine(self, level_three, actor, settings):
        pack.choose_settings(addresses=["dg@alpha.example"], password=self.PASSWORD, by=actor, at=NOW)

        made = pack.make_pack(key=pack.nightly_key(NOW), by=actor, at=NOW)
        again = pack.make_pack(key=pack.nightly_key(NOW), by=actor, at=NOW)
        deliver_waiting()

        assert made.pk == again.pk
        pushed = list((settings.PACK_FOLDER / "alpha").iterdir())
        assert len(pushed) == 1
        reader = PdfReader(io.BytesIO(pushed[0].read_bytes()))
        assert reader.is_encrypted
        assert reader.decrypt("wrong") == 0
        assert reader.decrypt(self.PASSWORD)
        said = " ".join(page.extract_text() for page in reader.pages)
        assert "Hélène Roux" in said
        assert "Close the doors" in said
        assert pack_selectors.pack_status(at=datetime.now(UTC)).last_success is not None
        assert not pack_selectors.pack_status(at=datetime.now(UTC)).is_late

    def test_waits_for_a_password(self, alpha, actor):
        with pytest.raises(pack.PasswordMissing):
            pack.make_pack(key="x", by=actor, at=NOW)
        with pytest.raises(pack.PasswordTooShort):
            pack.choose_settings(addresses=[], password="court", by=actor, at=NOW)
        assert pack_selectors.pack_status(at=NOW).is_late

    def test_keeps_its_password_encrypted(self, alpha, actor):
        kept = pack.choose_settings(addresses=[], password=self.PASSWORD, by=actor, at=NOW)

        assert self.PASSWORD.encode() not in bytes(kept.sealed_password)
        assert not Delivery.objects.exists()
