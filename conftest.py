"""The tests' database: the owner builds it with two landlords and a federation; cases run as the application."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from palier.config.postgres import database_settings, ensure_running, stop_if_mine
from palier.config.start import acting_as_owner

ORGANISATIONS = (
    ("alpha", "Alpha Habitat", "landlord"),
    ("beta", "Bêta Logement", "landlord"),
    ("union", "Union régionale", "federation"),
)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Last of all: an interrupted run still has its database to drop."""
    stop_if_mine()


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Build the database, or take last time's with `--reuse-db` when no migration has changed."""
    ensure_running()
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    name = f"test_palier{'_' + worker if worker else ''}"
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    with django_db_blocker.unblock():
        if not (request.config.getvalue("reuse_db") and _stamp_of(name) == _stamp()):
            _build(name)
    yield
    for alias in connections:
        connections[alias].close()
    if not request.config.getvalue("reuse_db"):
        _as_owner("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _build(name: str) -> None:
    from palier.kernel.organisations import provision

    _as_owner("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _as_owner("postgres", f'CREATE DATABASE "{name}" OWNER palier_owner')
    with acting_as_owner():
        provision.prepare_shared()
        provision.migrate_schema("public", "public")
        for slug, label, kind in ORGANISATIONS:
            provision.create_organisation(slug=slug, name=label, kind=kind, departments=["11", "31"])
    _as_owner(name, f"COMMENT ON DATABASE \"{name}\" IS '{_stamp()}'")


def _stamp() -> str:
    root = Path(__file__).parent / "palier"
    digest = hashlib.sha256()
    sources = [
        *root.rglob("migrations/*.py"),
        *root.glob("kernel/organisations/*.py"),
        *root.glob("config/settings/*.py"),
    ]
    for path in sorted(sources):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _stamp_of(name: str) -> str | None:
    rows = _as_owner(
        "postgres", f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
    )
    return rows[0][0] if rows else None


def _as_owner(dbname: str, statement: str) -> list[tuple[Any, ...]]:
    target = database_settings("owner")
    with psycopg.connect(
        host=target["HOST"] or None,
        port=target["PORT"] or None,
        user=target["USER"],
        password=target["PASSWORD"] or None,
        dbname=dbname,
        autocommit=True,
    ) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def vacuum_while_empty() -> Callable[..., None]:
    """Do to tables of alpha what autovacuum does when it passes before a first load: pages that hold nothing.

    The planner then believes them empty, whatever the transaction goes on to write. Each must have had rows.
    """

    def vacuum(*tables: str) -> None:
        name, inside = (
            connections["default"].settings_dict["NAME"],
            [f"org_alpha.{table}" for table in tables],
        )
        _as_owner(name, f"VACUUM (TRUNCATE FALSE, DISABLE_PAGE_SKIPPING) {', '.join(inside)}")
        believed = f"SELECT relpages > 0 AND reltuples = 0 FROM pg_class WHERE oid = '{inside[0]}'::regclass"
        assert _as_owner(name, believed) == [(True,)]

    return vacuum


@pytest.fixture(scope="session", autouse=True)
def _a_master_key(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A master key of the tests' own: the one of the machine, if any, is never read."""
    from django.conf import settings

    from palier.kernel.keys import ensure_master_key

    settings.KEY_FILE = tmp_path_factory.mktemp("keys") / "master.key"
    ensure_master_key()


@pytest.fixture(autouse=True)
def _in_the_shared_schema(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test left open, the next one begins in the shared schema."""
    yield
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        from palier.kernel.organisations.current import leave_organisation

        leave_organisation()


@pytest.fixture
def alpha(db: None) -> Iterator[Any]:
    """The landlord `alpha`, open: the test runs in its schema, under its role."""
    from palier.kernel.organisations.current import open_organisation

    with open_organisation("alpha") as organisation:
        yield organisation


@pytest.fixture
def actor() -> Any:
    """Somebody who may do everything at alpha."""
    from palier.kernel.access import SystemActor
    from palier.kernel.models import new_id

    return SystemActor(
        user_id=new_id(),
        name="Camille Ferrand",
        email="camille.ferrand@alpha.example",
        organisation="alpha",
        via="web",
    )


@pytest.fixture
def sign_in(client: Any, db: None) -> Any:
    """`sign_in("alpha", "director", "administrator")` returns a client signed in with these roles there."""
    from palier.kernel.accounts.testing import make_member

    def as_member(slug: str, *roles: str) -> Any:
        client.force_login(make_member(slug, *roles).user)
        return client

    return as_member
