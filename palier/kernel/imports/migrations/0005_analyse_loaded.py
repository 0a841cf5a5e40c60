"""Let a load have the tables that it fills analysed: what it inserts is unknown to the planner until then."""

from django.db import migrations

FUNCTION = """
DO $do$ BEGIN EXECUTE format($def$
CREATE FUNCTION analyse_loaded(loaded text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = %1$I, pg_temp AS $body$
BEGIN
    EXECUTE format('ANALYZE %%I.%%I', %1$L, loaded);
END $body$;
REVOKE ALL ON FUNCTION analyse_loaded(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analyse_loaded(text) TO %1$I;
$def$, current_schema()); END $do$;
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0004_unreadable")]

    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION analyse_loaded(text)")]
