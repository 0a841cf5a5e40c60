"""Backup and restore of a whole installation: one file with the database, the kept files and a manifest.

The manifest counts the rows of every table, in the same snapshot as the dump, and carries the hash of every
file, so that a restoration can be proven. The master key is never in it; the register of sealings stays
beside the key.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from django.db import connection, connections
from psycopg import sql

from palier.config.environment import ENV
from palier.config.postgres import DATABASE, Server, newest_tools, server_of
from palier.config.start import acting_as_owner
from palier.kernel.errors import DomainError

FORMAT = 1
MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files"
RESTORING = "palier_restoring"
# What a newer pg_restore says to a server that does not know it yet.
UNKNOWN_TO_OLDER = ("SET transaction_timeout",)

Tell = Callable[[str], None]


class BackupExists(DomainError):
    code = "backup.file-exists"
    message = "{file} exists already. Give another name: a backup never overwrites one."


class BackupFailed(DomainError):
    code = "backup.failed"
    message = "The backup was not made: {reason}"


class NotABackup(DomainError):
    code = "backup.not-a-backup"
    message = "{file} is not a backup made by Palier, or it was cut short: {reason}"


class NotEmpty(DomainError):
    code = "backup.not-empty"
    message = (
        "This installation is not empty ({what}). A backup is restored into an empty one: "
        "set PALIER_DATA to a new folder, or give an empty database."
    )


class InUse(DomainError):
    code = "backup.in-use"
    message = "Palier is running on this installation. Stop it, then restore."


class RestoreFailed(DomainError):
    code = "backup.restore-failed"
    message = "Nothing was restored: {reason}"


@dataclass(frozen=True)
class KeptFile:
    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `tables`: rows by `schema.table`. `roles`: organisation's schema names."""

    format: int
    made_at: str
    server: int
    key_fingerprint: str
    roles: list[str]
    organisations: list[dict[str, str]]
    tables: dict[str, int]
    files: list[KeptFile] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(self.tables.values())

    @classmethod
    def read(cls, raw: bytes) -> "Manifest":
        content = json.loads(raw)
        return cls(**{**content, "files": [KeptFile(**each) for each in content["files"]]})


def back_up(*, file: Path, at: datetime, tell: Tell) -> Manifest:
    """Write everything but the master key to one file, whole or not at all, readable by its owner alone.

    Raises: BackupExists, BackupFailed.
    """
    if file.exists():
        raise BackupExists(file=str(file))
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.making")
    try:
        with tempfile.TemporaryDirectory(prefix="palier-", dir=file.parent) as folder:
            dump = Path(folder) / DUMP
            manifest = _dump(dump, at=at, tell=tell)
            tell("Adding the files…")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
                manifest = _pack(stream, dump, manifest)
                stream.flush()
                os.fsync(stream.fileno())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def _dump(target: Path, *, at: datetime, tell: Tell) -> Manifest:
    """Dump and count in one snapshot, so that the figures are those of the dump."""
    server = server_of()
    with server.connect("owner") as owner:
        owner.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tell("Counting the rows…")
        manifest = _describe(owner, at)
        snapshot = owner.execute("SELECT pg_export_snapshot()").fetchone()
        tell(f"Dumping {len(manifest.tables)} tables, {manifest.rows} rows…")
        command = [
            newest_tools().program("pg_dump"), "--format=custom", "--compress=6", "--no-sync",
            f"--snapshot={snapshot[0] if snapshot else ''}", f"--file={target}",
        ]  # fmt: skip
        _run(command, server, BackupFailed)
    return manifest


def _describe(owner: psycopg.Connection[Any], at: datetime) -> Manifest:
    from palier.kernel.keys import MasterKeyMissing, fingerprint

    try:
        key = fingerprint()
    except MasterKeyMissing:
        key = ""
    organisations = [
        {"slug": slug, "name": name, "kind": kind, "schema": schema}
        for slug, name, kind, schema in owner.execute(
            "SELECT slug, name, kind, schema_name FROM public.organisation ORDER BY slug"
        ).fetchall()
    ]
    return Manifest(
        format=FORMAT,
        made_at=at.isoformat(timespec="seconds"),
        server=owner.info.server_version // 10000,
        key_fingerprint=key,
        roles=[each["schema"] for each in organisations],
        organisations=organisations,
        tables=count_rows(owner),
    )


def count_rows(owner: psycopg.Connection[Any]) -> dict[str, int]:
    """Exact number of rows of every ordinary table of ours, by `schema.table`."""
    names = owner.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND (n.nspname = 'public' OR n.nspname LIKE 'org\\_%')"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"
        " ORDER BY 1, 2"
    ).fetchall()
    counts = {}
    for schema, table in names:
        row = owner.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        ).fetchone()
        counts[f"{schema}.{table}"] = int(row[0]) if row else 0
    return counts


