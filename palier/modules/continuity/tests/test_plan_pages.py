"""Pages of plans and levels: rights, what they show, and confirming what was shown."""

import re

import pytest
from django.utils import timezone

from palier.kernel.organisations.current import open_organisation
from palier.modules.continuity.models import Activation, ModeOverride, PlanVersion
from palier.modules.continuity.tests.plans import PLAN, activate, make_plan, override

pytestmark = pytest.mark.django_db
BASE = "/o/alpha/continuity/"


@pytest.fixture
def director(sign_in):
    return sign_in("alpha", "director")


@pytest.fixture
def plan(actor):
    with open_organisation("alpha"):
        return make_plan(by=actor, at=timezone.now())


@pytest.fixture
def active(plan, actor):
    with open_organisation("alpha"):
        return activate(by=actor, at=timezone.now())


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def fingerprint(response):
    return re.search(r'name="fingerprint" value="(\w+)"', response.content.decode())[1]


def confirm(client, shown, **words):
    sent = {
        "plan": "pandemic", "level": "3", "scope": "", "reason": "Lockdown", "name": "Anne Morel", "key": "click",
        "review_on": "2099-01-01", "fingerprint": fingerprint(shown),
    }  # fmt: skip
    return client.post(BASE + "levels/confirm/", sent | words)


class TestPages:
    @pytest.mark.parametrize(
        "address",
        ["plans/", "plans/import/", "levels/", "levels/preview/", "levels/modes/", "levels/overrides/new/"],
    )
    def test_open_without_any_plan(self, director, address):
        assert director.get(BASE + address).status_code == 200

    def test_of_a_version_open(self, director, plan):
        for tail in ("", "levels/3/", "needs/", "compare/"):
            assert director.get(f"{BASE}plans/versions/{plan.pk}/{tail}").status_code == 200

    def test_of_a_level_that_does_not_exist_is_not_found(self, director, plan):
        assert director.get(f"{BASE}plans/versions/{plan.pk}/levels/4/").status_code == 404

    def test_of_an_activation_open(self, director, active):
        for tail in ("", "extend/", "lift/"):
            assert director.get(f"{BASE}levels/{active.pk}/{tail}").status_code == 200

    def test_of_a_plan_go_to_its_version(self, director, plan):
        assert director.get(BASE + "plans/pandemic/").url.endswith(f"/continuity/plans/versions/{plan.pk}/")
        assert director.get(BASE + "plans/flood/").status_code == 404

    @pytest.mark.parametrize("address", ["plans/import/", "levels/overrides/new/"])
    def test_are_refused_without_the_right(self, sign_in, address):
        assert sign_in("alpha", "caretaker").get(BASE + address).status_code == 403

    def test_list_plans_with_few_queries(self, director, plan, django_assert_max_num_queries):
        with django_assert_max_num_queries(25):
            director.get(BASE + "plans/")


class TestImport:
    def test_shows_every_error_with_line_table_and_key(self, director):
        answer = director.post(BASE + "plans/import/", {"text": PLAN.replace("urgent_only", "urgent_onl")})

        assert answer.status_code == 422
        assert "levels.3.services.repairs.accept" in text(answer)
        assert "urgent_only" in text(answer)

    def test_makes_a_draft(self, director):
        answer = director.post(BASE + "plans/import/", {"text": PLAN})

        assert answer.status_code == 302
        with open_organisation("alpha"):
            assert PlanVersion.objects.get().state == "draft"

    def test_asks_for_something(self, director):
        assert director.post(BASE + "plans/import/", {}).status_code == 422

    def test_from_a_template_then_approved(self, director):
        director.post(BASE + "plans/templates/pandemic.fr/")
        with open_organisation("alpha"):
            version = PlanVersion.objects.get()
        director.post(f"{BASE}plans/versions/{version.pk}/submit/")
        day = timezone.localdate()
        director.post(
            f"{BASE}plans/versions/{version.pk}/approve/",
            {
                "body": "board",
                "approved_by_name": "A",
                "approved_on": day,
                "next_review_on": day.replace(year=day.year + 1),
            },
        )

        with open_organisation("alpha"):
            version.refresh_from_db()
            assert version.state == "in_force"

    def test_of_a_template_that_does_not_exist_is_not_found(self, director):
        assert director.post(BASE + "plans/templates/..%2Fx/").status_code == 404

    def test_exports_the_same_text(self, director, plan):
        assert director.get(f"{BASE}plans/versions/{plan.pk}/export/").content.decode() == PLAN


