"""What is wrong with an installation, and how to mend it. Nothing is changed here.

Each check yields findings; a check that cannot run because an earlier one failed says so by not running.
"""

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection
from django.db.models import Min
from psycopg import sql

from palier.config.environment import ENV
from palier.config.postgres import APP_ROLE, newest_tools, server_of
from palier.config.postgres.binaries import NoBinaries
from palier.config.postgres.cluster import FOR_THE_UNREACHABLE, MAX_CONNECTIONS
from palier.config.start import acting_as_owner
from palier.kernel.access.roles import Role

ENOUGH_DISK_BYTES = 2 * 10**9
LEAST_DISK_BYTES = 5 * 10**8
LATE = timedelta(minutes=10)


class Level(StrEnum):
    OK = "ok"
    REMARK = "remark"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `remedy` says what to type or to ask, empty when all is well."""

    level: Level
    about: str
    what: str
    remedy: str = ""


Check = Callable[[datetime], Iterator[Finding]]


def ok(about: str, what: str) -> Finding:
    return Finding(Level.OK, about, what)


def remark(about: str, what: str, remedy: str) -> Finding:
    return Finding(Level.REMARK, about, what, remedy)


def problem(about: str, what: str, remedy: str) -> Finding:
    return Finding(Level.PROBLEM, about, what, remedy)


def examine_machine(at: datetime) -> Iterator[Finding]:
    """What needs no database."""
    checks: tuple[Check, ...] = (_key, _disk, _settings, _leftovers)
    for check in checks:
        yield from check(at)


def examine_database(at: datetime) -> Iterator[Finding]:
    """What asks the database; it answers."""
    first: tuple[Check, ...] = (_server, _roles, _migrations)
    then: tuple[Check, ...] = (
        _organisations,
        _locks,
        _reference,
        _workers,
        _outbox,
        _documents,
        _sealings,
        _crisis_logs,
        _retention,
        _second_factors,
        _identity_providers,
    )
    for check in first:
        findings = list(check(at))
        yield from findings
        if any(each.level == Level.PROBLEM and each.about == "tables" for each in findings):
            return
    for check in then:
        yield from check(at)


def _key(_at: datetime) -> Iterator[Finding]:
    from palier.kernel.errors import DomainError
    from palier.kernel.keys import fingerprint

    path = ENV.key_file
    if path.resolve().is_relative_to(ENV.data.resolve()):
        yield problem(
            "master key",
            f"{path} lies inside PALIER_DATA: whoever copies the data takes the key with it",
            "move the file elsewhere and set PALIER_KEY_FILE to its new place",
        )
    if not path.exists():
        yield problem(
            "master key",
            f"{path} is missing: sealed files, received imports and second factors cannot be read",
            "bring it back with `palier keys import FILE`, or run `palier setup` on a new installation",
        )
        return
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield problem("master key", f"other users of this machine may read {path}", f"chmod 600 '{path}'")
    try:
        yield ok("master key", f"{path}, fingerprint {fingerprint()}")
    except DomainError as refusal:
        yield problem(
            "master key", str(refusal), "bring it back from the safe with `palier keys import FILE`"
        )


def _disk(_at: datetime) -> Iterator[Finding]:
    if not ENV.data.exists():
        yield remark("disk", f"{ENV.data} does not exist yet", "run `palier setup`")
        return
    free = shutil.disk_usage(ENV.data).free
    said = f"{free / 1e9:.1f} GB free under {ENV.data}"
    if free < LEAST_DISK_BYTES:
        yield problem("disk", said, "free some space now: PostgreSQL stops when the disk is full")
    elif free < ENOUGH_DISK_BYTES:
        yield remark("disk", said, "free some space soon")
    else:
        yield ok("disk", said)


def _settings(_at: datetime) -> Iterator[Finding]:
    if ENV.env != "prod":
        yield ok("settings", f"PALIER_ENV={ENV.env}, {ENV.base_url}")
        return
    if not ENV.base_url.startswith("https://"):
        yield problem(
            "settings", f"PALIER_BASE_URL is {ENV.base_url}", "give the https address that people type"
        )
    if ENV.smtp_host is None:
        yield problem(
            "settings", "no mail server: nobody is called out", "set PALIER_SMTP_HOST and its account"
        )
    if ENV.pack_folder is None:
        yield remark(
            "settings",
            "the nightly pack stays on this machine",
            "set PALIER_PACK_FOLDER to a folder of another machine",
        )
    elif not ENV.pack_folder.is_dir():
        yield problem(
            "settings", f"PALIER_PACK_FOLDER {ENV.pack_folder} is not there", "mount it or create it"
        )


def _leftovers(_at: datetime) -> Iterator[Finding]:
    left = sorted((FOR_THE_UNREACHABLE / "clusters").glob("*.left-*")) if ENV.embedded else []
    if left:
        yield remark(
            "leftovers",
            f"{len(left)} databases whose data folder was deleted are kept in {left[0].parent}",
            "remove them when you are sure that nobody wants them",
        )
    if (ENV.data / "demonstration.unfinished").exists():
        yield remark(
            "demonstration", "its loading was interrupted", "run `palier setup --demo` to do it over"
        )


def _server(_at: datetime) -> Iterator[Finding]:
    with server_of().connect("owner") as owner:
        major = owner.info.server_version // 10000
        settings = dict(owner.execute("SELECT name, setting FROM pg_settings").fetchall())
        known = {row[0] for row in owner.execute("SELECT extname FROM pg_extension").fetchall()}
    where = "embedded" if ENV.embedded else server_of().host
    yield ok("database", f"PostgreSQL {major}, {where}")
    for name in ("fsync", "full_page_writes"):
        if settings[name] != "on":
            yield problem("database", f"{name} is off: a power failure loses data", f"set {name} = on")
    if settings["data_checksums"] != "on":
        yield remark("database", "checksums are off", "pg_checksums --enable, while the server is stopped")
    missing = {"pg_trgm", "unaccent", "btree_gist"} - known
    if missing:
        names = ", ".join(sorted(missing))
        yield problem(
            "database", f"extensions missing: {names}", "CREATE EXTENSION them as the server's administrator"
        )
    try:
        tools = newest_tools()
    except NoBinaries as absent:
        yield problem("backup", "pg_dump is not on this machine", str(absent))
        return
    if tools.major < major:
        yield problem(
            "backup",
            f"pg_dump {tools.major} cannot save PostgreSQL {major}",
            f"install postgresql-client-{major}",
        )


ROLE_RIGHTS = (
    "SELECT rolsuper, rolcreaterole, rolinherit, rolcanlogin, rolbypassrls FROM pg_roles WHERE rolname = %s"
)


def _roles(_at: datetime) -> Iterator[Finding]:
    server = server_of()
    with server.connect("owner") as owner:
        rights = {name: owner.execute(ROLE_RIGHTS, [name]).fetchone() for name in (server.owner, server.app)}
    owner_row, app_row = rights[server.owner], rights[server.app]
    if owner_row and not owner_row[1]:
        yield problem("roles", f"{server.owner} cannot make roles", f"ALTER ROLE {server.owner} CREATEROLE")
    if app_row is None:
        yield problem(
            "roles", f"the role {server.app} does not exist", f"CREATE ROLE {server.app} LOGIN NOINHERIT"
        )
        return
    if app_row[0] or app_row[4]:
        yield problem(
            "roles",
            f"{server.app} may do anything: the wall between organisations does not hold",
            f"ALTER ROLE {server.app} NOSUPERUSER NOBYPASSRLS",
        )
    if app_row[2]:
        yield problem("roles", f"{server.app} inherits rights", f"ALTER ROLE {server.app} NOINHERIT")
    if server.app != APP_ROLE:
        yield problem("roles", f"the application signs in as {server.app}", f"name that role {APP_ROLE}")
    if not any((app_row[0], app_row[2], app_row[4])):
        yield ok("roles", f"{server.owner} owns, {server.app} has only what it is lent")


def _migrations(_at: datetime) -> Iterator[Finding]:
    from palier.config.setup import pending_by_schema

    with acting_as_owner():
        waiting = {schema: names for schema, names in pending_by_schema().items() if names}
    for schema, names in waiting.items():
        yield problem(
            "tables", f"{schema} waits for {len(names)} migrations ({names[0]}…)", "run `palier setup`"
        )
    if not waiting:
        yield ok("tables", "every schema has this version's tables")


def _organisations(_at: datetime) -> Iterator[Finding]:
    """Each organisation has its schema and role, its role is lent to the application, and the wall holds."""
    from palier.kernel.organisations.models import Organisation

    names = list(Organisation.objects.order_by("schema_name").values_list("schema_name", flat=True))
    with server_of().connect("owner") as owner:
        schemas = {row[0] for row in owner.execute("SELECT nspname FROM pg_namespace").fetchall()}
        lent = {row[0] for row in owner.execute(LENT_ROLES, [APP_ROLE]).fetchall()}
        open_to_app = owner.execute(OPEN_TO_APPLICATION, [APP_ROLE]).fetchone()
        crossing = owner.execute(CROSSING).fetchone()
    for name in names:
        if name not in schemas:
            yield problem("organisations", f"the schema {name} is missing", "restore a backup that has it")
        elif name not in lent:
            yield problem("organisations", f"the role {name} is not lent to {APP_ROLE}", "run `palier setup`")
    unknown = sorted(each for each in schemas if each.startswith("org_") and each not in names)
    if unknown:
        yield remark(
            "organisations",
            f"schemas without organisation: {', '.join(unknown)}",
            "a creation was interrupted; do it over",
        )
    if open_to_app and open_to_app[0]:
        yield problem(
            "the wall",
            f"{APP_ROLE} itself may read {open_to_app[0]} tables of organisations",
            f"REVOKE ALL ON these tables FROM {APP_ROLE} and from PUBLIC",
        )
    if crossing and crossing[0]:
        yield problem(
            "the wall",
            f"{crossing[0]} tables of an organisation are open to the role of another",
            "REVOKE the rights that cross, then run this again",
        )
    if not (open_to_app and open_to_app[0]) and not (crossing and crossing[0]):
        yield ok("the wall", f"{len(names)} organisations, none open to another")


LENT_ROLES = """
SELECT lent.rolname FROM pg_auth_members m
JOIN pg_roles lent ON lent.oid = m.roleid JOIN pg_roles app ON app.oid = m.member WHERE app.rolname = %s
"""
OPEN_TO_APPLICATION = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname LIKE 'org\\_%%' AND c.relkind IN ('r', 'p', 'v', 'm')
AND has_table_privilege(%s, c.oid, 'SELECT')
"""
CROSSING = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_roles r ON r.rolname LIKE 'org\\_%' AND r.rolname <> n.nspname
WHERE n.nspname LIKE 'org\\_%' AND c.relkind IN ('r', 'p', 'v', 'm')
AND (has_table_privilege(r.oid, c.oid, 'SELECT') OR has_table_privilege(r.oid, c.oid, 'INSERT'))
"""


LOCK_SETTINGS = """
SELECT current_setting('max_locks_per_transaction')::int, current_setting('max_connections')::int
"""


def _locks(_at: datetime) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_SETTINGS)
        locks, sessions = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'i', 'S', 'p')")
        (relations,) = cursor.fetchone()
    room = locks * sessions
    if room < relations:
        wanted = -(-2 * relations // max(sessions, MAX_CONNECTIONS))
        remedy = (
            "stop Palier and start it again" if ENV.embedded else f"set max_locks_per_transaction = {wanted}"
        )
        yield problem(
            "locks", f"{relations} tables and indexes for {room} locks: a backup would fail", remedy
        )
    else:
        yield ok("locks", f"{relations} tables and indexes, room for {room}")


def _reference(_at: datetime) -> Iterator[Finding]:
    from palier.kernel.geography.models import Commune

    if Commune.objects.exists():
        yield ok("reference", "communes, departments and regions are loaded")
    else:
        yield problem("reference", "the table of communes is empty", "run `palier setup`")


def _workers(_at: datetime) -> Iterator[Finding]:
    from palier.config.workers import served_queues
    from palier.kernel.jobs.registry import QUEUES

    served = served_queues()
    missing = [queue for queue in QUEUES if queue not in served]
    if not missing:
        yield ok("workers", "the three queues are served")
    elif served:
        yield problem(
            "workers", f"nobody serves {', '.join(missing)}", "restart `palier serve` and read what it says"
        )
    else:
        yield remark("workers", "no worker runs: jobs wait", "run `palier serve`")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        (failed,) = cursor.fetchone()
    if failed:
        yield remark("jobs", f"{failed} jobs failed for good", "see the page of jobs of each organisation")


def _outbox(at: datetime) -> Iterator[Finding]:
    """Entries that nobody has moved: the dispatcher is down, or cannot enter a schema."""
    from palier.kernel.jobs.outbox import models_here

    for name in _every_schema():
        entries, _runs = models_here()
        oldest = entries.objects.filter(dispatched_at=None, written_at__lt=at - LATE).aggregate(
            at=Min("written_at")
        )["at"]
        if oldest:
            yield problem(
                "outbox", f"{name}: entries wait since {oldest:%Y-%m-%d %H:%M}", "run `palier serve`"
            )


def _every_schema() -> Iterator[str]:
    """Open each schema in turn, the shared one first; the caller's code runs inside."""
    from palier.kernel.organisations.current import open_organisation, open_shared
    from palier.kernel.organisations.models import Organisation

    with open_shared():
        organisations = list(Organisation.objects.order_by("slug"))
        yield "shared schema"
    for organisation in organisations:
        with open_organisation(organisation):
            yield organisation.slug


