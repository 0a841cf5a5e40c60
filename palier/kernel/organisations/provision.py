"""Making schemas, roles and rights. Runs in processes whose default connection is the owner's.

`prepare_shared` comes before the first migration, because default privileges and the functions
that tables call must exist before the tables do.
"""

from collections.abc import Callable
from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from palier.kernel.errors import DomainError
from palier.kernel.organisations.current import switching
from palier.kernel.organisations.models import Organisation, OrganisationKind, schema_of

APPLICATION_ROLE = "palier_app"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")

_UUID7_NATIVE = "SELECT uuidv7()"
# 48 bits of milliseconds laid over a random UUID, then the version (7) and the variant bits (RFC 9562, 5.7).
_UUID7_COMPOSED = """
SELECT encode(
    set_bit(set_bit(
        overlay(uuid_send(gen_random_uuid())
                PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                FROM 1 FOR 6),
        52, 1), 53, 1), 'hex')::uuid
"""

_AUDIT = """
CREATE OR REPLACE FUNCTION public.palier_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
DECLARE
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
    changes jsonb;
BEGIN
    SELECT jsonb_object_agg(key, jsonb_build_array(old_row -> key, new_row -> key)) INTO changes
    FROM (SELECT jsonb_object_keys(old_row || new_row)) AS keys(key)
    WHERE (old_row -> key) IS DISTINCT FROM (new_row -> key)
      AND NOT key = ANY (coalesce(TG_ARGV, '{}'));
    IF changes IS NOT NULL THEN
        EXECUTE format(
            'INSERT INTO %I.audit_entry (id, at, table_name, row_id, operation, changes, actor)'
            ' VALUES (public.uuid7(), clock_timestamp(), $1, $2, $3, $4, $5)', TG_TABLE_SCHEMA)
        USING TG_TABLE_NAME::text, coalesce(new_row ->> 'id', old_row ->> 'id'), lower(TG_OP), changes,
              coalesce(current_setting('palier.actor', true), '');
    END IF;
    RETURN NULL;
END
$body$
"""


class SlugTaken(DomainError):
    code = "organisations.slug-taken"
    message = "An organisation already has the slug “{slug}”."


def prepare_shared() -> None:
    """Create what every schema leans on: extensions, functions, and the application's rights on shared tables."""
    with connection.cursor() as cursor:
        for extension in EXTENSIONS:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public")
        cursor.execute("SELECT current_setting('server_version_num')::int")
        body = _UUID7_NATIVE if cursor.fetchone()[0] >= 180000 else _UUID7_COMPOSED
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION public.uuid7() RETURNS uuid LANGUAGE sql VOLATILE AS $$ {body} $$"
        )
        cursor.execute(_AUDIT)
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION_ROLE}")
        for objects, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
            cursor.execute(
                f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {objects} TO {APPLICATION_ROLE}"
            )


def migrate_all(*, tell: Callable[[str], None] = lambda line: None) -> None:
    """Bring the shared schema and every organisation's to the latest state. Safe to run again after a kill."""
    prepare_shared()
    tell("shared schema")
    migrate_schema("public", "public")
    for organisation in Organisation.objects.order_by("schema_name"):
        tell(organisation.schema_name)
        create_schema(organisation.schema_name)
        migrate_schema(organisation.schema_name, organisation.kind)


def migrate_schema(schema: str, kind: str) -> None:
    """Migrate one schema with the apps of its kind."""
    switching().set_schema(schema, include_public=False, tenant_type=kind)
    try:
        MigrationRecorder(connection).ensure_schema()
        switching().set_schema(schema, tenant_type=kind)
        Migrate().execute(**_quiet_options())
    finally:
        switching().set_schema_to_public()


def pending_migrations(schema: str, kind: str) -> list[str]:
    """The migrations that this schema still waits for: what doctor reports."""
    switching().set_schema(schema, tenant_type=kind)
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return [str(migration) for migration, _backwards in plan if _concerns(migration.app_label)]
    finally:
        switching().set_schema_to_public()


def _concerns(app_label: str) -> bool:
    from django.db import router

    return router.allow_migrate("default", app_label)


def _quiet_options() -> dict[str, Any]:
    return {
        "app_label": None,
        "migration_name": None,
        "interactive": False,
        "database": "default",
        "verbosity": 0,
        "fake": False,
        "fake_initial": False,
        "plan": False,
        "run_syncdb": False,
        "check_unapplied": False,
        "prune": False,
        "skip_checks": True,
        "traceback": False,
        "no_color": True,
        "force_color": False,
    }


def create_schema(name: str) -> None:
    """Create an organisation's role and schema with their rights, where they are missing.

    The role has DML on every table through default privileges; `restrict_rights` takes back what
    a table does not allow.
    """
    role, application = sql.Identifier(name), sql.Identifier(APPLICATION_ROLE)
    statements = [
        sql.SQL("GRANT {role} TO {application}"),
        sql.SQL("CREATE SCHEMA IF NOT EXISTS {role}"),
        sql.SQL("GRANT USAGE ON SCHEMA {role} TO {role}"),
        sql.SQL(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {role} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"
        ),
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA {role} GRANT USAGE, SELECT ON SEQUENCES TO {role}"),
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {role} NOLOGIN").format(role=role))
        for statement in statements:
            cursor.execute(statement.format(role=role, application=application))


def create_organisation(*, slug: str, name: str, kind: str, **fields: Any) -> Organisation:
    """Create an organisation with its role, schema and tables. The row comes last: half-made ones do not show.

    Raises: SlugTaken, ValidationError.
    """
    organisation = Organisation(
        slug=slug, name=name, kind=OrganisationKind(kind), schema_name=schema_of(slug), **fields
    )
    if Organisation.objects.filter(slug=slug).exists():
        raise SlugTaken(slug=slug)
    organisation.clean_fields(exclude=["id"])
    create_schema(organisation.schema_name)
    migrate_schema(organisation.schema_name, organisation.kind)
    organisation.save()
    return organisation


def drop_organisation(organisation: Organisation) -> None:
    """Erase an organisation whole: its schema, its role and its row."""
    name = sql.Identifier(organisation.schema_name)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))
        cursor.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))
        organisation.delete()