def _pack(stream: IO[bytes], dump: Path, manifest: Manifest) -> Manifest:
    """Files first, since their hashes are in the manifest; the manifest ends the file and proves it whole."""
    files = []
    with tarfile.open(fileobj=stream, mode="w|") as archive:
        archive.add(dump, DUMP)
        for path in _files_under(ENV.files):
            kept = _add_file(archive, path)
            if kept is not None:
                files.append(kept)
        manifest = Manifest(**{**manifest.__dict__, "files": files})
        raw = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(raw), 0o600
        archive.addfile(entry, _bytes(raw))
    return manifest


def _files_under(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        # A file still being written has a name of this shape; its row is not committed either.
        if path.is_file() and not (path.name.startswith(".") and path.name.endswith(".part")):
            yield path


def _add_file(archive: tarfile.TarFile, path: Path) -> KeptFile | None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    relative = path.relative_to(ENV.files).as_posix()
    entry = archive.gettarinfo(str(path), f"{FILES}/{relative}")
    entry.size = len(content)
    archive.addfile(entry, _bytes(content))
    return KeptFile(relative, len(content), hashlib.sha256(content).hexdigest())


def _bytes(content: bytes) -> IO[bytes]:
    from io import BytesIO

    return BytesIO(content)


def read_manifest(file: Path) -> Manifest:
    """What a backup holds, without restoring it.

    Raises: NotABackup.
    """
    try:
        with tarfile.open(file, mode="r:") as archive:
            member = archive.extractfile(MANIFEST)
            manifest = Manifest.read(member.read() if member else b"")
    except (tarfile.TarError, KeyError, ValueError, TypeError) as problem:
        raise NotABackup(file=str(file), reason=str(problem) or "no manifest") from problem
    if manifest.format != FORMAT:
        raise NotABackup(
            file=str(file), reason=f"its format is {manifest.format}, this version reads {FORMAT}"
        )
    return manifest


def check_restorable(manifest: Manifest) -> None:
    """Raises: NotEmpty, InUse."""
    from palier.config.workers import served_queues

    if served_queues():
        raise InUse()
    with server_of().connect("owner") as owner:
        for table in ("organisation", "user_account"):
            if rows := _rows_in(owner, table):
                raise NotEmpty(what=f"{rows} rows in {table}")
        if not ENV.embedded and any(count_rows(owner).values()):
            raise NotEmpty(what=f"tables in the database {server_of().dbname}")
    if any(_files_under(ENV.files)):
        raise NotEmpty(what=f"files in {ENV.files}")


def _rows_in(owner: psycopg.Connection[Any], table: str) -> int:
    """Rows of a shared table, 0 where it does not exist yet."""
    if owner.execute("SELECT to_regclass(%s)", [f"public.{table}"]).fetchone() == (None,):
        return 0
    row = owner.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", table))).fetchone()
    return int(row[0]) if row else 0


def restore(*, file: Path, at: datetime, tell: Tell) -> Manifest:
    """Bring a backup back into an empty installation, check it, then let it take its place at once.

    Raises: NotABackup, NotEmpty, InUse, RestoreFailed. Whatever is raised, the installation is as it was.
    """
    manifest = read_manifest(file)
    check_restorable(manifest)
    ENV.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restoring-", dir=ENV.data) as folder:
        tell("Unpacking and checking the files…")
        _unpack(file, Path(folder), manifest)
        _recreate_roles(manifest.roles)
        tell(f"Restoring {len(manifest.tables)} tables, {manifest.rows} rows…")
        with _database_to_fill() as dbname:
            _fill(Path(folder) / DUMP, dbname)
            _check_counts(dbname, manifest)
            connections.close_all()
        _take_place(dbname, Path(folder) / FILES)
    _bring_up_to_date(at, tell)
    return manifest


def _unpack(file: Path, folder: Path, manifest: Manifest) -> None:
    with tarfile.open(file, mode="r:") as archive:
        for member in archive:
            _take_out(archive, member, folder, file)
    (folder / FILES).mkdir(exist_ok=True)
    for each in manifest.files:
        path = folder / FILES / each.path
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != each.sha256:
            raise NotABackup(file=str(file), reason=f"the file {each.path} is missing or altered")


def _take_out(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, file: Path) -> None:
    """Write one plain file under the folder. The `filter` of `extractall` is younger than Debian 12's Python."""
    target = (folder / member.name).resolve()
    content = archive.extractfile(member) if member.isreg() else None
    if content is None or not target.is_relative_to(folder.resolve()):
        raise NotABackup(file=str(file), reason=f"{member.name} is not a plain file of a backup")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as stream:
        shutil.copyfileobj(content, stream)
    target.chmod(member.mode & 0o755 | 0o600)


def _recreate_roles(roles: list[str]) -> None:
    """Roles belong to the server, not to the database: make those absent, lend them to the application."""
    from palier.kernel.organisations.provision import APPLICATION_ROLE

    with server_of().connect("owner") as owner:
        for name in roles:
            role = sql.Identifier(name)
            if owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is None:
                owner.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
            owner.execute(sql.SQL("GRANT {} TO {}").format(role, sql.Identifier(APPLICATION_ROLE)))


@contextmanager
def _database_to_fill() -> Iterator[str]:
    """A new database beside the real one when it is ours; the empty one that the customer gave otherwise."""
    if not ENV.embedded:
        yield server_of().dbname
        return
    with server_of().connect("owner", dbname="postgres") as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {RESTORING} WITH (FORCE)")
        owner.execute(f"CREATE DATABASE {RESTORING}")
    try:
        yield RESTORING
    except BaseException:
        with server_of().connect("owner", dbname="postgres") as owner:
            owner.execute(f"DROP DATABASE IF EXISTS {RESTORING} WITH (FORCE)")
        raise


def _fill(dump: Path, dbname: str) -> None:
    """Read the dump as SQL and feed it to psql, which stops at the first error."""
    server, tools = server_of(), newest_tools()
    contents = _run([tools.program("pg_restore"), "--list", str(dump)], server, RestoreFailed)
    # Extensions are there already, and belong to the server's administrator.
    wanted = [line for line in contents.splitlines() if " EXTENSION " not in line]
    listing = dump.with_suffix(".list")
    listing.write_text("\n".join(wanted) + "\n", encoding="utf-8")
    reader = [tools.program("pg_restore"), "--no-owner", f"--use-list={listing}", "--file=-", str(dump)]
    writer = [
        tools.program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={dbname}",
        *([] if ENV.embedded else ["--single-transaction"]),
    ]  # fmt: skip
    _pipe(reader, writer, server)


def _pipe(reader: list[str], writer: list[str], server: Server) -> None:
    environment = server.client_environment()
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(reader, env=environment, stdout=subprocess.PIPE, stderr=said) as source,
        subprocess.Popen(
            writer, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
        ) as target,
    ):
        assert source.stdout is not None and target.stdin is not None
        try:
            _copy_understood(source.stdout, target.stdin)
            target.stdin.close()
        except BrokenPipeError:
            source.kill()
        if target.wait() != 0 or source.wait() != 0:
            said.seek(0)
            raise RestoreFailed(reason=said.read().decode(errors="replace").strip()[-2000:])