def _documents(_at: datetime) -> Iterator[Finding]:
    """Every kept document has its file, with the hash that its row says."""
    from palier.kernel.documents import store
    from palier.kernel.organisations.models import Organisation

    checked, spoiled = 0, []
    for organisation in Organisation.objects.order_by("slug"):
        schema = organisation.schema_name
        for path, digest in _document_rows(schema):
            checked += 1
            content = store.read(schema=schema, path=path)
            if content is None or store.digest(content) != digest:
                spoiled.append(f"{schema}/{path}")
    if spoiled:
        yield problem(
            "documents",
            f"{len(spoiled)} of {checked} files are missing or altered ({spoiled[0]}…)",
            "bring them back from a backup: their rows say what they were",
        )
    else:
        yield ok("documents", f"{checked} files, each with its hash")


def _document_rows(schema: str) -> list[tuple[str, str]]:
    """Path and hash of an organisation's documents, as the owner sees them: nothing else of them is read.

    A withdrawn one was encrypted again under its person's key: its hash is that of what it was.
    """
    query = sql.SQL("SELECT path, sha256 FROM {} WHERE withdrawn_at IS NULL").format(
        sql.Identifier(schema, "document")
    )
    with server_of().connect("owner") as owner:
        return [(path, digest) for path, digest in owner.execute(query).fetchall()]


