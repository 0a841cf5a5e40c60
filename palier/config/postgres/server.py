"""Who uses the embedded database: started by the first, stopped by the last, whatever dies in between.

Each process that uses it holds a shared lock on a file of the data folder. The kernel drops the lock with the
process, so a killed one never counts. Starting and stopping happen under a second, exclusive lock.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from psycopg import sql

from palier.config.environment import ENV
from palier.config.postgres import cluster as clusters
from palier.config.postgres.binaries import version_of
from palier.config.postgres.cluster import APP_ROLE, OWNER_ROLE, Cluster

DATABASE = "palier"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
ENGINE = "palier.kernel.organisations.backend"

Role = Literal["app", "owner"]


@dataclass(frozen=True, slots=True)
class Server:
    """How to reach the database: `host` is a socket folder when it is embedded."""

    host: str
    port: str
    dbname: str
    owner: str
    app: str
    owner_password: str = ""
    app_password: str = ""

    def connect(self, role: Role = "app", *, dbname: str | None = None) -> psycopg.Connection[Any]:
        """Open a plain connection, in autocommit."""
        user, password = (self.app, self.app_password) if role == "app" else (self.owner, self.owner_password)
        return psycopg.connect(
            host=self.host,
            port=self.port,
            dbname=dbname or self.dbname,
            user=user,
            password=password or None,
            autocommit=True,
            connect_timeout=10,
        )

    def client_environment(self, role: Role = "owner") -> dict[str, str]:
        """Variables for pg_dump, pg_restore and psql, so that no password is on a command line."""
        user, password = (self.app, self.app_password) if role == "app" else (self.owner, self.owner_password)
        known = {"PGHOST": self.host, "PGPORT": self.port, "PGDATABASE": self.dbname, "PGUSER": user}
        return {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            **known,
            **({"PGPASSWORD": password} if password else {}),
        }


def server_of(data: Path | None = None) -> Server:
    """Compute where the database is, without starting anything."""
    if not ENV.embedded:
        return _server_of_urls()
    socket = clusters.locate(data or ENV.data).socket
    return Server(str(socket), "5432", DATABASE, OWNER_ROLE, APP_ROLE)


def _server_of_urls() -> Server:
    app, owner = urlsplit(ENV.database_url or ""), urlsplit(ENV.database_owner_url or "")
    # A socket folder cannot stand before the colon of an address: libpq allows it as ?host=.
    query = dict(parse_qsl(app.query))
    return Server(
        host=query.get("host") or unquote(app.hostname or "localhost"),
        port=str(app.port or query.get("port") or 5432),
        dbname=unquote(app.path.strip("/")),
        owner=unquote(owner.username or OWNER_ROLE),
        app=unquote(app.username or APP_ROLE),
        owner_password=unquote(owner.password or ""),
        app_password=unquote(app.password or ""),
    )


def database_settings(role: Role = "app") -> dict[str, Any]:
    """Entries of Django's DATABASES for one role; nothing is started."""
    server = server_of()
    user, password = (
        (server.app, server.app_password) if role == "app" else (server.owner, server.owner_password)
    )
    return {
        "ENGINE": ENGINE,
        "NAME": server.dbname,
        "USER": user,
        "PASSWORD": password,
        "HOST": server.host,
        "PORT": server.port,
    }


class _Hold:
    """The shared lock of this process, taken once whatever the number of calls."""

    def __init__(self) -> None:
        self.stream: IO[bytes] | None = None
        self.depth = 0


