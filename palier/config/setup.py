"""Bring an installation from nothing to ready: files, database, reference tables, demonstration.

Every step may be run again: what is already done costs nothing, what was interrupted is done over.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from django.db import connection
from django.utils import timezone

from palier.config.assets import NODE_MODULES, build_assets
from palier.config.environment import ENV, PROJECT_ROOT
from palier.config.messages import PO, compile_catalogue
from palier.config.start import acting_as_owner

Tell = Callable[[str], None]


def prepare_files(tell: Tell) -> None:
    """What needs no database: assets, compiled translations, folders, the master key."""
    from palier.kernel.keys import ensure_master_key

    build_assets(tell)
    if PO.exists():
        compile_catalogue()
    ENV.files.mkdir(parents=True, exist_ok=True, mode=0o700)
    ensure_master_key()


def prepare_database(tell: Tell) -> None:
    """Migrate what waits, then load the official places. The database is up."""
    from palier.kernel.geography.loading import load_geography

    migrate(tell)
    if load_geography(node_modules=NODE_MODULES, at=timezone.now()):
        tell("Loaded the communes, departments and regions.")


def migrate(tell: Tell) -> None:
    """Bring every schema to this version's tables; at once when none has changed since the last time."""
    from palier.kernel.organisations.provision import migrate_all

    wanted = f"palier migrations {migrations_fingerprint()}"
    with acting_as_owner():
        if _stamp_of_database() == wanted:
            return
        tell("Preparing the tables…")
        migrate_all(tell=lambda name: tell(f"  {name}"))
        _write_stamp(wanted)


def migrations_fingerprint() -> str:
    """Changes with any migration of ours, or of the packages (their versions are in the lock)."""
    digest = hashlib.sha256((PROJECT_ROOT / "requirements" / "runtime.txt").read_bytes())
    sources = [
        *(PROJECT_ROOT / "palier").rglob("migrations/*.py"),
        *(PROJECT_ROOT / "palier/kernel/organisations").glob("*.py"),
        PROJECT_ROOT / "palier/config/settings/base.py",
    ]
    for path in sorted(sources):
        digest.update(path.relative_to(PROJECT_ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _stamp_of_database() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _write_stamp(stamp: str) -> None:
    """On another server the owner of the schemas may not own the database: then nothing is kept."""
    from django.db import DatabaseError, transaction
    from psycopg import sql

    name = sql.Identifier(str(connection.settings_dict["NAME"]))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(stamp)))
    except DatabaseError:
        return


def demonstration_is_wanted() -> bool:
    """True on an empty database, and where an earlier loading of the demonstration was interrupted."""
    from palier.kernel.organisations.models import Organisation

    return unfinished_mark().exists() or not Organisation.objects.exists()


def unfinished_mark() -> Path:
    return ENV.data / "demonstration.unfinished"


def load_demonstration(load: Callable[[], None]) -> None:
    """Load it whole: what a killed loading has left is dropped first, and the mark is removed last."""
    from palier.kernel.organisations.models import Organisation
    from palier.kernel.organisations.provision import drop_organisation

    if unfinished_mark().exists():
        with acting_as_owner():
            for organisation in Organisation.objects.filter(is_demonstration=True):
                drop_organisation(organisation)
    unfinished_mark().touch()
    load()
    unfinished_mark().unlink(missing_ok=True)


def is_migrated() -> bool:
    """True when every schema has this version's tables."""
    with acting_as_owner():
        if _stamp_of_database() == f"palier migrations {migrations_fingerprint()}":
            return True
        return not any(pending_by_schema().values())


def pending_by_schema() -> dict[str, list[str]]:
    """The migrations that each schema waits for. Runs as the owner."""
    from palier.kernel.organisations.models import Organisation
    from palier.kernel.organisations.provision import pending_migrations

    waiting = {"public": pending_migrations("public", "public")}
    if waiting["public"]:
        # The table of organisations may not even be there yet.
        return waiting
    for organisation in Organisation.objects.order_by("schema_name"):
        waiting[organisation.schema_name] = pending_migrations(organisation.schema_name, organisation.kind)
    return waiting


def demonstration_sign_ins() -> list[str]:
    """The demonstration's accounts, as lines to print; none where the installation is in earnest."""
    from palier.kernel.organisations.models import Organisation

    if not Organisation.objects.filter(is_demonstration=True).exists():
        return []
    try:
        from palier.config.demo import sign_ins
    except ImportError:
        return []
    return [str(line) for line in sign_ins()]
