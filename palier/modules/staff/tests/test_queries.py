"""Pages cost a bounded number of queries, whatever the number of agents."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from palier.modules.estate.tests.factories import make_agency, make_residence
from palier.modules.staff.rules import Minimum
from palier.modules.staff.selectors import coverage, presence, strength
from palier.modules.staff.tests.factories import (
    make_agent,
    make_coverage,
    make_presence,
    make_team,
    make_week,
)
from palier.modules.staff.tests.test_services import NOW, TODAY

pytestmark = pytest.mark.usefixtures("alpha")


def people(team, count):
    """Agents of a team with a week, a residence and a presence; every third one is absent."""
    agency = make_agency()
    for number in range(count):
        agent = make_agent(team=team, agency=agency)
        make_week(agent)
        make_coverage(agent, make_residence(agency=agency))
        make_presence(agent, TODAY, "absent" if number % 3 == 0 else "field")


def queries(read):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        read()
    return len(captured)


READS = {
    "sheet": lambda team, actor: presence.presence_sheet(
        team_id=team.pk, day=TODAY, source="planning", actor=actor
    ),
    "board": lambda team, actor: presence.presence_board(at=NOW, day=TODAY, actor=actor),
    "numbers": lambda team, actor: strength.presence_numbers(
        at=NOW, minimums=[Minimum("cleaning", 3, "sst")]
    ),
    "gaps": lambda team, actor: coverage.gaps(on=TODAY, actor=actor),
    "lines": lambda team, actor: presence.presence_lines(on=TODAY),
}
MOST = {"sheet": 7, "board": 8, "numbers": 3, "gaps": 10, "lines": 2}


@pytest.mark.parametrize("name", READS)
def test_twelve_agents_cost_what_three_do(name, actor):
    team = make_team()
    people(team, 3)
    few = queries(lambda: READS[name](team, actor))

    people(team, 9)

    assert queries(lambda: READS[name](team, actor)) <= few <= MOST[name]


def test_the_day_is_tuesday():
    """The ordinary weeks of these tests are read on a working day."""
    assert date(2020, 3, 17) == TODAY
    assert TODAY.weekday() == 1
