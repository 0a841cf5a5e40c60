"""The demonstration's own rent roll, spoiled by `scripts/spoil_locatif.py`: its 25 errors, no more and no less."""

import csv
import importlib.util
import io
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction

from palier.config.demo.facts import small, towns
from palier.config.demo.files import write_all
from palier.kernel.access import system_actor
from palier.kernel.geography.models import Commune, Department, Region
from palier.kernel.imports import exports, selectors, services
from palier.kernel.imports.testing import NOON, load
from palier.kernel.keys import ensure_master_key
from palier.kernel.organisations.current import open_organisation, open_shared

SCRIPT = Path(__file__).parents[1] / "scripts" / "spoil_locatif.py"
BY = system_actor("test")
DAY = date(2026, 11, 20)


def script():
    spec = importlib.util.spec_from_file_location("spoil_locatif", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up by name.
    __import__("sys").modules["spoil_locatif"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path):
    """The files of a landlord of the demonstration, made small."""
    spec = replace(small().landlords[0], dwellings=160)
    list(write_all(spec, 20, DAY, tmp_path))
    return tmp_path


@pytest.fixture
def landlord(db, settings, tmp_path):
    """Alpha, with the communes of the demonstration, a key and a folder of the test's own."""
    settings.KEY_FILE, settings.FILES_FOLDER = tmp_path / "keys" / "master.key", tmp_path / "kept"
    ensure_master_key()
    with open_shared():
        region = Region.objects.get_or_create(code="76", defaults={"name": "Occitanie"})[0]
        for town in [
            *towns().values(),
            replace(next(iter(towns().values())), code="11206", name="Limoux", postcode="11300"),
        ]:
            department = Department.objects.get_or_create(
                code=town.department, defaults={"name": town.department, "region": region}
            )[0]
            Commune.objects.get_or_create(
                code=town.code,
                defaults={"name": town.name, "department": department, "postcodes": [town.postcode]},
            )
    with open_organisation("alpha") as organisation:
        yield organisation


@pytest.fixture
def spoiled(folder, landlord):
    """The spoiled copy, checked; and what was put in it."""
    load(kind="patrimoine", data=(folder / "patrimoine.csv").read_bytes())
    errors = script().spoil(folder, folder / "spoiled.csv")
    batch = load(kind="locatif", data=(folder / "spoiled.csv").read_bytes(), full=True, apply=False)
    return batch, errors


def reported(batch):
    return sorted(
        (issue.line, issue.header, issue.code) for issue in selectors.issues_of(batch=batch, severity="error")
    )


def columns_of(batch):
    return {header: column for column, header in batch.mapping.items()}


class TestTheSpoiledFile:
    def test_of_the_demonstration_is_without_fault_before_it_is_spoiled(self, folder, landlord):
        load(kind="patrimoine", data=(folder / "patrimoine.csv").read_bytes())

        batch = load(kind="locatif", data=(folder / "locatif.csv").read_bytes())

        assert reported(batch) == []

    def test_reports_exactly_its_25_errors_at_line_and_column(self, spoiled):
        batch, errors = spoiled

        assert len(errors) == 25
        assert reported(batch) == sorted((error.line, error.column, error.code) for error in errors)
        assert batch.refused == 25

    def test_says_for_each_what_to_do(self, spoiled):
        batch, _errors = spoiled

        for issue in selectors.issues_of(batch=batch, severity="error"):
            assert issue.message and issue.remedy
            assert "{" not in issue.message + issue.remedy

    def test_lets_ten_be_mended_and_gives_fifteen_back_as_a_file(self, spoiled):
        batch, errors = spoiled
        columns = columns_of(batch)
        mended = [error for error in errors if error.mending]
        assert len(mended) == 10

        for error in mended:
            cells = {(error.line, columns[error.column]): error.mending}
            batch = services.correct_cells(batch_id=batch.pk, cells=cells, by=BY, at=NOON)

        left = list(
            csv.DictReader(io.StringIO(exports.failed_lines(batch, "csv").decode("utf-8-sig")), delimiter=";")
        )
        expected = [error.line for error in errors if not error.mending]
        assert batch.refused == 15
        assert [int(list(line.values())[-2]) for line in left] == expected
        assert all(list(line.values())[-1] for line in left)

    def test_loads_its_good_lines_and_the_mended_ones(self, spoiled):
        batch, errors = spoiled
        columns = columns_of(batch)
        for error in errors:
            if error.mending:
                cells = {(error.line, columns[error.column]): error.mending}
                services.correct_cells(batch_id=batch.pk, cells=cells, by=BY, at=NOON)

        services.begin_apply(batch_id=batch.pk, by=BY, at=NOON)
        batch = services.apply_batch(batch_id=batch.pk, by=BY, at=NOON)

        assert batch.applied + batch.unchanged == batch.lines_read - 15


class GivenUp(Exception):
    """What was loaded goes; the pages that it filled stay."""


@pytest.fixture
def believed_empty(folder, landlord, vacuum_while_empty):
    """What autovacuum leaves when it passes before a first load: tables of some pages that hold nothing."""
    with suppress(GivenUp), transaction.atomic():
        load(kind="patrimoine", data=(folder / "patrimoine.csv").read_bytes())
        load(kind="locatif", data=(folder / "locatif.csv").read_bytes())
        raise GivenUp
    vacuum_while_empty(
        "people_contact_point", "people_person", "people_lease", "people_lease_party", "people_household",
        "estate_residence", "estate_building", "estate_lot",
    )  # fmt: skip


class TestAFirstLoad:
    def test_does_not_crawl_over_tables_that_the_planner_believes_empty(self, folder, believed_empty):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '20s'")
        load(kind="patrimoine", data=(folder / "patrimoine.csv").read_bytes())

        batch = load(kind="locatif", data=(folder / "locatif.csv").read_bytes())

        assert batch.applied and not batch.refused
