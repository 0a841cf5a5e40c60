"""A load killed anywhere, then run again, ends as one that was never killed."""

import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date
from os import kill
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections

from palier.config.demo.facts import small, towns
from palier.config.demo.files import write_all
from palier.config.postgres import database_settings
from palier.config.start import acting_as_owner
from palier.kernel.keys import ensure_master_key
from palier.kernel.organisations.current import open_shared

pytestmark = pytest.mark.race

ROOT = Path(__file__).parents[1]
KILLS = 20
SLUG, SCHEMA = "killed", "org_killed"

# What the load leaves, told without ids: two runs never draw the same ones.
END_STATE = """
SELECT 'lot', count(*), md5(string_agg(concat_ws('|', l.code, l.kind, l.typology, l.surface_m2, l.floor, r.code,
        r.name, r.street_name, b.code, e.code, a.code), E'\\n' ORDER BY l.code))
  FROM estate_lot l LEFT JOIN estate_residence r ON r.id = l.residence_id
  LEFT JOIN estate_agency a ON a.id = r.agency_id
  LEFT JOIN estate_building b ON b.id = l.building_id LEFT JOIN estate_entrance e ON e.id = l.entrance_id
UNION ALL SELECT 'residence', count(*), md5(string_agg(code, ',' ORDER BY code)) FROM estate_residence
UNION ALL SELECT 'building', count(*), md5(string_agg(code, ',' ORDER BY code)) FROM estate_building
UNION ALL SELECT 'entrance', count(*), md5(string_agg(code, ',' ORDER BY code)) FROM estate_entrance
UNION ALL SELECT 'new rows logged', count(*), md5(string_agg(table_name, ',' ORDER BY table_name))
  FROM import_change WHERE before IS NULL
UNION ALL SELECT 'batch', count(*),
        string_agg(concat_ws('|', state, lines_read, refused, applied + unchanged, chunks_done), ',')
  FROM import_batch
UNION ALL SELECT 'checking area', count(*), NULL FROM import_stage WHERE verdict = 'good'
UNION ALL SELECT 'news', count(*), NULL FROM outbox_entry WHERE name = 'imports.batch-applied'
ORDER BY 1
"""


def as_owner(statement, *, dbname=None):
    target = database_settings("owner")
    with psycopg.connect(
        host=target["HOST"] or None, port=target["PORT"] or None, user=target["USER"],
        password=target["PASSWORD"] or None, dbname=dbname or connection.settings_dict["NAME"], autocommit=True,
    ) as owner:  # fmt: skip
        owner.execute(f"SET search_path = {SCHEMA}, public")
        cursor = owner.execute(statement)
        return cursor.fetchall() if cursor.description else []


def places():
    from palier.kernel.geography.models import Commune, Department, Region

    with open_shared():
        region = Region.objects.get_or_create(code="76", defaults={"name": "Occitanie"})[0]
        for town in towns().values():
            department = Department.objects.get_or_create(
                code=town.department, defaults={"name": town.department, "region": region}
            )[0]
            Commune.objects.get_or_create(
                code=town.code,
                defaults={"name": town.name, "department": department, "postcodes": [town.postcode]},
            )


@pytest.fixture
def database(django_db_setup, django_db_blocker):
    """No transaction around the test: what it writes is committed, and it cleans up after itself."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def landlord(database, settings, tmp_path):
    """A landlord of its own, committed: the loads run in other processes."""
    from palier.kernel.accounts.testing import make_member
    from palier.kernel.organisations import provision
    from palier.kernel.organisations.models import Organisation

    settings.KEY_FILE, settings.FILES_FOLDER = tmp_path / "keys" / "master.key", tmp_path / "kept"
    ensure_master_key()
    with acting_as_owner():
        for alias in connections:
            connections[alias].settings_dict["NAME"] = connection.settings_dict["NAME"]
        organisation = provision.create_organisation(slug=SLUG, name="Habitat tué", kind="landlord")
    member = make_member(SLUG, "administrator", email="chef@killed.example")
    places()
    list(write_all(replace(small().landlords[0], dwellings=200), 20, date(2026, 11, 20), tmp_path))
    yield tmp_path
    user = member.user
    member.delete()
    user.delete()
    with acting_as_owner():
        provision.drop_organisation(Organisation.objects.get(pk=organisation.pk))
    as_owner(
        """DELETE FROM public.geography_commune; DELETE FROM public.geography_department;
        DELETE FROM public.geography_region"""
    )


class Loader:
    """Starts loads and kills them."""

    def __init__(self, folder):
        arguments = [connection.settings_dict["NAME"], str(folder), SLUG, str(folder / "patrimoine.csv")]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.killed_loader", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        assert self.process.stdout.readline().strip() == "ready"

    def run(self, what="load", *, kill_after=None):
        """Run one load, or go on with an undoing; return its exit status and how long it took."""
        begun = time.monotonic()
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            # A child that has ended already is waited for by its parent: its id is not another process's yet.
            with suppress(ProcessLookupError):
                kill(pid, signal.SIGKILL)
        status = int(self.process.stdout.readline())
        return status, time.monotonic() - begun

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


@pytest.fixture
def loader(landlord):
    loader = Loader(landlord)
    yield loader
    loader.close()


def wait_for_the_dead():
    """Until the server has noticed that the killed client is gone, its transaction is still open."""
    for _try in range(200):
        alive = as_owner(
            """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND (state <> 'idle' OR xact_start IS NOT NULL)"""
        )
        if alive == [(0,)]:
            return
        time.sleep(0.05)


def forget_everything():
    as_owner(
        """TRUNCATE estate_lot, estate_residence, estate_agency, estate_sector, estate_building, estate_entrance,
        import_batch, import_change, import_stage, import_issue, import_correction, import_absent,
        outbox_entry, journal_entry CASCADE"""
    )


class TestALoadKilledAtTwentyPlaces:
    def test_ends_as_if_it_had_not_been(self, loader):
        status, whole = loader.run()
        assert status == 0
        expected = as_owner(END_STATE)
        assert {row[0]: row[1] for row in expected}["lot"] > 180
        draws, killed, resumed = random.Random(20), 0, 0

        for _try in range(3 * KILLS):
            forget_everything()
            status, spent = loader.run(kill_after=draws.uniform(0.02, whole))
            wait_for_the_dead()
            killed += status == -signal.SIGKILL
            resumed += as_owner("SELECT count(*) FROM import_batch WHERE state <> 'applied'") != [(0,)]
            if status == 0:
                # It ended before its draw: the machine was slower when the whole was measured.
                whole = min(whole, spent)
            elif as_owner("SELECT count(*) FROM import_batch WHERE state = 'applied'") == [(0,)]:
                # Killed between its last commit and its exit, it has ended: the same file again is another load.
                assert loader.run()[0] == 0
            assert as_owner(END_STATE) == expected
            if killed == KILLS:
                break

        assert killed == KILLS
        assert resumed >= 3
