"""Finding rows by what people type: any order of words, no accents, a few typing errors.

The columns searched hold search keys and carry a `gin_trgm_ops` index.
"""

from typing import Any, TypeVar

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, models
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import StrIndex

from palier.kernel.search.keys import words_of

Row = TypeVar("Row", bound=models.Model)

TOLERANCE = 0.5
"""How alike two words must be, from 0 to 1. 0.5 finds « Martni » for « Martin », and « Dupond » for «
Dupont ».
"""
SHORTEST_TOLERANT_WORD = 4
"""Under four letters a typing error leaves too little to recognise a word."""


def matching(rows: QuerySet[Row], text: str, *, column: str = "search_key") -> QuerySet[Row]:
    """Keep the rows that hold every word typed, or the beginning of it. Nothing typed keeps everything."""
    for word in words_of(text):
        rows = rows.filter(**{f"{column}__contains": word})
    return rows


def resembling(rows: QuerySet[Row], text: str, *, column: str = "search_key") -> QuerySet[Row]:
    """Keep the rows that hold every word typed or one that resembles it, the most alike first."""
    words = words_of(text)
    _set_tolerance()
    for word in words:
        found = Q(**{f"{column}__contains": word})
        if len(word) >= SHORTEST_TOLERANT_WORD:
            found |= Q(**{f"{column}__trigram_word_similar": word})
        rows = rows.filter(found)
    if not words:
        return rows
    likeness = TrigramWordSimilarity(" ".join(words), F(column))
    ranked: Any = rows.annotate(likeness=likeness)
    return ranked.order_by("-likeness", column, "pk")


def best_matches(rows: QuerySet[Row], text: str, *, limit: int, column: str = "search_key") -> list[Row]:
    """Return at most `limit` rows: exact words first, then, where they are few, what resembles them."""
    words = words_of(text)
    if not words:
        return []
    exact = matching(rows, text, column=column).annotate(place=StrIndex(F(column), Value(words[0])))
    found = list(exact.order_by("place", column, "pk")[:limit])
    if len(found) < min(limit, 3):
        near = resembling(rows, text, column=column).exclude(pk__in=[row.pk for row in found])
        found += list(near[: limit - len(found)])
    return found


def narrowed(rows: QuerySet[Row], text: str, *, column: str = "search_key") -> QuerySet[Row]:
    """Return what a list shows for a text typed in its search box: exact words, else what resembles them."""
    if not words_of(text):
        return rows
    exact = matching(rows, text, column=column)
    return exact if exact.exists() else resembling(rows, text, column=column)


def _set_tolerance() -> None:
    # Local to the transaction: the next request finds the server's own setting.
    with connection.cursor() as cursor:
        params: list[Any] = [str(TOLERANCE)]
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", params)