def _sealings(_at: datetime) -> Iterator[Finding]:
    """Whoever the register beside the key names is sealed in the database too."""
    from palier.kernel.keys import sealings

    clear = []
    with server_of().connect("owner") as owner:
        for each in sealings():
            query = sql.SQL("SELECT 1 FROM {} WHERE id = %s AND sealed_at IS NULL").format(
                sql.Identifier(each.schema, "people_person")
            )
            if owner.execute("SELECT to_regclass(%s)", [f"{each.schema}.people_person"]).fetchone() == (
                None,
            ):
                continue
            if owner.execute(query, [each.person_id]).fetchone():
                clear.append(each)
    if clear:
        yield problem(
            "sealed persons",
            f"{len(clear)} persons of the register are in clear in the database",
            "restore through `palier restore`, which seals them again",
        )


def _crisis_logs(_at: datetime) -> Iterator[Finding]:
    """The chain of every crisis log holds from its first entry to its head."""
    from palier.kernel.organisations.current import open_organisation
    from palier.kernel.organisations.models import Organisation
    from palier.modules.continuity.selectors.log import chain_report

    entries = 0
    for organisation in Organisation.objects.filter(kind="landlord").order_by("slug"):
        with open_organisation(organisation):
            report = chain_report()
        entries += report.entries
        if not report.whole:
            first = report.breaks[0]
            yield problem(
                "crisis log",
                f"{organisation.slug}: {len(report.breaks)} breaks, first at {first.seq} ({first.code})",
                "compare its head with the last printed situation report, and with the last backup",
            )
    yield ok("crisis log", f"{entries} entries read")


