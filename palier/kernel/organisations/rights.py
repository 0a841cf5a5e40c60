"""What an organisation's role may not do on some of its tables, as a migration operation."""

from typing import Any

from django.db import router
from django.db.migrations.operations.base import Operation

# Table -> rights left to the organisation's role; a test compares the whole catalogue with this list.
RESTRICTED: dict[str, tuple[str, ...]] = {
    "django_migrations": ("SELECT",),
    "audit_entry": ("SELECT",),
    "journal_entry": ("INSERT", "SELECT"),
    "continuity_mode_change": ("INSERT", "SELECT"),
    "continuity_log_entry": ("INSERT", "SELECT"),
    "people_sealed_reading": ("INSERT", "SELECT"),
    "retention_proof": ("INSERT", "SELECT"),
    "support_file_reading": ("INSERT", "SELECT", "DELETE"),
}


class RestrictRights(Operation):
    """Leave the organisation's role only these rights on a table: `RestrictRights("audit_entry", "SELECT")`."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str, *rights: str) -> None:
        self.table, self.rights = table, rights

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        return self.__class__.__qualname__, (self.table, *self.rights), {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        return None

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        # An app of landlords has no table in a federation's schema, nor in the shared one.
        if not router.allow_migrate(schema_editor.connection.alias, app_label):
            return
        schema_editor.execute(
            f"""DO $do$ BEGIN
            EXECUTE format('REVOKE ALL ON {self.table} FROM %I', current_schema());
            EXECUTE format('GRANT {", ".join(self.rights)} ON {self.table} TO %I', current_schema());
            END $do$""",
            params=None,
        )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(
            f"""DO $do$ BEGIN
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON {self.table} TO %I', current_schema());
            END $do$""",
            params=None,
        )

    def describe(self) -> str:
        return f"Leave the organisation's role {', '.join(self.rights)} on {self.table}"