_hold = _Hold()


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Only one process at a time starts or stops the cluster."""
    with (data / "postgres.lock").open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def ensure_running(*, keep: bool = False) -> Server:
    """Start the embedded database if it is down and hold it for this process; `keep` leaves it up for good.

    Raises: PostgresError, NoBinaries: the message carries the remedy.
    """
    if not ENV.embedded:
        return _server_of_urls()
    data = ENV.data
    clusters.open_data_folder(data)
    with _alone(data):
        _take_hold(data)
        cluster = clusters.locate(data)
        if not cluster.is_made or cluster.server_pid() is None:
            _start(cluster)
            _stops_by_itself(data).touch()
        if keep:
            _stops_by_itself(data).unlink(missing_ok=True)
    return server_of(data)


def revive() -> bool:
    """Start the embedded database again if it died while we hold it. True when it had."""
    if not ENV.embedded or _hold.stream is None:
        return False
    if clusters.locate(ENV.data).server_pid() is not None:
        return False
    with _alone(ENV.data):
        cluster = clusters.locate(ENV.data)
        if cluster.server_pid() is not None:
            return False
        _start(cluster)
    return True


def _stops_by_itself(data: Path) -> Path:
    """This mark says that the last user stops the server; without it, someone asked for it to stay."""
    return data / "postgres.auto"


def _take_hold(data: Path) -> None:
    _hold.depth += 1
    if _hold.stream is None:
        _hold.stream = (data / "postgres.users").open("ab")
        fcntl.flock(_hold.stream, fcntl.LOCK_SH)


def _start(cluster: Cluster) -> None:
    if not cluster.is_made:
        clusters.make(cluster)
    clusters.start(cluster)
    _ensure_roles_and_database(cluster)
    needed = clusters.locks_needed(_count_relations(cluster))
    if needed > clusters.LEAST_LOCKS:
        # Nobody else can be connected yet: the exclusive lock is ours.
        clusters.stop(cluster)
        clusters.start(cluster, locks=needed)


def _ensure_roles_and_database(cluster: Cluster) -> None:
    """Create what is absent: two login roles, the database, its extensions. Only here acts the superuser."""
    with cluster.connect() as connection:
        _ensure_role(connection, OWNER_ROLE, "LOGIN CREATEROLE CREATEDB NOSUPERUSER")
        _ensure_role(connection, APP_ROLE, "LOGIN NOINHERIT NOSUPERUSER NOCREATEROLE NOCREATEDB")
        known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
        if known is None:
            _ensure_extensions(cluster, "template1")
            connection.execute(
                sql.SQL("create database {} owner {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
                )
            )
    _ensure_extensions(cluster, DATABASE)


def _ensure_role(connection: psycopg.Connection[Any], name: str, rights: str) -> None:
    if connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone() is None:
        connection.execute(sql.SQL("create role {} " + rights).format(sql.Identifier(name)))


def _ensure_extensions(cluster: Cluster, dbname: str) -> None:
    with cluster.connect(dbname=dbname) as connection:
        connection.execute("set client_min_messages = warning")
        for name in EXTENSIONS:
            connection.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(name)))


def _count_relations(cluster: Cluster) -> int:
    with cluster.connect(dbname=DATABASE) as connection:
        row = connection.execute(
            "select count(*) from pg_class where relkind in ('r', 'i', 'S', 'p')"
        ).fetchone()
    return int(row[0]) if row else 0


def stop_if_mine() -> bool:
    """Let go of the embedded database; stop it when nobody else holds it. True when it was stopped."""
    if not ENV.embedded or _hold.stream is None:
        return False
    _hold.depth -= 1
    if _hold.depth > 0:
        return False
    with _alone(ENV.data):
        return _let_go(ENV.data)


def _let_go(data: Path) -> bool:
    stream = _hold.stream
    _hold.stream, _hold.depth = None, 0
    if stream is None:
        return False
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if not _stops_by_itself(data).exists():
            return False
        clusters.stop(clusters.locate(data))
    _stops_by_itself(data).unlink(missing_ok=True)
    return True


@contextmanager
def held() -> Iterator[Server]:
    """Run a block with the database up; afterwards it is as it was, unless someone else came to use it."""
    server = ensure_running()
    try:
        yield server
    finally:
        stop_if_mine()


def stop_now() -> bool:
    """Stop the embedded database whoever uses it. True when it was up."""
    if not ENV.embedded or not ENV.data.exists():
        return False
    with _alone(ENV.data):
        cluster = clusters.locate(ENV.data)
        was_up = cluster.server_pid() is not None
        clusters.stop(cluster)
        _stops_by_itself(ENV.data).unlink(missing_ok=True)
    return was_up


@dataclass(frozen=True, slots=True)
class Status:
    """What `status` and the doctor show."""

    running: bool
    folder: Path
    socket: Path
    made_by: int | None
    run_by: str


def embedded_status() -> Status:
    cluster = clusters.locate(ENV.data)
    return Status(
        running=cluster.server_pid() is not None,
        folder=cluster.folder,
        socket=cluster.socket,
        made_by=version_of(cluster.folder),
        run_by=cluster.runner.name,
    )


def forget_inherited_hold() -> None:
    """After a fork, the lock belongs to the parent: the child must not let go of it."""
    _hold.stream, _hold.depth = None, 0


os.register_at_fork(after_in_child=forget_inherited_hold)
