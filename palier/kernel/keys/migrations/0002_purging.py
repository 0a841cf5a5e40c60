"""What the organisation's role may not do by itself: let go of old audit and journal lines.

Both run with the owner's rights, on the schema of the role that calls them and on no other. The first only forgets rows
that no longer exist; the second refuses lines younger than the law's least, whatever the organisation decided.
"""

from django.db import migrations

PURGE_AUDIT_OF = r"""
CREATE OR REPLACE FUNCTION public.purge_audit_of(of_table text, ids uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    changed integer;
    gone text[];
BEGIN
    EXECUTE format($sql$
        SELECT array_agg(one::text) FROM unnest($1) AS one
        WHERE NOT EXISTS (SELECT FROM %I.%I AS living WHERE living.id = one)
    $sql$, public.organisation_role(), of_table) INTO gone USING ids;
    EXECUTE format('DELETE FROM %I.audit_entry WHERE table_name = $1 AND row_id = ANY ($2)', public.organisation_role())
    USING of_table, gone;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END
$body$;
"""

# CNIL, délibération n° 2021-122 du 14 octobre 2021: six months at least for logs; three years where access is by name.
PURGE_OLD = r"""
CREATE OR REPLACE FUNCTION public.purge_old(of_table text, ids uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    changed integer;
    least interval := CASE of_table
        WHEN 'audit_entry' THEN interval '180 days'
        WHEN 'journal_entry' THEN interval '180 days'
        WHEN 'people_sealed_reading' THEN interval '3 years'
    END;
BEGIN
    IF least IS NULL THEN
        RAISE EXCEPTION 'nothing is purged from %', of_table USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DELETE FROM %I.%I WHERE id = ANY ($1) AND at < now() - $2', public.organisation_role(), of_table)
    USING ids, least;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END
$body$;
"""


class Migration(migrations.Migration):
    dependencies = [("keys", "0001_scrubbing")]
    operations = [
        migrations.RunSQL(PURGE_AUDIT_OF, "DROP FUNCTION public.purge_audit_of(text, uuid[])"),
        migrations.RunSQL(PURGE_OLD, "DROP FUNCTION public.purge_old(text, uuid[])"),
    ]
