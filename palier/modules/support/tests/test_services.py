"""An accompaniment from the proposal to its result, who reads it, and what stops it."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from palier.kernel.access import Actor
from palier.kernel.errors import NotAllowed, NotFound, TransitionRefused
from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.journal.models import JournalEntry
from palier.kernel.outbox.models import OutboxEntry
from palier.kernel.wording import UnfitWording
from palier.modules.partners.tests.factories import a_partner
from palier.modules.people.models import Lease
from palier.modules.people.services import sealing
from palier.modules.people.tests.factories import a_phone
from palier.modules.referrals import public as referrals
from palier.modules.referrals.services import handling
from palier.modules.staff.tests.factories import make_team
from palier.modules.support import figures, jobs
from palier.modules.support.enums import Meetings
from palier.modules.support.models import Entry, FileReading, SupportFile
from palier.modules.support.permissions import Permission
from palier.modules.support.selectors import files as selectors
from palier.modules.support.selectors import worklist
from palier.modules.support.selectors.access import NotAReader
from palier.modules.support.services import files, reading, serving, work
from palier.modules.support.tests.factories import AT, TODAY, a_file, a_tenant

pytestmark = pytest.mark.usefixtures("alpha")


def worker(*more: str, name: str = "Nadia Benali", user_id: UUID | None = None) -> Actor:
    """A social worker with the rights of the role."""
    rights = {Permission.CARD_VIEW, Permission.FILE_READ, Permission.FILE_WORK, Permission.LIST_VIEW, *more}
    return Actor(
        user_id=user_id or uuid4(),
        name=name,
        email="",
        organisation="alpha",
        permissions=frozenset(map(str, rights)),
    )


def asked():
    """A social worker who accepts what was handed over."""
    return worker(*(f"referrals:referral:{right}" for right in ("view", "view_all", "handle")), name="N")


def proposed(by, person=None, **given):
    return files.propose(
        person_id=(person or a_tenant()).pk,
        **{
            "origin": "call",
            "situation": "Souhaite étaler sa dette.",
            "worker_id": by.user_id,
            "worker_name": by.name,
            **given,
        },
        by=by,
        at=AT,
    )


def agreed(by, **given):
    file = proposed(by)
    return files.agree(
        file_id=file.pk,
        **{
            "agreed_on": TODAY,
            "agreement_means": "oral",
            "may_share": False,
            "review_on": TODAY + timedelta(days=90),
            **given,
        },
        by=by,
        at=AT,
    )


class TestOpening:
    def test_numbers_files_through_the_year(self):
        by = worker()

        references = [proposed(by).reference for _time in range(3)]

        first = int(references[0][-4:])
        assert references == [f"AS-2026-{first + index:04d}" for index in range(3)]

    def test_refuses_a_second_file_for_the_same_person(self):
        by, person = worker(), a_tenant()
        first = proposed(by, person)

        with pytest.raises(files.AlreadyAccompanied) as refusal:
            proposed(by, person)

        assert refusal.value.fields["reference"] == first.reference

    def test_opens_one_file_however_often_the_same_source_asks(self):
        by, person = worker(), a_tenant()

        first = proposed(by, person, source_kind="rent.step", source_id="1")

        assert proposed(by, person, source_kind="rent.step", source_id="1").pk == first.pk
        assert SupportFile.objects.filter(person=person).count() == 1

    def test_follows_nothing_before_the_person_agrees(self):
        by = worker()
        file = proposed(by)

        with pytest.raises(work.NotFollowed):
            work.set_aim(file_id=file.pk, title="Étaler la dette", due_on=None, by=by, at=AT)

    def test_keeps_how_the_person_agreed(self):
        file = agreed(worker(), agreement_means="signed", may_share=True)

        assert (file.state, file.agreement_means, file.may_share) == ("active", "signed", True)
        assert file.agreement_version

    @pytest.mark.parametrize(
        ("given", "refusal"),
        [
            ({"agreed_on": TODAY + timedelta(days=1)}, files.AgreementInTheFuture),
            ({"review_on": TODAY + timedelta(days=200)}, files.ReviewTooFar),
            ({"review_on": TODAY}, files.ReviewInThePast),
        ],
    )
    def test_refuses_an_impossible_agreement(self, given, refusal):
        with pytest.raises(refusal):
            agreed(worker(), **given)

    def test_the_database_refuses_a_follow_up_without_agreement(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            a_file(agreed_on=None)

    def test_takes_no_word_about_health(self):
        with pytest.raises(UnfitWording):
            proposed(worker(), situation="Sous traitement pour une dépression.")


class TestReaders:
    def test_are_the_social_workers_for_a_file_of_the_team(self):
        file = agreed(worker())

        assert selectors.file_for(file_id=file.pk, actor=worker(name="Louise Petit")).pk == file.pk

    def test_are_only_those_named_once_restricted(self):
        by, other = worker(), worker(name="Louise Petit")
        file = agreed(by)
        files.restrict(file_id=file.pk, access="named", by=by, at=AT)

        with pytest.raises(NotAReader) as refusal:
            selectors.file_for(file_id=file.pk, actor=other)
        assert "Nadia Benali" in str(refusal.value)

        files.name_reader(file_id=file.pk, user_id=other.user_id, name=other.name, by=by, at=AT)
        assert selectors.file_for(file_id=file.pk, actor=other).pk == file.pk

    def test_may_be_named_whatever_their_role(self):
        by = worker()
        adviser = Actor(
            user_id=uuid4(),
            name="A",
            email="",
            organisation="alpha",
            permissions=frozenset({str(Permission.CARD_VIEW)}),
        )
        file = agreed(by)
        with pytest.raises(NotAReader):
            selectors.file_for(file_id=file.pk, actor=adviser)

        files.name_reader(file_id=file.pk, user_id=adviser.user_id, name="A", by=by, at=AT)

        assert selectors.file_for(file_id=file.pk, actor=adviser).pk == file.pk

    def test_naming_twice_keeps_one_name(self):
        by, other = worker(), uuid4()
        file = agreed(by)

        for _time in range(2):
            files.name_reader(file_id=file.pk, user_id=other, name="L", by=by, at=AT)

        assert file.readers.count() == 1

    def test_say_that_they_open_the_file_of_another_and_it_closes_again(self):
        by, other = worker(), worker(name="Louise Petit")
        file = agreed(by)
        assert selectors.has_opened(file, by, at=AT)
        assert not selectors.has_opened(file, other, at=AT)

        reading.open_reading(file_id=file.pk, by=other, at=AT)

        assert JournalEntry.objects.get(kind="support.file.read").actor_name == "Louise Petit"
        assert not selectors.has_opened(file, worker(name="Paul Arnal"), at=AT)
        assert selectors.has_opened(file, other, at=AT + timedelta(minutes=29))
        assert not selectors.has_opened(file, other, at=AT + timedelta(minutes=31))
        assert FileReading.objects.get(file_id=file.pk).by_name == "Louise Petit"

    def test_change_with_who_leads_the_file(self):
        by, other = worker(), worker(name="Louise Petit")
        file = agreed(by)
        files.restrict(file_id=file.pk, access="named", by=by, at=AT)

        files.hand_to(file_id=file.pk, worker_id=other.user_id, worker_name=other.name, by=by, at=AT)

        assert selectors.file_for(file_id=file.pk, actor=other).worker_name == "Louise Petit"
        with pytest.raises(NotAReader):
            selectors.file_for(file_id=file.pk, actor=by)
        assert worklist.work_list(actor=by, at=AT).is_empty

    def test_others_learn_whom_to_ask_and_nothing_else(self):
        by = worker()
        file = agreed(by)
        adviser = Actor(
            user_id=uuid4(),
            name="A",
            email="",
            organisation="alpha",
            permissions=frozenset({str(Permission.CARD_VIEW)}),
        )

        card = selectors.accompanied(file.person_id, actor=adviser)

        assert (card.worker_name, card.file_id, card.reference) == ("Nadia Benali", None, "")

    def test_others_learn_nothing_without_the_right_to_know(self):
        nobody = Actor(user_id=uuid4(), name="G", email="", organisation="alpha")

        assert selectors.accompanied(agreed(worker()).person_id, actor=nobody) is None

    def test_of_another_file_are_not_removed_from_here(self):
        by, other = worker(), worker(name="Louise Petit")
        mine, theirs = agreed(by), agreed(other)
        reader = files.name_reader(file_id=theirs.pk, user_id=uuid4(), name="L", by=other, at=AT)

        with pytest.raises(NotFound):
            files.remove_reader(file_id=mine.pk, reader_id=reader.pk, by=by, at=AT)

        assert theirs.readers.count() == 1

    def test_a_history_of_readings_cannot_be_rewritten(self):
        by = worker()
        reading.open_reading(file_id=agreed(by).pk, by=by, at=AT)

        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            FileReading.objects.update(by_name="personne")


class TestWork:
    def test_hands_a_step_over_once_and_shows_the_answer(self, actor):
        partner = a_partner(needs=["benefits_or_job"])
        file = a_file()
        step = work.set_step(
            file_id=file.pk,
            title="Ouvrir les droits",
            doer="partner",
            partner_id=partner.pk,
            due_on=None,
            by=actor,
            at=AT,
        )
        asked = {
            "file_id": file.pk,
            "step_id": step.pk,
            "kind": "benefits_or_job",
            "urgency": "normal",
            "summary": "Rendez-vous pour ouvrir les droits",
            "consent": "oral",
            "consent_how": "au téléphone",
            "by": actor,
            "at": AT,
        }

        first, second = work.hand_over_step(**asked), work.hand_over_step(**asked)

        assert first == second
        page = selectors.file_page(file=SupportFile.objects.get(pk=file.pk), at=AT)
        assert page.steps[0].referral.kind == "benefits_or_job"

    def test_a_partner_step_needs_its_partner(self, actor):
        with pytest.raises(work.PartnerMissing):
            work.set_step(
                file_id=a_file().pk, title="Ouvrir les droits", doer="partner", due_on=None, by=actor, at=AT
            )

    def test_facts_are_shared_only_with_a_proven_consent(self, actor):
        with pytest.raises(work.SharingNotProven):
            work.add_partner(
                file_id=a_file().pk, partner_id=a_partner().pk, role="", may_share=True, by=actor, at=AT
            )

    def test_a_row_of_another_file_is_unknown(self, actor):
        mine, other = a_file(), a_file()
        aim = work.set_aim(file_id=other.pk, title="Un but", due_on=None, by=actor, at=AT)

        with pytest.raises(NotFound):
            work.move_aim(file_id=mine.pk, aim_id=aim.pk, action="reach", by=actor, at=AT)

    def test_a_step_done_twice_is_refused_the_second_time(self, actor):
        file = a_file()
        step = work.set_step(file_id=file.pk, title="Appeler", doer="worker", due_on=None, by=actor, at=AT)
        work.move_step(file_id=file.pk, step_id=step.pk, action="finish", by=actor, at=AT)

        with pytest.raises(TransitionRefused):
            work.move_step(file_id=file.pk, step_id=step.pk, action="finish", by=actor, at=AT)

    def test_what_was_said_at_an_appointment_joins_the_story(self, actor):
        file = a_file()
        planned = work.plan_appointment(
            file_id=file.pk, starts_at=AT + timedelta(hours=1), minutes=30, place="phone", by=actor, at=AT
        )

        work.end_appointment(
            file_id=file.pk,
            appointment_id=planned.pk,
            action="hold",
            outcome="Enverra le dossier demain.",
            by=actor,
            at=AT + timedelta(hours=2),
        )

        entry = Entry.objects.get(file=file)
        assert (entry.kind, entry.text, entry.at) == ("call", "Enverra le dossier demain.", planned.starts_at)

    def test_an_appointment_to_come_has_not_been_held(self, actor):
        file = a_file()
        planned = work.plan_appointment(
            file_id=file.pk, starts_at=AT + timedelta(hours=1), minutes=30, place="phone", by=actor, at=AT
        )

        with pytest.raises(work.InTheFuture):
            work.end_appointment(file_id=file.pk, appointment_id=planned.pk, action="hold", by=actor, at=AT)

    def test_two_appointments_of_a_worker_do_not_overlap(self, actor):
        worker_id = uuid4()
        first, second = a_file(worker_id=worker_id), a_file(worker_id=worker_id)
        start = AT + timedelta(days=1)
        work.plan_appointment(file_id=first.pk, starts_at=start, minutes=60, place="phone", by=actor, at=AT)

        with pytest.raises(work.AppointmentClash):
            work.plan_appointment(
                file_id=second.pk,
                starts_at=start + timedelta(minutes=59),
                minutes=30,
                place="phone",
                by=actor,
                at=AT,
            )
        work.plan_appointment(
            file_id=second.pk,
            starts_at=start + timedelta(minutes=60),
            minutes=30,
            place="phone",
            by=actor,
            at=AT,
        )


class TestTheModeInForce:
    @pytest.fixture
    def by_phone(self, monkeypatch):
        """The continuity plan says: by telephone only, except danger."""

        def answer(*, person_ids, at):
            return dict.fromkeys(person_ids, Meetings.BY_PHONE)

        monkeypatch.setattr(work, "meetings_mode", answer)
        monkeypatch.setattr(selectors, "meetings_mode", answer)
        monkeypatch.setattr(worklist, "meetings_mode", answer)

    def test_stops_a_visit_unless_there_is_danger(self, actor, by_phone):
        file = a_file()
        visit = {"file_id": file.pk, "minutes": 45, "place": "home", "by": actor, "at": AT}

        with pytest.raises(work.MeetingNotAllowed):
            work.plan_appointment(starts_at=AT + timedelta(days=1), **visit)

        work.plan_appointment(starts_at=AT + timedelta(days=1), is_danger=True, **visit)

    def test_shows_what_was_planned_before_it_and_turns_it_into_a_call(self, by_phone):
        by = worker()
        file = agreed(by)
        planned = file.appointments.create(starts_at=AT + timedelta(days=1), place="home", where="Escalier B")

        assert [one.id for one in worklist.work_list(actor=by, at=AT).to_turn] == [planned.pk]
        work.turn_into_call(file_id=file.pk, appointment_id=planned.pk, by=by, at=AT)

        planned.refresh_from_db()
        assert (planned.place, planned.where, planned.sequence) == ("phone", "", 1)
        assert worklist.work_list(actor=by, at=AT).to_turn == ()


class TestClosing:
    def close(self, file, by, **given):
        return files.close(
            file_id=file.pk, result="reached", closing_note="Dette étalée.", by=by, at=AT, **given
        )

    def test_says_what_is_left_before_giving_it_up(self, actor):
        file = a_file()
        work.set_step(file_id=file.pk, title="Appeler", doer="worker", due_on=None, by=actor, at=AT)

        with pytest.raises(files.StillToSettle):
            self.close(file, actor)
        assert SupportFile.objects.get(pk=file.pk).state == "active"

        self.close(file, actor, gives_up_the_rest=True)
        assert [one.state for one in file.steps.all()] == ["dropped"]

    def test_needs_a_result_and_a_summary(self, actor):
        with pytest.raises(files.ReasonMissing):
            files.close(file_id=a_file().pk, result="reached", closing_note=" ", by=actor, at=AT)

    def test_a_closed_file_is_reopened_unless_another_was_opened(self, actor):
        file = a_file()
        self.close(file, actor)
        a_file(SupportFile.objects.get(pk=file.pk).person)

        with pytest.raises(files.AlreadyAccompanied):
            files.reopen(file_id=file.pk, review_on=TODAY + timedelta(days=30), by=actor, at=AT)

    def test_a_death_closes_the_file_and_its_appointments(self, actor):
        file = a_file()
        planned = file.appointments.create(starts_at=AT + timedelta(days=1), place="phone")

        closed = files.stop_for_persons(person_ids=[file.person_id], why="deceased", by=actor, at=AT)

        file.refresh_from_db()
        planned.refresh_from_db()
        assert (closed, file.state, file.result, planned.state) == (1, "closed", "deceased", "cancelled")

    def test_a_notice_of_departure_closes_nothing_before_the_day_of_exit(self):
        file, today = a_file(), timezone.localdate()
        exits_on = today + timedelta(days=60)

        jobs.close_files(
            event={
                "person_ids": [str(file.person_id)], "from_on": exits_on.isoformat(), "why": "gone",
                "at": AT.isoformat(),
            }
        )  # fmt: skip

        assert SupportFile.objects.get(pk=file.pk).state == "active"
        planned = OutboxEntry.objects.get(name="support.close-files-of-gone")
        assert timezone.localdate(planned.not_before) == exits_on

    def test_the_day_of_exit_closes_the_file_of_who_left_and_spares_who_stayed(self):
        gone, staying = a_file(), a_file()
        Lease.objects.filter(parties__person=gone.person_id).update(left_on=timezone.localdate())

        jobs.close_files_of_gone(person_ids=[str(gone.person_id), str(staying.person_id)])

        assert SupportFile.objects.get(pk=gone.pk).result == "moved"
        assert SupportFile.objects.get(pk=staying.pk).state == "active"

    def accepted(self, by, person, source, actor):
        referral_id = referrals.open_referral(
            kind="social_support",
            urgency="normal",
            summary="Demande un accompagnement",
            person_id=person.pk,
            consent="oral",
            source_kind="outreach.report",
            source_id=source,
            by=actor,
            at=AT,
        )
        return handling.accept_by_server(referral_id=referral_id, by=by, at=AT).served_id

    def test_a_referral_sent_elsewhere_since_is_not_settled_from_here(self, actor):
        by, source = asked(), uuid4()
        file_id = self.accepted(by, a_tenant(), source, actor)
        referral_id = SupportFile.objects.get(pk=file_id).referral_id
        handling.assign(referral_id=referral_id, team_id=make_team().pk, by=actor, at=AT)

        files.decline(file_id=file_id, reason="", by=by, at=AT)
        deliver_waiting()

        assert not referrals.lines_of_source("outreach.report", [source])[source][0].is_closed

    def test_a_referral_purged_since_stops_nothing(self, actor):
        file = a_file(state="closed", result="reached", closed_on=TODAY, referral_id=uuid4())

        serving.settle_referral_of(file_id=file.pk, by=actor, at=AT)

    def test_the_one_who_asked_for_it_learns_that_the_person_declined(self, actor):
        by, source = asked(), uuid4()
        file_id = self.accepted(by, a_tenant(), source, actor)

        files.decline(file_id=file_id, reason="Ne le souhaite pas", by=by, at=AT)
        deliver_waiting()

        line = referrals.lines_of_source("outreach.report", [source])[source][0]
        assert (line.is_closed, line.outcome) == (True, "declined")

    def test_the_one_who_asked_for_it_learns_of_a_death_before_the_agreement(self, actor):
        person, source = a_tenant(), uuid4()
        self.accepted(asked(), person, source, actor)

        files.stop_for_persons(person_ids=[person.pk], why="deceased", by=actor, at=AT)
        deliver_waiting()

        line = referrals.lines_of_source("outreach.report", [source])[source][0]
        assert (line.is_closed, line.outcome) == (True, "no_solution")

    def test_the_one_who_asked_for_it_learns_the_result(self, actor):
        by, person, source = asked(), a_tenant(), uuid4()
        file_id = self.accepted(by, person, source, actor)
        assert SupportFile.objects.get(pk=file_id).origin == "call"
        files.agree(
            file_id=file_id, agreed_on=TODAY, agreement_means="oral", may_share=False,
            review_on=TODAY + timedelta(days=30), by=by, at=AT,
        )  # fmt: skip

        self.close(SupportFile.objects.get(pk=file_id), by)
        deliver_waiting()

        line = referrals.lines_of_source("outreach.report", [source])[source][0]
        assert (line.is_closed, line.outcome) == (True, "provided")


@pytest.mark.django_db(databases=["default", "journal"])
class TestASealedPerson:
    def test_leaves_nothing_in_clear_in_her_file_nor_in_others(self, actor):
        person = a_tenant("Canarivska", "Olena")
        a_phone(person)
        file = a_file(person)
        work.tell(file_id=file.pk, kind="note", text="Olena Canarivska a rappelé", by=actor, at=AT)
        other = a_file()
        work.tell(file_id=other.pk, kind="note", text="Voisine de Mme Canarivska", by=actor, at=AT)

        sealing.seal(person_id=person.pk, reason="Danger", by=actor, at=AT)

        withdrawn = SupportFile.objects.get(pk=file.pk)
        assert withdrawn.withdrawn_at == AT
        assert bytes(withdrawn.sealed_content)
        assert not SupportFile.objects.in_clear().filter(pk=file.pk).exists()
        assert figures.accompanied(at=AT) == 1
        assert [(one.worker_name, one.followed) for one in worklist.loads(at=AT)] == [("Nadia Benali", 1)]
        with connection.cursor() as cursor:
            for table in ("support_file", "support_entry", "audit_entry", "journal_entry"):
                cursor.execute(f"SELECT count(*) FROM {table} one WHERE one::text ILIKE '%%canarivska%%'")
                assert (table, cursor.fetchone()[0]) == (table, 0)


class TestAMonth:
    def test_of_an_accompaniment_leaves_its_whole_story(self, actor):
        """Opened by a call on 2 November, reviewed on the 16th, closed on 1 December with its result."""
        paris = ZoneInfo("Europe/Paris")
        by = worker()
        opened = datetime(2026, 11, 2, 9, 0, tzinfo=paris)
        file = files.propose(
            person_id=a_tenant().pk, origin="call", situation="Deux loyers en retard.", worker_id=by.user_id,
            worker_name=by.name, by=by, at=opened,
        )  # fmt: skip
        files.agree(
            file_id=file.pk, agreed_on=date(2026, 11, 3), agreement_means="signed", may_share=True,
            review_on=date(2026, 11, 16), by=by, at=opened + timedelta(days=1),
        )  # fmt: skip
        aim = work.set_aim(file_id=file.pk, title="Solder la dette", due_on=None, by=by, at=opened)
        step = work.set_step(
            file_id=file.pk, title="Demander l’aide du FSL", doer="person", due_on=date(2026, 11, 10),
            aim_id=aim.pk, by=by, at=opened,
        )  # fmt: skip
        late = worklist.work_list(actor=by, at=opened + timedelta(days=10))
        assert [(one.title, one.is_late) for one in late.steps] == [("Demander l’aide du FSL", True)]
        work.move_step(
            file_id=file.pk, step_id=step.pk, action="finish", outcome="Dossier déposé", by=by,
            at=opened + timedelta(days=11),
        )  # fmt: skip
        work.hold_review(
            file_id=file.pk, text="Aide accordée, reste 40 €.", review_on=date(2026, 12, 15), by=by,
            at=opened + timedelta(days=14),
        )  # fmt: skip
        work.move_aim(file_id=file.pk, aim_id=aim.pk, action="reach", by=by, at=opened + timedelta(days=28))
        files.close(
            file_id=file.pk,
            result="reached",
            closing_note="Dette soldée.",
            by=by,
            at=opened + timedelta(days=29),
        )

        page = selectors.file_page(file=SupportFile.objects.get(pk=file.pk), at=opened + timedelta(days=30))
        assert [one.state for one in page.aims] == ["reached"]
        assert page.steps[0].outcome == "Dossier déposé"
        assert [one.kind for one in page.story] == ["review"]
        assert (page.file.result, page.file.closed_on) == ("reached", date(2026, 12, 1))
        with pytest.raises(work.NotFollowed):
            work.tell(file_id=file.pk, kind="note", text="Trop tard", by=by, at=opened + timedelta(days=31))


def test_nobody_opens_a_file_without_the_right():
    visitor = Actor(user_id=uuid4(), name="V", email="", organisation="alpha")

    with pytest.raises(NotAllowed):
        proposed(visitor)
