"""A worker killed anywhere while it makes a list of five thousand, then run again: everybody once."""

import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from os import kill
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from palier.config.postgres import database_settings
from palier.kernel.jobs.models import JobRun
from palier.kernel.organisations.current import open_organisation
from palier.modules.outreach.models import Call, Campaign, Line, LineMember
from palier.modules.outreach.services import campaigns
from palier.modules.outreach.tests.factories import AT, TODAY, a_residence

pytestmark = pytest.mark.race

ROOT = Path(__file__).parents[4]
PEOPLE, KILLS = 5_000, 8
TABLES = (
    "outreach_visit", "outreach_call", "outreach_line_member", "outreach_line", "outreach_campaign_caller",
    "outreach_campaign_segment", "outreach_campaign", "outreach_segment", "people_contact_point",
    "people_lease_party", "people_lease", "people_person", "people_household", "job_run", "outbox_handler_run",
    "outbox_entry", "journal_entry", "audit_entry", "estate_lot", "estate_residence",
)  # fmt: skip

LOADED = "estate_lot, people_contact_point, people_household, people_lease, people_lease_party, people_person"

# Five thousand seniors living alone, one in ten without a number, one in twenty sharing a neighbour's.
SENIORS = """
WITH n AS (SELECT generate_series(1, %(people)s) AS i),
lots AS (
    INSERT INTO estate_lot (code, residence_id, kind, status)
    SELECT 'K-' || i, %(residence)s, 'dwelling', 'occupied' FROM n RETURNING id, code
),
homes AS (
    INSERT INTO people_household (external_key, declared_size) SELECT 'K-' || i, 1 FROM n RETURNING id, external_key
),
persons AS (
    INSERT INTO people_person (family_name, given_names, birth_on, household_id, external_key)
    SELECT 'Senior' || homes.external_key, 'Ida', '1941-05-04', homes.id, homes.external_key FROM homes
    RETURNING id, household_id, external_key
),
leases AS (
    INSERT INTO people_lease (reference, lot_id, entered_on, household_id)
    SELECT lots.code, lots.id, '2015-01-01', homes.id FROM lots JOIN homes ON homes.external_key = lots.code
    RETURNING id, household_id
),
parties AS (
    INSERT INTO people_lease_party (lease_id, person_id, role)
    SELECT leases.id, persons.id, 'holder' FROM leases JOIN persons USING (household_id)
)
INSERT INTO people_contact_point (person_id, channel, value, line_type)
SELECT persons.id, 'phone', '+336' || (39980000 + CASE WHEN i %% 20 = 1 THEN i - 1 ELSE i END), 'mobile'
FROM persons JOIN n ON persons.external_key = 'K-' || i WHERE i %% 10 <> 5
"""


def as_owner(statement):
    target = database_settings("owner")
    with psycopg.connect(
        host=target["HOST"] or None, port=target["PORT"] or None, user=target["USER"],
        password=target["PASSWORD"] or None, dbname=connection.settings_dict["NAME"], autocommit=True,
    ) as owner:  # fmt: skip
        owner.execute("SET search_path = org_alpha, public")
        owner.execute(statement)


@pytest.fixture
def landlord(django_db_setup, django_db_blocker):
    """Alpha without a transaction around the test: what it writes is committed, and erased after it."""
    with django_db_blocker.unblock(), open_organisation("alpha") as organisation:
        yield organisation
    with django_db_blocker.unblock():
        as_owner(f"TRUNCATE {', '.join(TABLES)} CASCADE")


class Builder:
    """Starts the making of lists in another process and kills it."""

    def __init__(self):
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "palier.modules.outreach.tests.killed_builder",
                connection.settings_dict["NAME"],
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self.process.stdout.readline().strip() == "ready"

    def run(self, run_id, campaign_id, *, kill_after=None):
        begun = time.monotonic()
        self.process.stdin.write(f"{run_id} {campaign_id}\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                kill(pid, signal.SIGKILL)
        return int(self.process.stdout.readline()), time.monotonic() - begun

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


@pytest.fixture
def builder(landlord):
    started = Builder()
    yield started
    started.close()


def opened(actor, name):
    draft = campaigns.Draft(
        name=name, scope=campaigns.target("organisation", ""), segment_codes=("A",), starts_on=TODAY
    )
    made = campaigns.create_campaign(draft=draft, by=actor, at=AT)
    shown = campaigns.preview(campaign=made, at=AT)
    run = campaigns.open_campaign(campaign_id=made.pk, fingerprint=shown.fingerprint, by=actor, at=AT)
    return made, run, shown


def test_a_list_of_five_thousand_is_made_once(builder, actor):
    with connection.cursor() as cursor:
        cursor.execute(SENIORS, {"people": PEOPLE, "residence": a_residence().pk})
    # As a load leaves them; autovacuum may have passed over the tables while they were empty.
    as_owner(f"ANALYZE {LOADED}")
    trial, run, _shown = opened(actor, "Essai")
    _status, whole = builder.run(run.pk, trial.pk)
    campaigns.close(campaign_id=trial.pk, reason="Essai", by=actor, at=AT)
    campaign, run, shown = opened(actor, "Vraie")
    chance = random.Random(31)

    killed = [
        builder.run(run.pk, campaign.pk, kill_after=chance.uniform(0.1, 0.8) * whole)[0] for _ in range(KILLS)
    ]
    status, _took = builder.run(run.pk, campaign.pk)

    assert status == 0
    assert any(one == -signal.SIGKILL for one in killed)
    members = LineMember.objects.filter(campaign=campaign)
    lines = Line.objects.filter(campaign=campaign)
    calls = Call.objects.filter(campaign=campaign, state="waiting")
    assert members.count() == members.values("person").distinct().count() == PEOPLE == shown.summary.people
    assert lines.exclude(phone="").count() == shown.summary.calls == calls.count()
    assert lines.exclude(phone="").values("phone").distinct().count() == shown.summary.calls
    assert not lines.filter(members__isnull=True).exists()
    assert (JobRun.objects.get(pk=run.pk).state, Campaign.objects.get(pk=campaign.pk).state) == (
        "done",
        "open",
    )
