"""A plan changed field by field: in its draft, checked as a file is, never in the version in force."""

from datetime import UTC, datetime

import pytest

from palier.kernel.access import Actor
from palier.kernel.errors import NotAllowed
from palier.kernel.organisations.current import open_organisation
from palier.modules.continuity.models import PlanVersion
from palier.modules.continuity.services import plan_editing
from palier.modules.continuity.services import plans as plan_services
from palier.modules.continuity.tests import plans

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
BASE = "/o/alpha/continuity/plans/versions"
CARD = {
    "title": "Ring",
    "role": "social",
    "deputy": "",
    "delay": "T+2 h",
    "after": [],
    "services": [],
    "steps": ["Ring"],
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(actor):
    with open_organisation("alpha"):
        return plans.make_plan(by=actor, at=NOW)


def edit(version, actor, **change):
    return plan_editing.edit(version_id=version.pk, change={"level": "3", **change}, by=actor, at=NOW)


@pytest.mark.usefixtures("alpha")
class TestEdit:
    def test_begins_a_draft_from_the_version_in_force(self, version, actor):
        draft = edit(version, actor, what="put_card", code="", card=CARD)

        version.refresh_from_db()
        assert (draft.state, draft.number, version.state) == ("draft", 2, "in_force")
        assert [one.code for one in draft.document.levels["3"].tasks] == [
            "call-the-cell",
            "close-the-doors",
            "ring",
        ]
        assert len(version.document.levels["3"].tasks) == 2

    def test_goes_on_in_the_draft(self, version, actor):
        draft = edit(version, actor, what="put_card", code="", card=CARD)

        again = edit(draft, actor, what="drop_card", code="call-the-cell")

        assert again.pk == draft.pk
        cards = {one.code: one for one in again.document.levels["3"].tasks}
        assert set(cards) == {"close-the-doors", "ring"}
        assert cards["close-the-doors"].after == ()

    def test_gives_a_mode_and_takes_it_back(self, version, actor):
        draft = edit(version, actor, what="mode", service="cleaning", values={"rounds": "paused"})
        assert draft.document.levels["3"].services["cleaning"] == {"rounds": "paused"}

        again = edit(draft, actor, what="mode", service="cleaning", values={})

        assert "cleaning" not in again.document.levels["3"].services

    def test_changes_the_words_of_a_level(self, version, actor):
        draft = edit(version, actor, what="level", name="Whole", summary="All", posture="Home", days=5)

        level = draft.document.levels["3"]
        assert (level.name, level.summary, level.posture, level.review_days) == ("Whole", "All", "Home", 5)

    @pytest.mark.parametrize(
        "wrong", [{"delay": "soon"}, {"deputy": "social"}, {"after": ["nowhere"]}, {"services": ["nothing"]}]
    )
    def test_refuses_what_an_import_would_refuse(self, version, actor, wrong):
        with pytest.raises(plan_editing.EditRefused):
            edit(version, actor, what="put_card", code="", card={**CARD, **wrong})

        assert PlanVersion.objects.count() == 1

    def test_never_writes_over_somebody_elses_draft(self, version, actor):
        edit(version, actor, what="put_card", code="", card=CARD)

        with pytest.raises(plan_editing.NotTheNewest):
            edit(version, actor, what="drop_card", code="call-the-cell")

    def test_waits_while_a_version_is_in_review(self, version, actor):
        draft = edit(version, actor, what="put_card", code="", card=CARD)
        plan_services.submit(version_id=draft.pk, by=actor, at=NOW)

        with pytest.raises(plan_editing.NotEditable):
            edit(draft, actor, what="drop_card", code="ring")

    def test_says_what_somebody_has_just_removed(self, version, actor):
        with pytest.raises(plan_editing.GoneFromPlan):
            edit(version, actor, what="drop_card", code="gone")

    def test_asks_for_the_right(self, version):
        nobody = Actor(user_id=None, name="Somebody", email="", organisation="alpha")

        with pytest.raises(NotAllowed):
            edit(version, nobody, what="drop_card", code="call-the-cell")


class TestPages:
    def test_a_card_is_changed_from_its_form(self, sign_in, version):
        client = sign_in("alpha", "director")
        url = f"{BASE}/{version.pk}/levels/3/cards/close-the-doors/"
        assert "T+4 h" in client.get(url).content.decode()

        form = {
            "title": "Close",
            "role": "lettings",
            "delay": "T+6 h",
            "steps": "Lock\nTape",
            "after": "call-the-cell",
        }
        answer = client.post(url, form)

        assert answer.status_code == 302
        with open_organisation("alpha"):
            draft = PlanVersion.objects.get(state="draft").document
        card = next(one for one in draft.levels["3"].tasks if one.code == "close-the-doors")
        assert (card.delay, card.steps, card.after) == ("T+6 h", ("Lock", "Tape"), ("call-the-cell",))

    def test_a_wrong_delay_is_said_on_the_form(self, sign_in, version):
        client = sign_in("alpha", "director")
        form = {"title": "Close", "role": "lettings", "delay": "soon", "steps": "Lock"}

        page = client.post(f"{BASE}/{version.pk}/levels/3/cards/", form)

        assert page.status_code == 422
        assert "soon" in page.content.decode()

    @pytest.mark.parametrize("path", ["words/", "cards/", "modes/reception/"])
    def test_each_form_opens(self, sign_in, version, path):
        assert sign_in("alpha", "director").get(f"{BASE}/{version.pk}/levels/3/{path}").status_code == 200

    @pytest.mark.parametrize("path", ["9/words/", "3/cards/nothing/", "3/modes/nothing/"])
    def test_what_does_not_exist_is_not_found(self, sign_in, version, path):
        assert sign_in("alpha", "director").get(f"{BASE}/{version.pk}/levels/{path}").status_code == 404

    def test_the_page_of_a_level_offers_changes_to_those_who_write(self, sign_in, version):
        url = f"{BASE}/{version.pk}/levels/3/"

        assert "cards/close-the-doors/" in sign_in("alpha", "director").get(url).content.decode()
        assert "cards/close-the-doors/" not in sign_in("alpha", "caretaker").get(url).content.decode()
