"""The pages of vigilance, exercises and reviews: what each answers, and to whom."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.organisations.current import open_organisation
from palier.modules.continuity.models import (
    Activation,
    AfterActionReview,
    Exercise,
    LogEntry,
    PlanVersion,
    VigilanceBulletin,
    VigilanceRule,
)
from palier.modules.continuity.services import after_action, exercises, vigilance
from palier.modules.continuity.tests import plans
from palier.modules.continuity.tests.vigilance_map import map_of
from palier.modules.estate.tests.factories import make_lot

NOW = datetime.now(UTC)
BASE = "/o/alpha/continuity"
SCRIPT = "T+0 | The boiler house stops | Call the contractor | 15"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    settings.KEY_FILE = settings.PALIER_KEY_FILE = tmp_path / "key" / "master.key"
    from palier.kernel.keys import ensure_master_key

    ensure_master_key()


@pytest.fixture
def director(sign_in):
    return sign_in("alpha", "director")


@pytest.fixture
def observer(sign_in):
    return sign_in("alpha", "observer")


@pytest.fixture
def plan(actor):
    with open_organisation("alpha"):
        return plans.make_plan(by=actor, at=NOW)


@pytest.fixture
def exercise(actor, plan):
    with open_organisation("alpha"):
        return exercises.prepare(
            title="Boiler house",
            plan_code="pandemic",
            level="3",
            scope=plans.organisation_place(),
            script=SCRIPT,
            by=actor,
            at=NOW,
        )


@pytest.fixture
def running(actor, exercise):
    with open_organisation("alpha"):
        exercises.start(exercise_id=exercise.pk, by=actor, at=NOW)
        deliver_waiting()
        exercise.refresh_from_db()
    return exercise


class TestVigilance:
    @pytest.fixture(autouse=True)
    def housed(self, db):
        with open_organisation("alpha"):
            make_lot()

    def upload(self, client, content):
        file = SimpleUploadedFile("map.json", content, content_type="application/json")
        return client.post(f"{BASE}/vigilance/receive/", {"file": file})

    def test_a_map_is_looked_at_before_it_is_in_force(self, director):
        page = director.get(self.upload(director, map_of()).url)

        assert b"map.json" in page.content
        with open_organisation("alpha"):
            bulletin = VigilanceBulletin.objects.get()
            assert bulletin.applied_at is None
        director.post(f"{BASE}/vigilance/maps/{bulletin.pk}/apply/")
        with open_organisation("alpha"):
            assert VigilanceBulletin.objects.get().applied_at is not None

    def test_a_wrong_file_is_refused_with_its_reason(self, director):
        page = self.upload(director, b"{}")

        assert page.status_code == 422
        assert "cdp_carte_externe" in page.content.decode()

    def test_a_rule_is_kept_and_switched_off(self, director, plan):
        given = {"phenomenon": "heat", "colour": "orange", "act": "level", "target": "pandemic:2"}
        assert director.post(f"{BASE}/vigilance/rules/", given).status_code == 302
        with open_organisation("alpha"):
            rule = VigilanceRule.objects.get()

        director.post(f"{BASE}/vigilance/rules/{rule.pk}/", {"active": "no"})

        with open_organisation("alpha"):
            assert not VigilanceRule.objects.get().is_active

    def test_a_rule_without_a_level_is_refused(self, director, plan):
        given = {"phenomenon": "heat", "colour": "orange", "act": "level", "target": ""}

        assert director.post(f"{BASE}/vigilance/rules/", given).status_code == 422

    def test_the_board_shows_the_colour_with_its_word(self, director, actor):
        with open_organisation("alpha"):
            vigilance.load_bulletin(content=_around_now(), by=actor, at=NOW)

        page = director.get(f"{BASE}/").content.decode()

        assert "vigilance-orange" in page
        assert "Orange" in page

    def test_an_observer_reads_and_loads_nothing(self, observer):
        assert observer.get(f"{BASE}/vigilance/").status_code == 200
        assert self.upload(observer, map_of()).status_code == 403


def _around_now():
    from palier.modules.continuity.tests.vigilance_map import domain, lap, period, phenomenon

    begin, end = (NOW - timedelta(hours=1)).isoformat(), (NOW + timedelta(hours=9)).isoformat()
    hot = domain("11", phenomenon("6", lap(3, begin, end)))
    return map_of(period(hot, begin=begin, end=end), issued=begin)


class TestExercises:
    def test_one_is_prepared_from_a_form(self, director, plan):
        form = {
            "target": "pandemic:3",
            "scope": "",
            "title": "Drill",
            "animator_name": "Paule",
            "clock": "hand",
        }

        made = director.post(f"{BASE}/exercises/new/", {**form, "script": SCRIPT})

        assert made.status_code == 302
        assert "Drill" in director.get(made.url).content.decode()

    def test_a_wrong_script_says_its_line(self, director, plan):
        form = {"target": "pandemic:3", "title": "Drill", "animator_name": "Paule", "clock": "hand"}

        page = director.post(f"{BASE}/exercises/new/", {**form, "script": "one\ntwo"})

        assert page.status_code == 422
        with open_organisation("alpha"):
            assert not Exercise.objects.exists()

    def test_a_script_comes_with_the_plan(self, director, plan):
        page = director.get(f"{BASE}/exercises/new/?target=pandemic:3").content.decode()

        assert "T+10 min" in page

    def test_it_starts_on_its_numbers(self, director, exercise):
        page = director.get(f"{BASE}/exercises/{exercise.pk}/start/")
        fingerprint = page.context["shown"].fingerprint

        director.post(f"{BASE}/exercises/{exercise.pk}/start/", {"fingerprint": fingerprint, "key": "k"})

        with open_organisation("alpha"):
            assert Exercise.objects.get().state == "running"

    def test_old_numbers_are_shown_anew(self, director, exercise):
        page = director.post(f"{BASE}/exercises/{exercise.pk}/start/", {"fingerprint": "old", "key": "k"})

        assert page.status_code == 409
        with open_organisation("alpha"):
            assert Exercise.objects.get().state == "prepared"

    @pytest.mark.parametrize("path", ["exercises/{}/", "exercises/{}/start/"])
    def test_every_page_wears_the_dress(self, director, exercise, path):
        assert "exercise-banner" in director.get(f"{BASE}/" + path.format(exercise.pk)).content.decode()

    def test_the_pages_around_it_wear_the_dress_too(self, director, running):
        with open_organisation("alpha"):
            activation = Activation.objects.get()
            task = activation.tasks.first()
            notice = activation.notices.first()
            call = activation.call_outs.first()
            entry = LogEntry.objects.filter(exercise=True).first()
        paths = [
            f"levels/{activation.pk}/",
            f"tasks/{task.pk}/",
            f"notices/{notice.pk}/",
            f"log/{entry.seq}/",
        ]
        paths += [f"cell/call-outs/{call.pk}/"] if call else []

        for path in paths:
            assert "exercise-banner" in director.get(f"{BASE}/{path}").content.decode(), path

    def test_the_real_board_says_that_one_runs(self, director, running):
        page = director.get(f"{BASE}/").content.decode()

        assert "exercise-banner" in page
        assert f"exercises/{running.pk}/" in page

    def test_an_event_is_announced_and_answered(self, director, running):
        with open_organisation("alpha"):
            inject = running.injects.get()
        for action in ("play", "answered"):
            director.post(f"{BASE}/exercises/{running.pk}/events/{inject.pk}/{action}/")

        with open_organisation("alpha"):
            inject.refresh_from_db()
            assert inject.answered_at is not None

    def test_this_is_real_leads_to_the_preview_of_the_level(self, director, running):
        answer = director.post(f"{BASE}/exercises/{running.pk}/this-is-real/")

        assert answer.url == f"{BASE}/levels/preview/?plan=pandemic&level=3"
        with open_organisation("alpha"):
            assert Exercise.objects.get().is_stopped_for_real

    def test_a_level_confirmed_as_an_exercise_gets_a_board(self, director, plan):
        asked = {"plan": "pandemic", "level": "3", "scope": ""}
        words = {"reason": "Drill", "name": "Paule", "exercise": "on", "review_on": "2099-01-01"}

        director.post(f"{BASE}/levels/confirm/", {**asked, **words})

        with open_organisation("alpha"):
            assert Exercise.objects.get().activation.exercise

    def test_an_observer_sees_and_runs_nothing(self, observer, running):
        assert observer.get(f"{BASE}/exercises/{running.pk}/").status_code == 200
        for action in ("end", "cancel"):
            assert observer.post(f"{BASE}/exercises/{running.pk}/{action}/").status_code == 403

    def test_an_unknown_one_is_not_found(self, director, plan):
        unknown = "01900000-0000-7000-8000-000000000000"

        assert director.get(f"{BASE}/exercises/{unknown}/").status_code == 404
        assert director.post(f"{BASE}/exercises/{unknown}/end/").status_code == 404

    def test_its_board_asks_a_bounded_number_of_queries(
        self, director, running, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(60):
            director.get(f"{BASE}/exercises/{running.pk}/")


class TestReviews:
    @pytest.fixture
    def review(self, actor, running):
        with open_organisation("alpha"):
            later = NOW + timedelta(hours=30)
            exercises.end(exercise_id=running.pk, by=actor, at=later)
            return after_action.draft_review(activation_id=running.activation_id, by=actor, at=later)

    def test_what_is_over_is_offered_and_drafted(self, director, actor, running):
        with open_organisation("alpha"):
            exercises.end(exercise_id=running.pk, by=actor, at=NOW + timedelta(hours=2))
        assert "EX-" in director.get(f"{BASE}/reviews/").content.decode()

        answer = director.post(f"{BASE}/reviews/of/{running.activation_id}/")

        assert director.get(answer.url).status_code == 200

    def test_one_goes_from_draft_to_adopted(self, director, review):
        url = f"{BASE}/reviews/{review.pk}"
        director.post(f"{url}/sections/tasks/", {"text": "Cards came late"})
        director.post(f"{url}/conclude/", {"conclusion": "We keep the cards."})
        with open_organisation("alpha"):
            first, *others = list(review.proposals.all())
        director.post(f"{url}/proposals/{first.pk}/accept/")
        for one in others:
            director.post(f"{url}/proposals/{one.pk}/refuse/", {"reason": "Once is enough"})
        director.post(f"{url}/share/")
        director.post(f"{url}/adopt/")

        page = director.get(f"{url}/").content.decode()
        assert "Cards came late" in page
        with open_organisation("alpha"):
            adopted = AfterActionReview.objects.get()
            assert (adopted.state, adopted.document_id is not None) == ("adopted", True)
            draft = PlanVersion.objects.get(state="draft")
        assert f"versions/{draft.pk}/compare/" in page

    def test_a_refusal_without_a_reason_is_asked_again(self, director, review):
        with open_organisation("alpha"):
            one = review.proposals.first()

        page = director.post(
            f"{BASE}/reviews/{review.pk}/proposals/{one.pk}/refuse/", {"reason": ""}, follow=True
        )

        assert page.status_code == 200
        with open_organisation("alpha"):
            one.refresh_from_db()
            assert one.state == "open"

    def test_an_observer_reads_none(self, observer, review):
        assert observer.get(f"{BASE}/reviews/{review.pk}/").status_code == 403

    def test_its_page_asks_a_bounded_number_of_queries(self, director, review, django_assert_max_num_queries):
        with django_assert_max_num_queries(30):
            director.get(f"{BASE}/reviews/{review.pk}/")
