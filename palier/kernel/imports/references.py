"""Reference tables as frames, for the types that look a value up."""

from functools import lru_cache

import polars as pl
from django.db import connection

from palier.kernel.imports.values import commune_key


def communes() -> pl.DataFrame:
    """Code as files may write it, today's code, comparable name, postcode: one row per pair of name and postcode."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM geography_commune), (SELECT max(loaded_at)::text FROM geography_edition)"
        )
        edition = cursor.fetchone()
    return _communes(str(edition))


@lru_cache(maxsize=1)
def _communes(_edition: str) -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.code, c.code, c.name, p.postcode FROM geography_commune c
            LEFT JOIN LATERAL unnest(c.postcodes) AS p(postcode) ON true
            UNION ALL SELECT f.code, f.commune_id, nullif(f.name, ''), NULL FROM geography_former_commune f"""
        )
        found = cursor.fetchall()
    schema = {"code": pl.String, "today": pl.String, "name": pl.String, "postcode": pl.String}
    frame = pl.DataFrame(found, schema=schema, orient="row")
    return frame.with_columns(commune_key(pl.col("name")).alias("name_key")).drop("name")
