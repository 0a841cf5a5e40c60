"""One row in every table of a landlord, with a canary in every text: what must never cross the wall.

Rows are made from the models themselves, so a new table joins by itself; `RECIPES` helps where a
constraint asks for more than "something that fits".
"""

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.ranges import RangeField
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.utils import timezone

from palier.kernel.models import new_id
from tests.wall.recipes import MAKERS, RECIPES

CANARY = "canari-de-beta-7f3a"
# Texts that programs read: a canary there would only break the page that should show the others.
MACHINE_READ = {
    *(
        "action",
        "code",
        "key",
        "slug",
        "service",
        "kind",
        "template",
        "language",
        "media_type",
        "path",
        "file_path",
        "permission",
        "filename",
    ),
    *("hash", "previous_hash", "text_digest", "salt", "sha256", "file_sha256"),
}


class World:
    """The rows made, by model; the latest of each is the sample that routes are tried with."""

    def __init__(self) -> None:
        self.rows: dict[type[models.Model], models.Model] = {}
        self.failures: dict[str, str] = {}

    def row(self, model: type[models.Model]) -> models.Model:
        """The model's row, made with its parents first."""
        if model not in self.rows:
            maker = MAKERS.get(model._meta.label)
            existing = model._base_manager.first()
            self.rows[model] = maker(CANARY) if maker else existing or self.make(model)
        return self.rows[model]

    def make(self, model: type[models.Model]) -> models.Model:
        """One more row of the model."""
        try:
            return self._insert(model, blank_texts=True)
        except IntegrityError:
            return self._insert(model, blank_texts=False)

    def _insert(self, model: type[models.Model], *, blank_texts: bool) -> models.Model:
        recipe = RECIPES.get(model._meta.label, {})
        given = {name: value(self) if callable(value) else value for name, value in recipe.items()}
        for field in model._meta.concrete_fields:
            if field.name not in given and not isinstance(field, models.GeneratedField):
                value = self._value(field, blank_texts)
                if value is not _KEEP:
                    given[field.name] = value
        with transaction.atomic():
            instance = model(**given)
            instance.save(force_insert=True)
        return instance

    def _value(self, field: models.Field, blank_texts: bool) -> Any:
        if field.primary_key or (field.has_default() and not isinstance(field, models.TextField)):
            return _KEEP
        if isinstance(field, models.ForeignKey):
            return _KEEP if field.null else self.row(field.related_model)
        if field.choices:
            return field.default if field.has_default() else next(iter(dict(field.flatchoices)))
        if isinstance(field, models.CharField | models.TextField):
            if field.blank and blank_texts and not field.unique:
                # The canary comes afterwards, where the column's own shape allows it.
                return ""
            return f"{CANARY}-{new_id().hex[-6:]}"[: field.max_length]
        if field.null or field.has_db_default():
            return _KEEP
        return _filler(field)


_KEEP: Any = object()


def _filler(field: models.Field) -> Any:
    kinds: list[tuple[Any, Callable[[], Any]]] = [
        (models.BooleanField, lambda: False),
        (models.DateTimeField, timezone.now),
        (models.DateField, date.today),
        (models.TimeField, lambda: time(9)),
        (models.DurationField, lambda: timedelta(hours=1)),
        (models.DecimalField, lambda: Decimal(1)),
        (models.UUIDField, new_id),
        (models.BinaryField, lambda: b"x"),
        (models.JSONField, dict),
        (ArrayField, list),
        (RangeField, lambda: None),
        (models.IntegerField, lambda: 1),
        (models.FloatField, lambda: 1.0),
    ]
    return next(make() for kind, make in kinds if isinstance(field, kind))


def landlord_models() -> Iterator[type[models.Model]]:
    for name in settings.TENANT_TYPES["landlord"]["APPS"]:
        yield from apps.get_app_config(name.rsplit(".", 1)[-1]).get_models()


def build() -> World:
    """Make one row of each table in the organisation that is open, then write the canary in every text."""
    world = World()
    # Twice: the audit's rows are made by the triggers of the other tables.
    for model in [*landlord_models(), *landlord_models()]:
        try:
            world.row(model)
        except (DatabaseError, TypeError, ValueError, StopIteration) as problem:
            world.failures[model._meta.label] = f"{type(problem).__name__}: {problem}"
        else:
            world.failures.pop(model._meta.label, None)
    _write_canaries()
    return world


def _write_canaries() -> None:
    """Texts without a closed list carry the canary too; a column whose constraint refuses it stays as it is."""
    for model in landlord_models():
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField) and not isinstance(
                field, models.GeneratedField
            )
            if not is_text or field.choices or field.primary_key or field.name in MACHINE_READ:
                continue
            column, table = (
                connection.ops.quote_name(field.column),
                connection.ops.quote_name(model._meta.db_table),
            )
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(
                        f"UPDATE {table} SET {column} = {column} || ' ' || %s WHERE {column} NOT LIKE %s",
                        [CANARY, f"%{CANARY}%"],
                    )
            except DatabaseError:
                continue