def _copy_understood(source: IO[bytes], target: IO[bytes]) -> None:
    """Pass the SQL on, without the settings at its head that an older server does not know."""
    for line in source:
        if line.startswith((b"CREATE ", b"COPY ")):
            target.write(line)
            break
        if not line.decode(errors="replace").startswith(UNKNOWN_TO_OLDER):
            target.write(line)
    shutil.copyfileobj(source, target, 1 << 20)


def _check_counts(dbname: str, manifest: Manifest) -> None:
    with server_of().connect("owner", dbname=dbname) as owner:
        found = count_rows(owner)
    wrong = [name for name in {*found, *manifest.tables} if found.get(name) != manifest.tables.get(name)]
    if wrong:
        shown = ", ".join(
            f"{each} {manifest.tables.get(each)} → {found.get(each)}" for each in sorted(wrong)[:5]
        )
        raise RestoreFailed(reason=f"{len(wrong)} tables differ from the backup: {shown}")


def _take_place(dbname: str, files: Path) -> None:
    """The files first: a database whose documents are not there yet must never be seen."""
    shutil.rmtree(ENV.files, ignore_errors=True)
    files.rename(ENV.files)
    ENV.files.chmod(0o700)
    if dbname == RESTORING:
        with server_of().connect("owner", dbname="postgres") as owner:
            owner.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            owner.execute(f"ALTER DATABASE {RESTORING} RENAME TO {DATABASE}")


def _bring_up_to_date(at: datetime, tell: Tell) -> None:
    """Tables of this version, then the sealings that the backup may be too old to know."""
    from palier.config.setup import migrate
    from palier.kernel.access import system_actor
    from palier.kernel.organisations.current import open_organisation
    from palier.kernel.organisations.models import Organisation
    from palier.modules.people.services.sealing import seal_again

    with acting_as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    migrate(tell)
    for organisation in Organisation.objects.filter(kind="landlord"):
        with open_organisation(organisation):
            sealed = seal_again(
                by=system_actor("palier restore", organisation=organisation.slug, via="command"), at=at
            )
        if sealed:
            tell(f"{organisation.slug}: {sealed} sealed again, from the register beside the key.")


def _run(command: list[str], server: Server, failure: type[DomainError]) -> str:
    done = subprocess.run(command, env=server.client_environment(), capture_output=True, text=True)
    if done.returncode != 0:
        raise failure(reason=done.stderr.strip()[-2000:])
    return done.stdout
