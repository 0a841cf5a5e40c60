"""A level of the continuity plan opens, speeds up and pauses its campaign, from the list that was confirmed."""

from datetime import UTC, datetime, timedelta

from palier.kernel.jobs.running import deliver_waiting
from palier.modules.continuity.public import preview_level
from palier.modules.continuity.selectors.plans import level_of, version_in_force
from palier.modules.continuity.tests import plans
from palier.modules.estate.public import organisation_place
from palier.modules.outreach.models import Call, Campaign, Line
from palier.modules.outreach.services.segments import ensure_segments
from palier.modules.outreach.tests.test_campaigns_building import seniors
from palier.modules.people.services.consents import record_consent
from palier.modules.people.services.leaving import record_death

NOW = datetime.now(UTC)
PLAN = plans.PLAN.replace(
    '[levels.2.services.repairs]\nentry_protocol = "on"',
    '[levels.2.services.calls]\ncadence = "daily"\naudience = "seniors"\n'
    '[levels.2.services.repairs]\nentry_protocol = "on"',
).replace(
    '[levels.3.services.repairs]\naccept = "urgent_only"',
    '[levels.3.services.calls]\ncadence = "weekly"\naudience = "seniors"\n'
    '[levels.3.services.repairs]\naccept = "urgent_only"',
)


def activated(actor, **options):
    ensure_segments(by_name="Test", at=NOW)
    plans.make_plan(by=actor, at=NOW, text=PLAN)
    made = plans.activate(by=actor, at=NOW, **options)
    deliver_waiting()
    return made


class TestLevel:
    def test_announces_the_households_that_it_has_called(self, alpha, actor):
        seniors(5)
        ensure_segments(by_name="Test", at=NOW)
        plans.make_plan(by=actor, at=NOW, text=PLAN)
        version = version_in_force(code="pandemic", actor=actor)
        shown = preview_level(
            version=version, level=level_of(version, "3"), scope=organisation_place(), at=NOW
        )

        plans.activate(by=actor, at=NOW)
        deliver_waiting()

        assert shown.as_json()["calls"] == 5
        assert Campaign.objects.get().state == "open"
        assert Line.objects.count() == Call.objects.count() == 5

    def test_opens_nothing_for_an_exercise(self, alpha, actor):
        seniors(2)

        activated(actor, exercise=True)

        assert not Campaign.objects.exists()

    def test_opens_one_campaign_however_often_the_news_comes(self, alpha, actor):
        from palier.modules.outreach.jobs.campaigns import follow_level
        from palier.modules.outreach.models import Campaign as Known

        seniors(2)
        activation = activated(actor)
        step = activation.steps.get()
        event = {
            "activation_id": str(activation.pk),
            "step_id": str(step.pk),
            "level": "3",
            "level_name": "Full",
            "plan_code": "pandemic",
            "plan_name": "Pandemic",
            "scope_kind": "organisation",
            "scope_id": "",
            "scope_label": "Alpha",
            "decided_by": "Camille",
        }

        follow_level(event=event)
        deliver_waiting()

        assert Known.objects.count() == 1
        assert Line.objects.count() == 2

    def test_calls_more_often_when_it_rises(self, alpha, actor):
        seniors(1)
        activation = activated(actor)
        call = Call.objects.get()
        line = Line.objects.get()
        line.last_reached_at = NOW - timedelta(days=1)
        line.save()
        Call.objects.filter(pk=call.pk).update(due_on=call.due_on + timedelta(days=30))

        plans.change(activation, by=actor, level="2", at=NOW)
        deliver_waiting()

        call.refresh_from_db()
        assert call.due_on < NOW.date() + timedelta(days=5)

    def test_pauses_when_lifted_and_says_why(self, alpha, actor):
        seniors(1)
        activation = activated(actor)

        plans.lift(activation, by=actor, at=NOW)
        deliver_waiting()

        campaign = Campaign.objects.get()
        assert campaign.state == "paused"
        assert campaign.reason
        assert Call.objects.get().state == "waiting"


class TestStopping:
    def test_happens_by_itself_after_a_death(self, alpha, actor):
        seniors(1)
        activated(actor)
        person = Line.objects.get().members.get().person

        record_death(person_id=person.pk, deceased_on=NOW.date(), by=actor, at=NOW)
        deliver_waiting()

        assert Call.objects.get().state == "cancelled"
        assert Line.objects.get().ended_because == "deceased"

    def test_happens_by_itself_after_an_objection(self, alpha, actor):
        seniors(1)
        activated(actor)
        person = Line.objects.get().members.get().person

        record_consent(person_id=person.pk, kind="opt_out", topic="courtesy_calls", by=actor, at=NOW)
        deliver_waiting()

        assert Call.objects.get().state == "cancelled"
        assert Line.objects.get().ended_because == "opted_out"


class TestRetention:
    def test_leaves_counts_alone_three_months_after_the_end(self, alpha, actor):
        from palier.kernel.journal.models import JournalEntry
        from palier.kernel.retention.registry import Chunk
        from palier.modules.outreach.retention import EndedCampaigns
        from palier.modules.outreach.services import campaigns

        seniors(12)
        activation = activated(actor)
        campaign = Campaign.objects.get()
        campaigns.close(campaign_id=campaign.pk, reason="Fini", by=actor, at=NOW)
        rows = EndedCampaigns()

        due = rows.due(before=NOW + timedelta(days=1))
        chunk = Chunk(ids=[one.pk for one in due], by=actor, at=NOW)
        rows.apply(chunk)

        assert activation
        assert not Line.objects.exists()
        assert JournalEntry.objects.filter(kind="outreach.campaign.counts").count() == 1
        assert not rows.due(before=NOW + timedelta(days=1)).exists()

    def test_keeps_the_calls_of_somebody_held_until_the_hold_is_lifted(self, alpha, actor):
        from palier.kernel.journal.models import JournalEntry
        from palier.kernel.retention.registry import class_named
        from palier.kernel.retention.selectors.rules import dry_run
        from palier.kernel.retention.services import engine, holds, rules
        from palier.modules.outreach.services import campaigns

        seniors(3)
        activated(actor)
        campaigns.close(campaign_id=Campaign.objects.get().pk, reason="Fini", by=actor, at=NOW)
        line = Line.objects.order_by("pk").first()
        person = line.members.get().person
        hold = holds.place_hold(
            about_table="people_person", about_id=person.pk, nature="litigation", reason="Litige", by=actor,
            at=NOW,
        )  # fmt: skip
        one, later = class_named("outreach.campaign"), NOW + timedelta(days=120)
        rules.switch_on(key=one.key, seen=dry_run(key=one.key, at=later).fingerprint, by=actor, at=later)

        engine.purge(one, by=actor, at=later)

        assert list(Line.objects.all()) == [line]
        seen = dry_run(key=one.key, at=later)
        assert (seen.due, seen.held) == (0, 1)

        holds.lift_hold(hold_id=hold.pk, reason="Jugé", by=actor, at=later)
        engine.purge(one, by=actor, at=later)

        assert not Line.objects.exists()
        assert JournalEntry.objects.filter(kind="outreach.campaign.counts").count() == 1
