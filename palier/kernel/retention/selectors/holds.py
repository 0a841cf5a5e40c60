"""What is held on a day, and what belongs to it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from palier.kernel.access import Actor
from palier.kernel.audit.registry import page_of
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.retention.models import LegalHold
from palier.kernel.retention.persons import subject_kinds
from palier.kernel.retention.registry import Holds, belongings_of
from palier.kernel.retention.tracing import model_of, pointing_at


@dataclass(frozen=True)
class HoldLine:
    """One hold as the page lists it."""

    id: UUID
    title: str
    url: str
    nature: str
    nature_label: str
    reason: str
    placed_at: datetime
    placed_by: str
    until: date | None
    lifted_at: datetime | None
    lifted_by: str
    lifted_reason: str
    in_force: bool


def holds_on(on: date) -> Holds:
    """Return every held row on a day: those held by name, and those that belong to them."""
    named: dict[str, set[str]] = defaultdict(set)
    for table, row_id in LegalHold.objects.in_force(on).values_list("about_table", "about_id"):
        named[table].add(str(row_id))
    every = {table: set(ids) for table, ids in named.items()}
    for table, ids in named.items():
        for other, theirs in _belongings(table, sorted(ids)):
            every.setdefault(other, set()).update(str(one) for one in theirs)
    return Holds({table: frozenset(ids) for table, ids in every.items()})


def _belongings(table: str, ids: list[str]) -> Iterable[tuple[str, Iterable[object]]]:
    model = model_of(table)
    if model is None:
        return
    for relation in pointing_at(model):
        rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": ids})
        yield relation.related_model._meta.db_table, rows.values_list("pk", flat=True)
    for function in belongings_of(table):
        yield from function(ids).items()


def hold_lines(*, on: date, actor: Actor, about: tuple[str, UUID] | None = None) -> list[HoldLine]:
    """The holds, those in force first, each under the name that the actor may read."""
    rows = LegalHold.objects.order_by("lifted_at", "-placed_at")
    if about:
        rows = rows.filter(about_table=about[0], about_id=about[1])
    lines = [_line(row, on, actor) for row in rows]
    return sorted(lines, key=lambda one: not one.in_force)


def _line(row: LegalHold, on: date, actor: Actor) -> HoldLine:
    title, url = title_of(row.about_table, row.about_id, actor)
    return HoldLine(
        id=row.pk,
        title=title,
        url=url,
        nature=row.nature,
        nature_label=row.get_nature_display(),
        reason=row.reason,
        placed_at=row.placed_at,
        placed_by=row.placed_by,
        until=row.until,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by,
        lifted_reason=row.lifted_reason,
        in_force=row.lifted_at is None and (row.until is None or row.until >= on),
    )


def title_of(table: str, row_id: UUID, actor: Actor) -> tuple[str, str]:
    """Name a held record and give its address: nothing of a sealed person, nor of what the actor may not see."""
    kind = next((one for one in subject_kinds() if one.table == table), None)
    if kind is not None:
        try:
            return kind.handler.subject(row_id).title, kind.handler.url(row_id)
        except (NotFound, DomainError):
            return f"{kind.label} · {str(row_id)[-8:]}", ""
    page = page_of(table)
    title = page.title(row_id, actor) if page and actor.may(page.permission) else None
    model = model_of(table)
    name = str(model._meta.verbose_name) if model else table
    return title or f"{name} · {str(row_id)[-8:]}", ""


@dataclass(frozen=True)
class BareHold:
    """A hold where what it is about is known already."""

    nature_label: str
    placed_at: datetime
    until: date | None


def bare_holds(*, on: date, about: tuple[str, UUID]) -> list[BareHold]:
    """The holds in force on one record. One query."""
    rows = (
        LegalHold.objects.in_force(on).filter(about_table=about[0], about_id=about[1]).order_by("placed_at")
    )
    return [BareHold(row.get_nature_display(), row.placed_at, row.until) for row in rows]