def _second_factors(at: datetime) -> Iterator[Finding]:
    """Members whose role must have a second factor and who have none, organisation by organisation."""
    from palier.kernel.accounts import selectors
    from palier.kernel.accounts.services.second_factor import policy_of
    from palier.kernel.organisations.models import Organisation

    late = 0
    for organisation in Organisation.objects.select_related("security_policy").order_by("slug"):
        forced = set(policy_of(organisation).forced_roles)
        if not forced and not organisation.is_demonstration:
            yield remark(
                "second factor",
                f"{organisation.slug}: no role must have one",
                "choose the roles on its page “Security of sign-in”",
            )
        without = [
            row.email
            for row in selectors.members(organisation.pk)
            if row.is_active and not row.has_second_factor and forced & set(row.roles)
        ]
        if without:
            late += len(without)
            yield remark(
                "second factor",
                f"{organisation.slug}: {len(without)} members must have one and have none ({without[0]}…)",
                "ask them to sign in and set it up: past the time left, they open nothing",
            )
    if not late:
        yield ok("second factor", "everybody who must have one has one")


def _identity_providers(_at: datetime) -> Iterator[Finding]:
    """The file of identity providers can be read, and each provider answers as it should."""
    from django.conf import settings

    from palier.kernel.accounts import oidc
    from palier.kernel.errors import DomainError
    from palier.kernel.organisations.models import Organisation

    for trouble in settings.IDENTITY_PROVIDER_PROBLEMS:
        yield problem(
            "identity providers", trouble, "mend PALIER_OIDC_FILE: docs/accounts.md shows its shape"
        )
    for provider in settings.IDENTITY_PROVIDERS:
        mapped = provider.mapping
        if mapped and not Organisation.objects.filter(slug=mapped.organisation).exists():
            yield problem(
                "identity providers",
                f"{provider.key}: its roles are for {mapped.organisation}, which is no organisation here",
                "give the slug of one: `palier organisations` lists them",
            )
        unknown = (
            sorted({role for given in mapped.roles.values() for role in given} - set(Role.values))
            if mapped
            else []
        )
        if unknown:
            yield problem(
                "identity providers",
                f"{provider.key}: unknown roles {', '.join(unknown)}",
                f"the roles are {', '.join(Role.values)}",
            )
        try:
            oidc.configuration(provider, fresh=True)
        except DomainError:
            yield problem(
                "identity providers",
                f"{provider.key}: {provider.discovery_url} does not answer as that issuer",
                "check its address, and that this machine reaches it",
            )
        else:
            yield ok("identity providers", f"{provider.key}: {provider.issuer} answers")


