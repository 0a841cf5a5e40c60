"""The pages of campaigns, segments and reports, as people open them."""

import pytest
from django.urls import reverse

from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.organisations.current import open_shared
from palier.modules.outreach.models import Call, Campaign, Line, Segment
from palier.modules.outreach.services.segments import ensure_segments
from palier.modules.outreach.tests.factories import AT, add_call, add_line, make_campaign, reached
from palier.modules.outreach.tests.test_campaigns_building import seniors
from palier.modules.staff.tests.factories import make_agent

LANDLORD = "palier.config.urls_landlord"


def address(name, *args):
    return "/o/alpha" + reverse(f"outreach:{name}", urlconf=LANDLORD, args=args)


class Inside:
    """A signed-in client whose requests leave the test where it was: in the organisation's schema."""

    def __init__(self, client):
        self.client = client

    def get(self, *asked, **options):
        with open_shared():
            return self.client.get(*asked, **options)

    def post(self, *asked, **options):
        with open_shared():
            return self.client.post(*asked, **options)


@pytest.fixture
def leader(alpha, sign_in):
    with open_shared():
        return Inside(sign_in("alpha", "team_leader", "administrator"))


@pytest.fixture
def segments(alpha):
    return ensure_segments(by_name="Test", at=AT)


class TestPages:
    @pytest.mark.parametrize("name", ["campaigns", "new-campaign", "segments"])
    def test_open(self, leader, segments, name):
        assert leader.get(address(name)).status_code == 200

    @pytest.mark.parametrize(
        "name",
        ["campaign", "households", "callers", "rebalance", "report", "add-household", "change-campaign"],
    )
    def test_open_for_a_campaign(self, leader, segments, name):
        campaign = make_campaign(lines=3, callers=[make_agent()])

        assert leader.get(address(name, campaign.pk)).status_code == 200

    @pytest.mark.parametrize("state", ["draft", "building", "paused"])
    def test_open_in_each_state(self, leader, segments, state):
        campaign = make_campaign(lines=1, state=state)

        assert leader.get(address("campaign", campaign.pk)).status_code == 200

    @pytest.mark.parametrize("act", ["pause", "resume", "close"])
    def test_say_what_an_act_stops(self, leader, act):
        campaign = make_campaign(lines=2)

        assert leader.get(address("move-campaign", campaign.pk, act)).status_code == 200

    def test_refuse_an_act_that_does_not_exist(self, leader):
        assert leader.get(address("move-campaign", make_campaign().pk, "burn")).status_code == 404

    def test_show_a_household_with_its_reasons(self, leader, segments):
        campaign = make_campaign(lines=1)

        page = leader.get(address("household", Line.objects.get(campaign=campaign).pk))

        assert "Durand1".upper() in page.content.decode()

    def test_tell_which_campaign_keeps_the_number(self, leader):
        slow = add_line(make_campaign(name="Lente"), phone="+33639980101", cadence_days=14)
        add_line(make_campaign(name="Rapide"), slow.members.get().person, phone="+33639980101")

        page = leader.get(address("household", slow.pk)).content.decode()

        assert "Rapide" in page

    def test_use_a_bounded_number_of_queries(self, leader, django_assert_max_num_queries):
        campaign = make_campaign(lines=120, callers=[make_agent() for _ in range(6)])

        with django_assert_max_num_queries(45):
            leader.get(address("campaign", campaign.pk))
        with django_assert_max_num_queries(30):
            leader.get(address("households", campaign.pk))


class TestPreparing:
    def test_goes_from_the_form_to_an_open_campaign(self, leader, segments):
        seniors(3)
        form = {
            "name": "Automne",
            "scope": "organisation:",
            "segments": ["A", "B"],
            "context": "courtesy",
            "starts_on": "2026-11-23",
            "max_attempts": 3,
            "attempt_days": 2,
        }

        leader.post(address("new-campaign"), form)
        campaign = Campaign.objects.get()
        shown = leader.get(address("campaign", campaign.pk)).context["preview"]
        leader.post(address("open-campaign", campaign.pk), {"fingerprint": shown.fingerprint})
        deliver_waiting()

        campaign.refresh_from_db()
        assert campaign.state == "open"
        assert Call.objects.count() == 3

    def test_says_what_is_wrong(self, leader, segments):
        answer = leader.post(address("new-campaign"), {"name": "", "scope": "residence:none"})

        assert answer.status_code == 422
        assert not Campaign.objects.exists()

    def test_shows_the_new_numbers_when_they_have_changed(self, leader, segments):
        seniors(1)
        campaign = make_campaign(state="draft")

        answer = leader.post(address("open-campaign", campaign.pk), {"fingerprint": "old"})

        assert answer.status_code == 409


