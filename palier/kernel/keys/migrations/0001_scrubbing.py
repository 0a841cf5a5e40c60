"""What the organisation's role may not do by itself: erase a sealed person from its audit and its journal.

Both run with the owner's rights, on the schema of the role that calls them and on no other, and each use is
written in the journal by the sealing that makes it.
"""

from django.db import migrations

# Escapes of JSON (\n, \u2019) are taken out before the text is compared: they would glue themselves to the words.
KEY_OF_JSON = r"""
CREATE OR REPLACE FUNCTION public.search_key_of_json(source jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN public.search_key(regexp_replace(source::text, '\\(u[0-9a-fA-F]{4}|.)', ' ', 'g'));
"""

# A column that names her, or any column of a row that was hers, loses its values and keeps its name.
SCRUB_AUDIT = r"""
CREATE OR REPLACE FUNCTION public.scrub_audit(hers text[], pattern text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    changed integer;
BEGIN
    EXECUTE format($sql$
        UPDATE %1$I.audit_entry AS entry
        SET changes = (
            SELECT coalesce(jsonb_object_agg(key, CASE
                WHEN entry.row_id = ANY ($1) OR public.search_key_of_json(value) ~ $2
                  OR EXISTS (SELECT FROM unnest($1) AS id WHERE value::text LIKE '%%' || id || '%%')
                THEN '["█", "█"]'::jsonb ELSE value END), '{}')
            FROM jsonb_each(entry.changes))
        WHERE row_id = ANY ($1) OR public.search_key_of_json(changes) ~ $2
           OR EXISTS (SELECT FROM unnest($1) AS id WHERE changes::text LIKE '%%' || id || '%%')
    $sql$, public.organisation_role()) USING hers, pattern;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END
$body$;
"""

SCRUB_JOURNAL = r"""
CREATE OR REPLACE FUNCTION public.scrub_journal(hers text[], pattern text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    changed integer;
BEGIN
    EXECUTE format($sql$
        UPDATE %1$I.journal_entry AS entry
        SET data = (
            SELECT coalesce(jsonb_object_agg(key, CASE
                WHEN entry.subject_id = ANY ($1) OR public.search_key_of_json(value) ~ $2
                THEN '"█"'::jsonb ELSE value END), '{}')
            FROM jsonb_each(entry.data))
        WHERE entry.data <> '{}' AND (subject_id = ANY ($1) OR public.search_key_of_json(data) ~ $2)
    $sql$, public.organisation_role()) USING hers, pattern;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END
$body$;
"""

# Inside a function that runs with the owner's rights, `current_user` is the owner: the role taken by the caller is
# in the setting. Outside an organisation there is nothing to erase.
ORGANISATION_ROLE = r"""
CREATE OR REPLACE FUNCTION public.organisation_role() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    taken text := current_setting('role');
BEGIN
    IF taken NOT LIKE 'org\_%' THEN
        RAISE EXCEPTION 'no organisation is open here' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN taken;
END
$body$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("search", "0001_search_key")]
    operations = [
        migrations.RunSQL(KEY_OF_JSON, "DROP FUNCTION public.search_key_of_json(jsonb)"),
        migrations.RunSQL(ORGANISATION_ROLE, "DROP FUNCTION public.organisation_role()"),
        migrations.RunSQL(SCRUB_AUDIT, "DROP FUNCTION public.scrub_audit(text[], text)"),
        migrations.RunSQL(SCRUB_JOURNAL, "DROP FUNCTION public.scrub_journal(text[], text)"),
    ]