def _retention(at: datetime) -> Iterator[Finding]:
    """The chain of proofs holds, no purge stays cut, no class waits to be confirmed, no answer is late."""
    from django.utils.timezone import localdate

    from palier.kernel.organisations.current import open_organisation
    from palier.kernel.organisations.models import Organisation
    from palier.kernel.retention.selectors.proofs import chain_break
    from palier.kernel.retention.selectors.rules import late_requests, tally

    on = off = 0
    for organisation in Organisation.objects.order_by("slug"):
        with open_organisation(organisation):
            broken, found, late = chain_break(), tally(on=localdate(at)), late_requests(on=localdate(at))
        on, off = on + found.on, off + found.off
        if broken:
            yield problem(
                "retention",
                f"{organisation.slug}: the chain of proofs breaks at {broken}",
                "compare it with the printed certificates and with the last backup",
            )
        if found.running:
            yield remark(
                "retention",
                f"{organisation.slug}: {found.running} purges were cut",
                "they go on tonight by themselves",
            )
        if found.to_confirm:
            yield remark(
                "retention",
                f"{organisation.slug}: {len(found.to_confirm)} durations changed since they were confirmed",
                "confirm their dry run again on the page of durations",
            )
        if late:
            yield problem(
                "retention",
                f"{organisation.slug}: {late} persons wait for an answer past its day",
                "answer them now",
            )
    yield ok("retention", f"{on} classes of data are purged every night, {off} wait for a decision")
