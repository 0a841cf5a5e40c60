"""Two hundred callers at once never take the same household twice; a household comes back from a dead browser."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from palier.config.start import acting_as_owner
from palier.kernel.access import SystemActor
from palier.kernel.errors import DomainError
from palier.kernel.organisations.current import open_organisation
from palier.modules.outreach.models import Attempt, Call, Report
from palier.modules.outreach.services import desk, reporting
from palier.modules.outreach.tests.factories import AT, add_call, add_line, make_campaign

pytestmark = pytest.mark.race

SLUG = "race-of-calls"
CALLERS = 200
AT_ONCE = 40
"""Connections open together: more would only wait for the server's own limit."""


@pytest.fixture(scope="module")
def landlord(django_db_setup, django_db_blocker):
    """A landlord of its own, committed: several connections see it."""
    from palier.kernel.organisations import provision
    from palier.kernel.organisations.models import Organisation

    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        with acting_as_owner():
            for alias in connections:
                connections[alias].settings_dict["NAME"] = name
            organisation = provision.create_organisation(slug=SLUG, name="Course", kind="landlord")
        yield
        with acting_as_owner():
            provision.drop_organisation(Organisation.objects.get(pk=organisation.pk))


@pytest.fixture
def empty(landlord):
    with acting_as_owner(), open_organisation(SLUG), connection.cursor() as cursor:
        cursor.execute("TRUNCATE outreach_campaign, people_person, people_household, estate_lot CASCADE")


def caller(name="Anne Roux"):
    return SystemActor(
        user_id=uuid4(), name=name, email=f"{uuid4()}@alpha.example", organisation=SLUG, via="web"
    )


def at_once(*acts, width=AT_ONCE):
    """Run acts on connections of their own, so many let go together; return what each gave or raised."""
    width = min(width, len(acts))
    gate = Barrier(width)

    def run(rank_and_act):
        rank, act = rank_and_act
        try:
            with open_organisation(SLUG), transaction.atomic():
                connection.ensure_connection()
                if rank < width:
                    gate.wait(timeout=60)
                return act()
        except DomainError as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(width) as threads:
        return list(threads.map(run, enumerate(acts)))


def taking(*, at):
    """One more caller who asks for a household."""
    by = caller()
    return lambda: desk.take_next(by=by, at=at)


def inside(build):
    with open_organisation(SLUG):
        return build()


class TestCallers:
    def test_two_hundred_at_once_never_take_the_same_household_twice(self, empty):
        inside(lambda: make_campaign(lines=CALLERS))

        taken = at_once(*[taking(at=AT) for _one in range(CALLERS)])

        assert len(set(taken)) == CALLERS
        assert None not in taken
        assert inside(lambda: Call.objects.filter(state="in_call").count()) == CALLERS

    def test_more_callers_than_households_leave_some_without_and_none_with_two(self, empty):
        inside(lambda: make_campaign(lines=10))

        taken = at_once(*[taking(at=AT) for _one in range(30)])

        given = [one for one in taken if one]
        assert len(given) == len(set(given)) == 10

    def test_of_two_campaigns_never_ring_one_number_together(self, empty):
        def build():
            first, second = make_campaign(), make_campaign()
            for number in range(10):
                phone = f"+3363998000{number}"
                line = add_line(first, phone=phone)
                add_call(line)
                add_call(add_line(second, line.members.get().person, phone=phone))

        inside(build)

        taken = at_once(*[taking(at=AT) for _one in range(20)])

        phones = inside(lambda: list(Call.objects.filter(state="in_call").values_list("phone", flat=True)))
        assert len(phones) == len(set(phones)) == 10
        assert sum(one is not None for one in taken) == 10

    def test_with_two_tabs_get_the_same_household(self, empty):
        inside(lambda: make_campaign(lines=5))
        me = caller()

        taken = at_once(*[lambda: desk.take_next(by=me, at=AT) for _tab in range(6)])

        assert len(set(taken)) == 1


class TestLease:
    def test_of_a_dead_browser_gives_the_household_to_one_other_caller(self, empty):
        inside(lambda: make_campaign(lines=1))
        first = inside(lambda: desk.take_next(by=caller(), at=AT))
        later = AT + timedelta(minutes=16)

        taken = at_once(*[taking(at=later) for _one in range(10)])

        assert [one for one in taken if one] == [first]


class TestSaving:
    def test_the_same_form_sent_four_times_writes_one_attempt(self, empty):
        inside(lambda: make_campaign(lines=1))
        me, token = caller(), uuid4()
        call = inside(lambda: desk.take_next(by=me, at=AT))
        outcome = reporting.Outcome(token=token, result="answered", wellbeing="well")

        at_once(*[lambda: reporting.save(call_id=call, outcome=outcome, by=me, at=AT) for _click in range(4)])

        assert inside(lambda: (Attempt.objects.count(), Report.objects.count())) == (1, 1)

    def test_of_one_call_by_two_people_keeps_what_both_heard(self, empty):
        inside(lambda: make_campaign(lines=1))
        me, other = caller(), caller("Zoé Petit")
        call = inside(lambda: desk.take_next(by=me, at=AT))

        def heard(by, note):
            said = reporting.Outcome(token=uuid4(), result="answered", note=note)
            return lambda: reporting.save(call_id=call, outcome=said, by=by, at=AT)

        gave = at_once(heard(me, "Va bien"), heard(other, "Demande des nouvelles"))

        assert not any(isinstance(one, DomainError) for one in gave)
        notes = inside(lambda: set(Report.objects.values_list("note", flat=True)))
        assert notes == {"Va bien", "Demande des nouvelles"}
        assert inside(lambda: Call.objects.get(pk=call).state) == "reached"
