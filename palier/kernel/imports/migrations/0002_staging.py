"""The checking area: two unlogged tables, and the two things that an organisation's role may not do by itself."""

from django.db import migrations

COLUMNS = ", ".join(f"v{i:02d} text" for i in range(1, 91))

TABLES = f"""
CREATE UNLOGGED TABLE import_stage (
    batch_id uuid NOT NULL,
    line integer NOT NULL,
    chunk integer NOT NULL,
    verdict text NOT NULL,
    cells jsonb,
    {COLUMNS}
);
CREATE INDEX import_stage_line_idx ON import_stage (batch_id, line);
CREATE INDEX import_stage_chunk_idx ON import_stage (batch_id, chunk);
CREATE UNLOGGED TABLE import_issue (
    batch_id uuid NOT NULL,
    line integer NOT NULL,
    column_name text NOT NULL,
    code text NOT NULL,
    severity text NOT NULL,
    value text,
    proposal text,
    data jsonb NOT NULL DEFAULT '{{}}',
    origin text NOT NULL DEFAULT 'value'
);
CREATE INDEX import_issue_line_idx ON import_issue (batch_id, line);
"""

# TRUNCATE and ANALYZE belong to the owner. Truncating is only for an area in which nobody else is: without the lock,
# another batch that has not committed yet would be emptied after it has.
FUNCTIONS = """
DO $do$ BEGIN EXECUTE format($def$
CREATE FUNCTION prepare_staging(batch uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = %1$I, pg_temp AS $body$
BEGIN
    BEGIN
        LOCK TABLE import_stage, import_issue IN ACCESS EXCLUSIVE MODE NOWAIT;
        IF NOT EXISTS (SELECT 1 FROM import_stage WHERE batch_id <> batch)
           AND NOT EXISTS (SELECT 1 FROM import_issue WHERE batch_id <> batch) THEN
            TRUNCATE import_stage, import_issue;
            RETURN;
        END IF;
    EXCEPTION WHEN lock_not_available THEN NULL;
    END;
    DELETE FROM import_stage WHERE batch_id = batch;
    DELETE FROM import_issue WHERE batch_id = batch;
END $body$;
CREATE FUNCTION analyse_staging() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = %1$I, pg_temp AS $body$
BEGIN
    ANALYZE import_stage;
    ANALYZE import_issue;
END $body$;
REVOKE ALL ON FUNCTION prepare_staging(uuid), analyse_staging() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prepare_staging(uuid), analyse_staging() TO %1$I;
$def$, current_schema()); END $do$;
"""

UNDO = """
DROP FUNCTION prepare_staging(uuid);
DROP FUNCTION analyse_staging();
DROP TABLE import_stage, import_issue;
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_tables")]

    operations = [migrations.RunSQL(TABLES + FUNCTIONS, UNDO)]
