"""The pages: rights, forms, refusals beside the form, nothing written on GET."""

from datetime import date

import pytest

from palier.kernel.organisations.current import open_organisation
from palier.kernel.retention.models import (
    AccessPackage,
    Breach,
    DataRequest,
    LegalHold,
    Processor,
    RegisterNote,
    RetentionRule,
)
from palier.modules.people.models import SealedReader
from palier.modules.people.services import sealing
from palier.modules.people.tests import factories as people
from palier.modules.staff.models import Presence
from palier.modules.staff.tests.factories import make_agent

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
BASE = "/o/alpha/personal-data/"
PAGES = ("rules/", "rules/staff.presence/", "proofs/", "holds/", "requests/", "register/", "breaches/")


@pytest.fixture
def officer(sign_in):
    return sign_in("alpha", "data_protection")


def in_alpha(make):
    with open_organisation("alpha"):
        return make()


class TestThePages:
    @pytest.mark.parametrize("page", PAGES)
    def test_open_for_the_officer(self, officer, page):
        assert officer.get(BASE + page).status_code == 200

    @pytest.mark.parametrize("page", PAGES)
    def test_are_closed_to_an_adviser(self, sign_in, page):
        assert sign_in("alpha", "client_adviser").get(BASE + page).status_code == 403

    def test_of_an_unknown_class_do_not_exist(self, officer):
        assert officer.get(BASE + "rules/people.nothing/").status_code == 404

    def test_stand_in_a_federation_too(self, sign_in):
        page = sign_in("union", "data_protection").get("/o/union/personal-data/rules/").content.decode()

        assert "audit.entry" in page
        assert "people.tenant-file" not in page


class TestSwitchingOn:
    def test_confirms_the_dry_run_that_was_seen(self, officer):
        seen = officer.get(BASE + "rules/staff.presence/").context["seen"]

        answer = officer.post(BASE + "rules/staff.presence/on/", {"fingerprint": seen.fingerprint})

        assert answer.status_code == 302
        assert in_alpha(lambda: RetentionRule.objects.get().is_on)

    def test_shows_the_new_numbers_when_they_changed(self, officer):
        seen = officer.get(BASE + "rules/staff.presence/").context["seen"]
        in_alpha(
            lambda: Presence.objects.create(
                agent=make_agent(),
                day=date(2020, 1, 1),
                state="on_site",
                recorded_by="x",
                recorded_at="2020-01-01T08:00Z",
            )
        )

        answer = officer.post(BASE + "rules/staff.presence/on/", {"fingerprint": seen.fingerprint})

        assert answer.status_code == 422
        assert answer.context["seen"].due == 1
        assert not in_alpha(RetentionRule.objects.exists)

    def test_is_not_for_whoever_only_reads(self, sign_in):
        director = sign_in("alpha", "director")

        assert director.get(BASE + "rules/staff.presence/").status_code == 200
        assert director.post(BASE + "rules/staff.presence/on/").status_code == 403

    def test_refuses_a_duration_out_of_bounds_beside_the_form(self, officer):
        sent = {"value": "3", "since": "2026-01-01", "reason": "Moins"}

        answer = officer.post(BASE + "rules/staff.presence/term/", sent)

        assert answer.status_code == 422
        assert answer.context["form"].errors["value"]


