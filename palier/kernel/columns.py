"""Shapes of columns that many tables share."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


def text(**options: Any) -> "models.TextField[Any, Any]":
    """Return a text that is empty, never NULL, when unknown; COPY and set-based inserts may leave it out."""
    return models.TextField(blank=True, default="", db_default="", **options)


def flag(**options: Any) -> "models.BooleanField[Any, Any]":
    """Return a yes or no that is no when nobody said otherwise."""
    return models.BooleanField(default=False, db_default=False, **options)


def known(
    field: str, choices: type[models.TextChoices], name: str, *, blank: bool = False
) -> models.CheckConstraint:
    """Return the constraint that lists the values a column may hold."""
    values = list(dict.fromkeys([*choices.values, ""] if blank else choices.values))
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": values}),
        name=name,
        violation_error_message=_("Choose one of the values proposed."),
    )
