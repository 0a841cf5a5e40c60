"""Attach the audit trigger to a table, in that table's own migration.

operations = [migrations.CreateModel("Person", …), attach_audit("people_person", except_for=("search_key",))]
"""

from django.db import migrations


def attach_audit(table: str, *, except_for: tuple[str, ...] = ()) -> migrations.RunSQL:
    """Record each change of a row. `except_for`: derived columns that would say everything twice.

    Bulk loads set `palier.bulk_load` for their transaction: their batch is the trace.
    """
    arguments = ", ".join(f"'{column}'" for column in except_for)
    return migrations.RunSQL(
        f"""CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW
        WHEN (current_setting('palier.bulk_load', true) IS DISTINCT FROM 'on')
        EXECUTE FUNCTION public.palier_audit({arguments})""",
        f"DROP TRIGGER audit ON {table}",
    )
