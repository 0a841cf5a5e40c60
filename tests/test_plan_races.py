"""Two people decide at once: one decides, the other is shown what the first has changed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection, connections, transaction

from palier.config.start import acting_as_owner
from palier.kernel.access import system_actor
from palier.kernel.errors import DomainError
from palier.kernel.organisations.current import open_organisation
from palier.kernel.places import organisation_place
from palier.modules.continuity.models import Activation, ActivationStep, ModeChange, ModeOverride
from palier.modules.continuity.selectors.preview import preview_level
from palier.modules.continuity.tests.plans import activate, lift, make_plan, override

pytestmark = pytest.mark.race

SLUG = "race-of-plans"
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ACTOR = system_actor("Race")


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
        yield name
        with acting_as_owner():
            provision.drop_organisation(Organisation.objects.get(pk=organisation.pk))


@pytest.fixture
def version(landlord):
    """A plan in force and nothing decided: only the owner may empty what is written once."""
    with acting_as_owner(), open_organisation(SLUG), connection.cursor() as cursor:
        cursor.execute("TRUNCATE continuity_plan, journal_entry CASCADE")
        cursor.execute("TRUNCATE continuity_mode_override CASCADE")
    with open_organisation(SLUG):
        return make_plan(by=ACTOR, at=NOW)


def at_once(*decisions):
    """Run each decision on a connection of its own, all let go together; return what each gave or raised."""
    gate = Barrier(len(decisions))

    def run(decide):
        try:
            with open_organisation(SLUG), transaction.atomic():
                connection.ensure_connection()
                gate.wait(timeout=20)
                return decide()
        except DomainError as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(decisions)) as threads:
        return list(threads.map(run, decisions))


def kept(model):
    with open_organisation(SLUG):
        return list(model.objects.all())


class TestTwoPeople:
    def test_activate_the_same_level_and_one_is_told(self, version):
        gave = at_once(*[lambda: activate(by=ACTOR, at=NOW) for _person in range(4)])

        refused = [one for one in gave if isinstance(one, DomainError)]
        assert {one.code for one in refused} == {"continuity.already-active"}
        assert len(refused) == 3
        assert len(kept(Activation)) == 1
        assert len(kept(ModeChange)) == 3

    def test_confirm_the_same_preview_and_one_sees_new_numbers(self, version):
        with open_organisation(SLUG):
            shown = preview_level(
                version=version,
                level=version.document.levels["3"],
                scope=organisation_place("Course"),
                at=NOW,
            ).fingerprint

        gave = at_once(
            lambda: activate(by=ACTOR, at=NOW, fingerprint=shown),
            lambda: override(by=ACTOR, at=NOW, accept="safety_only"),
        )

        outdated = [one for one in gave if isinstance(one, DomainError)]
        first_was_the_level = not outdated
        assert len(kept(ModeOverride)) == 1
        assert len(kept(Activation)) == (1 if first_was_the_level else 0)
        assert {one.code for one in outdated} <= {"continuity.preview-outdated"}

    def test_lift_at_once_and_it_is_lifted_once(self, version):
        with open_organisation(SLUG):
            standing = activate(by=ACTOR, at=NOW)

        gave = at_once(*[lambda: lift(standing, by=ACTOR, at=NOW) for _person in range(2)])

        assert sum(isinstance(one, DomainError) for one in gave) == 1
        assert [one.kind for one in kept(ActivationStep)] == ["activate", "lift"]


class TestOnePerson:
    def test_who_clicks_five_times_decides_once(self, version):
        gave = at_once(*[lambda: activate(by=ACTOR, at=NOW, key="click") for _click in range(5)])

        assert len({one.pk for one in gave}) == 1
        assert len(kept(Activation)) == len(kept(ActivationStep)) == 1

    def test_never_gives_two_changes_the_same_rank(self, version):
        services = {
            "repairs": {"accept": "urgent_only"},
            "cleaning": {"rounds": "paused"},
            "works": {"sites": "stopped"},
            "rent": {"recovery": "paused"},
        }

        at_once(
            *[
                lambda key=key, values=values: override(by=ACTOR, at=NOW, service=key, **values)
                for key, values in services.items()
            ]
        )

        ranks = sorted(one.sequence for one in kept(ModeChange))
        assert ranks == list(range(1, len(services) + 1))
