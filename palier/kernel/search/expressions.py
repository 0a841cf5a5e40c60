"""The search key as a column that the database keeps by itself."""

from typing import Any

from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat


class SearchKey(models.Func):
    """`public.search_key(text)`: lower case, no accents, one space between words. Immutable, so it can be
    stored.
    """

    function = "public.search_key"
    arity = 1
    output_field = models.TextField()


def search_key_column(*sources: str | Combinable) -> models.GeneratedField:
    """Declare a stored column that holds the search key of other columns of the row.

    A column that the database computes cannot be forgotten: emptying a name empties its key.
    """
    parts: list[Any] = []
    for source in sources:
        parts += [source, models.Value(" ")]
    text = Concat(*parts, output_field=models.TextField())
    return models.GeneratedField(expression=SearchKey(text), output_field=models.TextField(), db_persist=True)