class TestConfirm:
    def test_activates_what_was_shown(self, director, plan):
        shown = director.get(BASE + "levels/preview/?plan=pandemic&level=3")

        answer = confirm(director, shown)

        assert answer.status_code == 302
        with open_organisation("alpha"):
            assert Activation.objects.get().level == "3"

    def test_shows_the_new_numbers_when_they_have_changed(self, director, plan, actor):
        shown = director.get(BASE + "levels/preview/?plan=pandemic&level=3")
        with open_organisation("alpha"):
            override(
                by=actor,
                accept="safety_only",
                at=timezone.now(),
                review_on=timezone.localdate().replace(year=2099),
            )

        answer = confirm(director, shown)

        assert answer.status_code == 409
        with open_organisation("alpha"):
            assert not Activation.objects.exists()
        assert confirm(director, answer).status_code == 302

    def test_twice_does_it_once(self, director, plan):
        shown = director.get(BASE + "levels/preview/?plan=pandemic&level=3")

        confirm(director, shown)
        confirm(director, shown)

        with open_organisation("alpha"):
            assert Activation.objects.count() == 1

    def test_asks_for_a_reason(self, director, plan):
        shown = director.get(BASE + "levels/preview/?plan=pandemic&level=3")

        assert confirm(director, shown, reason="").status_code == 422

    def test_changes_the_level_where_one_is_active(self, director, active):
        shown = director.get(BASE + "levels/preview/?plan=pandemic&level=2")

        confirm(director, shown, level="2")

        with open_organisation("alpha"):
            assert Activation.objects.get().level == "2"

    def test_is_not_offered_to_who_may_only_propose(self, sign_in, plan):
        secretary = sign_in("alpha", "crisis_secretary")

        shown = secretary.get(BASE + "levels/preview/?plan=pandemic&level=3")
        answer = secretary.post(
            BASE + "levels/propose/", {"plan": "pandemic", "level": "3", "reason": "Cases rise"}
        )

        assert "levels/confirm/" not in text(shown)
        assert answer.status_code == 302
        assert secretary.post(BASE + "levels/confirm/", {}).status_code == 403
        with open_organisation("alpha"):
            assert Activation.objects.get().state == "proposed"


class TestEnding:
    def test_lifts_what_was_shown(self, director, active):
        shown = director.get(f"{BASE}levels/{active.pk}/lift/")

        answer = director.post(
            f"{BASE}levels/{active.pk}/lift/",
            {"reason": "Over", "name": "Anne Morel", "fingerprint": fingerprint(shown), "key": "k"},
        )

        assert answer.status_code == 302
        with open_organisation("alpha"):
            active.refresh_from_db()
            assert active.state == "lifted"

    def test_extends(self, director, active):
        words = {"reason": "Still here", "name": "A", "review_on": "2099-01-01", "key": "k"}

        assert director.post(f"{BASE}levels/{active.pk}/extend/", words).status_code == 302
        assert director.post(f"{BASE}levels/{active.pk}/extend/", words | {"key": "other"}).status_code == 422

    def test_of_an_unknown_activation_is_not_found(self, director, plan):
        assert director.get(f"{BASE}levels/{plan.pk}/lift/").status_code == 404


class TestOverride:
    def test_is_shown_then_confirmed_then_ended(self, director, active):
        words = {
            "service": "repairs", "scope": "", "mode-accept": "all", "reason": "Enough staff", "name": "A",
            "review_on": "2099-01-01", "key": "k", "step": "preview",
        }  # fmt: skip
        shown = director.post(BASE + "levels/overrides/new/", words)

        answer = director.post(
            BASE + "levels/overrides/new/", words | {"step": "confirm", "fingerprint": fingerprint(shown)}
        )

        assert (shown.status_code, answer.status_code) == (200, 302)
        with open_organisation("alpha"):
            found = ModeOverride.objects.get()
        assert director.post(f"{BASE}levels/overrides/{found.pk}/end/", {"reason": "Over"}).status_code == 302

    def test_asks_for_a_value(self, director, plan):
        words = {
            "service": "repairs",
            "reason": "R",
            "name": "A",
            "review_on": "2099-01-01",
            "step": "confirm",
        }

        assert director.post(BASE + "levels/overrides/new/", words).status_code == 422


class TestExplain:
    def test_names_the_decision_behind_a_mode(self, director, active):
        assert active.reference in text(director.get(BASE + "levels/modes/"))

    def test_tells_the_past(self, director, active):
        assert active.reference not in text(director.get(BASE + "levels/modes/?at=2020-03-16T08:00"))


class TestPlacePages:
    def test_lead_to_a_preview_there(self, director, plan):
        from palier.modules.estate.tests.factories import make_agency, make_residence

        with open_organisation("alpha"):
            residence, agency = make_residence(code="R 7"), make_agency(code="A7")

        page = text(director.get(f"/o/alpha/estate/residences/{residence.pk}/"))
        assert "levels/preview/?scope=residence%3AR%207" in page
        assert "levels/preview/?scope=agency%3AA7" in text(
            director.get(f"/o/alpha/estate/agencies/{agency.pk}/")
        )

        shown = director.get(BASE + "levels/preview/?plan=pandemic&level=3&scope=residence%3AR%207")
        assert shown.status_code == 200
        assert "fingerprint" in text(shown)