class TestARequest:
    def made(self, officer, kind="access"):
        person = in_alpha(people.a_person)
        sent = {
            "kind": kind, "requester": "Marie Durand", "channel": "post", "received_on": "2026-11-16",
            "about": f"people:{person.pk}",
        }  # fmt: skip
        assert officer.post(BASE + "requests/new/", sent).status_code == 302
        return in_alpha(DataRequest.objects.get), person

    def test_is_recorded_about_the_person_chosen(self, officer):
        request, person = self.made(officer)

        assert request.subject_id == person.pk
        assert officer.get(f"{BASE}requests/{request.pk}/").status_code == 200

    def test_goes_from_identity_to_answer(self, officer):
        request, _person = self.made(officer)
        address = f"{BASE}requests/{request.pk}/"
        officer.post(address + "identity/", {"proof": "in_person"})

        officer.post(address + "close/answer/", {"answer": "Voici vos données."})

        assert in_alpha(DataRequest.objects.get).state == "answered"

    def test_says_beside_the_form_what_is_missing(self, officer):
        request, _person = self.made(officer)

        answer = officer.post(f"{BASE}requests/{request.pk}/extend/", {"reason": ""})

        assert answer.status_code == 422
        assert answer.context["extension_form"].errors

    def test_of_the_future_is_refused(self, officer):
        sent = {"kind": "access", "requester": "x", "channel": "post", "received_on": "2099-01-01"}

        answer = officer.post(BASE + "requests/new/", sent)

        assert answer.status_code == 422
        assert not in_alpha(DataRequest.objects.exists)

    def test_hands_out_its_file_by_post_alone(self, officer, actor):
        from django.utils import timezone

        from palier.kernel.retention.services import answers

        request, _person = self.made(officer)
        officer.post(f"{BASE}requests/{request.pk}/identity/", {"proof": "in_person"})
        in_alpha(lambda: answers.make_files(request_id=request.pk, by=actor, at=timezone.now()))
        package = in_alpha(lambda: AccessPackage.objects.get(format="json"))

        assert officer.get(f"{BASE}files/{package.pk}/").status_code == 405
        answer = officer.post(f"{BASE}files/{package.pk}/")
        assert answer.status_code == 200
        assert "DURAND Marie" in answer.content.decode()

    def test_shows_what_an_erasure_would_do(self, officer):
        request, _person = self.made(officer, "erasure")
        officer.post(f"{BASE}requests/{request.pk}/identity/", {"proof": "in_person"})

        page = officer.get(f"{BASE}requests/{request.pk}/erase/")

        assert page.status_code == 200
        assert page.context["shown"].whole

    def test_erases_nothing_on_an_old_page(self, officer):
        request, person = self.made(officer, "erasure")
        officer.post(f"{BASE}requests/{request.pk}/identity/", {"proof": "in_person"})

        assert officer.post(f"{BASE}requests/{request.pk}/erase/", {"fingerprint": "old"}).status_code == 422
        assert in_alpha(lambda: type(person).objects.filter(pk=person.pk).exists())


class TestAHold:
    def test_is_placed_from_the_page_of_a_person(self, officer):
        person = in_alpha(people.a_person)
        about = f"people:{person.pk}"
        assert officer.get(f"{BASE}holds/new/?about={about}").status_code == 200

        sent = {"about": about, "nature": "litigation", "reason": "Assignation du 3 mars"}
        assert officer.post(BASE + "holds/new/", sent).status_code == 302

        hold = in_alpha(LegalHold.objects.get)
        assert (hold.about_id, hold.nature) == (person.pk, "litigation")

    def test_finds_people_by_name(self, officer):
        in_alpha(lambda: people.a_person("Zephirin", "Ana"))

        assert "ZEPHIRIN Ana" in officer.get(BASE + "holds/new/?q=zeph").content.decode()

    def test_placed_twice_is_said_kindly(self, officer):
        person = in_alpha(people.a_person)
        sent = {"about": f"people:{person.pk}", "nature": "litigation", "reason": "x"}
        officer.post(BASE + "holds/new/", sent)

        assert officer.post(BASE + "holds/new/", sent).status_code == 422

    def test_is_lifted_with_a_reason(self, officer):
        person = in_alpha(people.a_person)
        sent = {"about": f"people:{person.pk}", "nature": "litigation", "reason": "x"}
        officer.post(BASE + "holds/new/", sent)
        hold = in_alpha(LegalHold.objects.get)

        assert officer.post(f"{BASE}holds/{hold.pk}/lift/", {"reason": ""}).status_code == 422
        assert officer.post(f"{BASE}holds/{hold.pk}/lift/", {"reason": "Jugé"}).status_code == 302
        assert in_alpha(LegalHold.objects.get).lifted_at is not None

    def test_shows_on_the_page_of_the_person(self, sign_in):
        person = in_alpha(people.a_person)
        administrator = sign_in("alpha", "administrator")
        sent = {"about": f"people:{person.pk}", "nature": "litigation", "reason": "x"}
        administrator.post(BASE + "holds/new/", sent)

        page = administrator.get(f"/o/alpha/people/{person.pk}/").content.decode()

        assert f"holds/new/?about=people:{person.pk}" in page