class TestSegments:
    def test_show_the_effect_before_keeping(self, leader, segments):
        seniors(2)
        segment = Segment.objects.get(code="A")
        form = {
            "name": "Seniors",
            "weight": 90,
            "cadence_days": 7,
            "is_active": "on",
            "groups": 1,
            "version": 1,
            "g0-age_from": 70,
        }

        shown = leader.post(address("change-segment", segment.pk), {**form, "preview": 1})
        fingerprint = shown.context["effect"].fingerprint
        kept = leader.post(
            address("change-segment", segment.pk), {**form, "keep": 1, "fingerprint": fingerprint}
        )

        segment.refresh_from_db()
        assert shown.status_code == 200
        assert (kept.status_code, segment.version, segment.weight) == (302, 2, 90)

    def test_refuse_an_empty_query(self, leader, segments):
        segment = Segment.objects.get(code="A")

        answer = leader.post(
            address("change-segment", segment.pk),
            {"name": "Vide", "weight": 90, "groups": 1, "version": 1, "preview": 1},
        )

        assert answer.status_code == 422

    def test_add_a_group_without_keeping_anything(self, leader, segments):
        segment = Segment.objects.get(code="A")

        answer = leader.post(
            address("change-segment", segment.pk),
            {"name": "A", "weight": 90, "groups": 1, "version": 1, "add": 1},
        )

        assert len(answer.context["groups"]) == 2
        assert Segment.objects.get(code="A").version == 1

    def test_open_one_and_create_another(self, leader, segments):
        assert leader.get(address("segment", segments[0].pk)).status_code == 200
        answer = leader.post(address("create-segment"), {"code": "E", "name": "Étage", "weight": 40})

        assert answer.status_code == 302
        assert not Segment.objects.get(code="E").is_active


class TestHouseholds:
    def test_are_taken_off_with_a_reason(self, leader):
        line = add_line(make_campaign(), phone="+33639980101")

        refused = leader.post(address("remove-household", line.pk), {"reason": ""})
        leader.post(address("remove-household", line.pk), {"reason": "Vu par la gardienne"})

        line.refresh_from_db()
        assert refused.status_code == 422
        assert line.state == "ended"

    def test_are_taken_off_and_added_without_a_medical_word(self, leader):
        line = add_line(make_campaign(), phone="+33639980101")
        person = line.members.get().person
        said = {"person": str(person.pk), "q": person.family_name, "why": "Elle a un cancer"}
        elsewhere = make_campaign()

        off = leader.post(address("remove-household", line.pk), {"reason": "Il a un cancer"})
        on = leader.post(address("add-household", elsewhere.pk), said)
        confirmed = leader.post(
            address("add-household", elsewhere.pk), {**said, "wording_reason": "nom de la rue"}
        )

        line.refresh_from_db()
        assert (off.status_code, line.state) == (422, "active")
        assert on.status_code == 422
        assert "Elle a un cancer" in on.content.decode()
        assert confirmed.status_code == 302
        assert elsewhere.lines.count() == 1

    def test_are_exported_only_with_the_right(self, leader, sign_in, client):
        campaign = make_campaign(lines=2)
        address_of_file = address("households", campaign.pk) + "?export=csv"
        assert leader.get(address_of_file).status_code == 200

        with open_shared():
            sign_in("alpha", "client_adviser")
            assert client.get(address_of_file).status_code == 403


class TestReport:
    def test_masks_small_cells_on_the_page_and_in_files(self, leader):
        campaign = make_campaign()
        reached(add_call(add_line(campaign, phone="+33639980101")))

        page = leader.get(address("report", campaign.pk))
        file = b"".join(leader.get(address("report", campaign.pk) + "?export=csv"))

        table = page.context["report"].tables[0]
        assert all(value is None or value == 0 for _label, cells in table.rows for value in cells)
        assert b"Martin" not in file
        assert b"under 11" in file or b"moins de 11" in file

    def test_is_made_as_a_pdf(self, leader):
        campaign = make_campaign(lines=12)

        answer = leader.post(address("report-pdf", campaign.pk))

        assert answer.status_code == 302


class TestAPlaceThatIsGone:
    def test_is_told_on_the_draft_and_refused_at_opening(self, leader, segments):
        campaign = make_campaign(
            state="draft", scope_kind="residence", scope_id="gone", scope_label="Les Pins"
        )

        page = leader.get(address("campaign", campaign.pk))
        answer = leader.post(address("open-campaign", campaign.pk), {"fingerprint": "any"})

        assert page.status_code == 200
        assert "Les Pins" in page.context["notice"]
        assert answer.status_code == 422
