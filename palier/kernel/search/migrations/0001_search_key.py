"""The extensions and the one function by which every text of the house is compared."""

from django.db import migrations

CREATE = r"""
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;
CREATE OR REPLACE FUNCTION public.search_key(source text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(
        lower(public.unaccent('public.unaccent'::regdictionary, source)), '[^[:alnum:]]+', ' ', 'g'));
"""


class Migration(migrations.Migration):
    """Declared immutable although `unaccent` is not: the dictionary is that of the server and is never edited."""

    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION IF EXISTS public.search_key(text)")]
