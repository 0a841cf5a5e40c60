"""Making a list where the planner knows nothing of the tables: a first list, made before anything analysed them."""

from contextlib import suppress

import pytest
from django.db import connection, transaction

from palier.kernel.jobs.running import deliver_waiting
from palier.modules.outreach.models import Call, Line
from palier.modules.outreach.services import campaigns
from palier.modules.outreach.tests.factories import AT, TODAY, make_campaign
from palier.modules.staff.tests.factories import make_agent

HOUSEHOLDS = 8_000
LOADED = (
    "estate_lot", "estate_residence", "people_contact_point", "people_household", "people_lease", "people_lease_party",
    "people_person",
)  # fmt: skip


class GivenUp(Exception):
    """What was written goes; the pages that it filled stay."""


def households(count, **given):
    """Households of a campaign, written as a load would: without the audit, their tables analysed."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL palier.bulk_load = 'on'")
        made = make_campaign(lines=count, **given)
        cursor.execute("SET LOCAL palier.bulk_load = 'off'")
        for table in LOADED:
            cursor.execute("SELECT analyse_loaded(%s)", [table])
    return made


@pytest.fixture
def believed_empty(alpha, vacuum_while_empty):
    """What autovacuum leaves when it passes before a first list: tables of some pages that hold nothing."""
    with suppress(GivenUp), transaction.atomic():
        households(100)
        raise GivenUp
    vacuum_while_empty("outreach_line", "outreach_line_member", "outreach_call")


class TestAFirstList:
    def test_does_not_crawl_over_tables_that_the_planner_believes_empty(self, alpha, actor, believed_empty):
        households(HOUSEHOLDS, with_calls=False)
        callers = [{"agent_id": make_agent().pk, "daily_calls": 200} for _each in range(2)]
        draft = campaigns.Draft(
            name="Hiver",
            scope=campaigns.target("organisation", ""),
            segment_codes=("A",),
            starts_on=TODAY,
        )
        campaign = campaigns.create_campaign(draft=draft, by=actor, at=AT)
        campaigns.set_callers(campaign_id=campaign.pk, callers=callers, by=actor, at=AT)
        shown = campaigns.preview(campaign=campaign, at=AT)
        campaigns.open_campaign(campaign_id=campaign.pk, fingerprint=shown.fingerprint, by=actor, at=AT)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '20s'")

        deliver_waiting()

        made = Line.objects.filter(campaign=campaign)
        assert made.count() == HOUSEHOLDS
        assert set(made.values_list("caller_id", flat=True)) == {one["agent_id"] for one in callers}
        # The former campaign knows the same numbers, at a lower score: this one calls them all.
        assert Call.objects.filter(campaign=campaign, state="waiting").count() == HOUSEHOLDS