class TestTheRegister:
    def test_is_written_from_what_modules_declare(self, officer):
        page = officer.get(BASE + "register/").context["page"]

        assert {"people.tenants", "staff.presence", "audit.logging"} <= {one.key for one in page.activities}
        tenants = next(one for one in page.activities if one.key == "people.tenants")
        assert len(tenants.terms) == 3

    def test_is_completed_by_the_organisation(self, officer):
        sent = {"recipients": "Huissier", "assessed_on": "2026-10-01"}

        officer.post(BASE + "register/activities/people.markers/", sent)

        assert in_alpha(RegisterNote.objects.get).recipients == "Huissier"
        page = officer.get(BASE + "register/").context["page"]
        line = next(one for one in page.activities if one.key == "people.markers")
        assert not line.needs_assessment

    def test_is_taken_out_as_a_file(self, officer):
        answer = officer.get(BASE + "register/csv/")

        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200
        assert body.decode("utf-8-sig").count("\n") > 6

    def test_is_printed(self, officer):
        answer = officer.post(BASE + "register/print/")

        assert answer.status_code == 302
        assert officer.get(answer["Location"])["Content-Type"] == "application/pdf"

    def test_lists_a_processor_once(self, officer):
        sent = {"name": "Hébergeur Exemple", "role": "Hébergement"}

        assert officer.post(BASE + "register/processors/", sent).status_code == 302
        assert officer.post(BASE + "register/processors/", sent).status_code == 422
        assert in_alpha(Processor.objects.count) == 1


class TestABreach:
    def sent(self, **more):
        return {
            "found_at": "2026-11-20T10:00",
            "what": "Courriel au mauvais destinataire",
            "is_risk": "on",
            **more,
        }

    def test_says_when_the_authority_must_be_told(self, officer):
        officer.post(BASE + "breaches/new/", self.sent())

        (line,) = officer.get(BASE + "breaches/").context["lines"]
        assert (line.authority_due_at - line.found_at).total_seconds() == 72 * 3600

    def test_told_late_asks_why(self, officer):
        late = self.sent(found_at="2026-01-05T10:00", authority_told_at="2026-01-09T10:00")

        assert officer.post(BASE + "breaches/new/", late).status_code == 422
        assert officer.post(BASE + "breaches/new/", {**late, "late_reason": "Week-end"}).status_code == 302

    def test_of_the_future_is_refused(self, officer):
        assert officer.post(BASE + "breaches/new/", self.sent(found_at="2099-01-01T10:00")).status_code == 422
        assert not in_alpha(Breach.objects.exists)


class TestTheDataOfASealedPerson:
    def test_are_handed_over_by_her_referent_and_by_nobody_else(self, sign_in, actor):
        """Named on the file: the referent who made it. Another one is sent back; the officer has no right."""
        file = in_alpha(
            lambda: sealing.seal(person_id=people.a_person().pk, reason="x", by=actor, at=people.AT)
        )
        address = f"/o/alpha/people/sealed/{file.pk}/access/json/"

        assert sign_in("alpha", "data_protection").post(address).status_code == 403
        referent = sign_in("alpha", "violence_referent")
        assert referent.post(address).status_code == 302
        in_alpha(lambda: name_referent(file))
        answer = referent.post(address)
        assert answer.status_code == 200
        assert "DURAND" in answer.content.decode().upper()
        assert "no-store" in answer["Cache-Control"]


def name_referent(file):
    from palier.kernel.accounts.models import Membership
    from palier.kernel.organisations.current import open_shared

    with open_shared():
        member = Membership.objects.get(organisation__slug="alpha", roles__contains=["violence_referent"])
        user_id, name = member.user_id, member.user.name
    SealedReader.objects.create(file=file, user_id=user_id, name=name, named_by="x", named_at=people.AT)
