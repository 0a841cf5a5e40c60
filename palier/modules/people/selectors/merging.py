"""What a merge will do, what it did, and what undoing it will do. Nothing here writes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet, UUIDField
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from psycopg import sql

from palier.kernel.access import Actor
from palier.kernel.audit.selectors import also_known_as
from palier.kernel.errors import NotFound
from palier.modules.people.enums import AliasFact, ChangeKind
from palier.modules.people.models import Lease, Merge, MergeChange, Person, PersonAlias
from palier.modules.people.permissions import Permission
from palier.modules.people.rules import merging as rules
from palier.modules.people.selectors import duplicates
from palier.modules.people.selectors.pointers import clashes, pointed, pointers_to, present
from palier.modules.people.selectors.resemblance import evidence_between


@dataclass(frozen=True)
class Side:
    """One of the two records, as the preview names it."""

    id: UUID
    name: str
    reference: str
    birth_on: date | None
    homes: tuple[str, ...]


@dataclass(frozen=True)
class FieldLine:
    """One field of the two records. `choice`: whose value stays unless somebody says otherwise."""

    name: str
    label: str
    kept: str
    gone: str
    differs: bool
    choice: str

    @property
    def is_filled(self) -> bool:
        """Whether the kept person takes from the other what they had not."""
        return not self.differs and self.choice == rules.GONE


@dataclass(frozen=True)
class CountLine:
    """How many rows of one kind."""

    label: str
    count: int


@dataclass(frozen=True)
class MergePreview:
    """What confirming will do. `fingerprint` changes as soon as anything of either person does."""

    kept: Side
    gone: Side
    fields: tuple[FieldLine, ...]
    moved: tuple[CountLine, ...]
    settled: tuple[CountLine, ...]
    why: str
    doubts: str
    needs_certainty: bool
    fingerprint: str

    @property
    def has_choice(self) -> bool:
        return any(line.differs for line in self.fields)


def preview(
    *, kept_id: UUID, gone_id: UUID, actor: Actor, on: date, choices: Mapping[str, str] | None = None
) -> MergePreview:
    """Work out a merge without doing it. At most nine queries, however much either person has.

    Raises: NotFound, for a sealed person as for one who does not exist.
    """
    people = {one.pk: one for one in Person.objects.visible_to(actor).filter(pk__in=(kept_id, gone_id))}
    if kept_id == gone_id or len(people) != 2 or not actor.may(Permission.PERSON_MERGE):
        raise NotFound
    kept, gone = people[kept_id], people[gone_id]
    pointers = present(pointers_to(Person))
    counts = pointed(pointers, kept=str(kept_id), gone=str(gone_id))
    found = clashes(pointers, kept=str(kept_id), gone=str(gone_id))
    settled: dict[str, int] = {}
    for clash in found:
        settled[clash.pointer.label] = settled.get(clash.pointer.label, 0) + 1
    moved: dict[str, int] = {}
    for one in counts:
        moved[one.pointer.label] = moved.get(one.pointer.label, 0) + one.count
    moved = {label: count - settled.get(label, 0) for label, count in moved.items()}
    evidence = evidence_between(kept_id, gone_id, on=on)
    homes = _homes((kept, gone))
    return MergePreview(
        kept=_side(kept, homes),
        gone=_side(gone, homes),
        fields=_field_lines(kept, gone, choices or {}, homes),
        moved=_count_lines(moved),
        settled=_count_lines(settled),
        why=duplicates.why(evidence) if evidence else "",
        doubts=duplicates.doubts(evidence) if evidence else "",
        needs_certainty=bool(evidence and evidence.birth_differs),
        fingerprint=_fingerprint(kept, gone, [one.digest for one in counts]),
    )


def _count_lines(counts: Mapping[str, int]) -> tuple[CountLine, ...]:
    return tuple(CountLine(label, count) for label, count in sorted(counts.items()) if count > 0)


def _side(person: Person, homes: Mapping[UUID, tuple[str, ...]]) -> Side:
    return Side(person.pk, person.name, person.reference, person.birth_on, homes.get(person.pk, ()))


def _homes(people: tuple[Person, ...]) -> dict[Any, tuple[str, ...]]:
    """Lots of each person, and of each household, as codes. One query."""
    households = [one.household_id for one in people if one.household_id]
    leases = (
        Lease.objects.in_clear()
        .filter(Q(parties__person__in=people) | Q(household__in=households))
        .values_list("parties__person_id", "household_id", "lot__code")
        .order_by("-entered_on", "pk")
    )
    found: dict[Any, list[str]] = {}
    for person_id, household_id, code in leases:
        for key in (person_id, household_id):
            if code not in found.setdefault(key, []):
                found[key].append(code)
    return {key: tuple(codes) for key, codes in found.items()}


def _field_lines(
    kept: Person, gone: Person, choices: Mapping[str, str], homes: Mapping[Any, tuple[str, ...]]
) -> tuple[FieldLine, ...]:
    mine, other = kept.identity(), gone.identity()
    usual, differing = rules.default_choices(mine, other), rules.differing(mine, other)
    lines = []
    for name in rules.FIELDS:
        said = _said(name, kept, homes), _said(name, gone, homes)
        if not any(said):
            continue
        choice = choices.get(name, usual[name]) if name in differing else usual[name]
        lines.append(FieldLine(name, field_label(name), *said, name in differing, choice))
    return tuple(lines)


def field_label(name: str) -> str:
    """Return the words for a field of a person."""
    labels = {
        "civility": _("Civility"), "family_name": _("Surname"), "given_names": _("Given names"),
        "birth_name": _("Birth name"), "legal_name": _("Name of the body"), "birth_on": _("Birth date"),
        "deceased_on": _("Date of death"), "language": _("Language"), "reference": _("Reference"),
        "household_id": _("Lives in"), "external_key": _("Key in a file"),
    }  # fmt: skip
    return labels.get(name, name)


def _said(name: str, person: Person, homes: Mapping[Any, tuple[str, ...]]) -> str:
    value = getattr(person, name)
    if value in (None, ""):
        return ""
    if name == "household_id":
        return ", ".join(homes.get(value, ())) or _("a household without lease")
    if name in ("civility", "language"):
        return str(getattr(person, f"get_{name}_display")())
    return date_format(value, "SHORT_DATE_FORMAT") if isinstance(value, date) else str(value)


def _fingerprint(kept: Person, gone: Person, digests: list[str]) -> str:
    """Digest everything of both, the order of the two included: what is confirmed is what was shown."""
    whole = [str(kept.pk), str(gone.pk), kept.identity(), gone.identity(), digests]
    return hashlib.sha256(json.dumps(whole, default=str).encode()).hexdigest()


# -- After ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MergeCard:
    """A merge as its page shows it. Names are those of the time of the merge."""

    id: UUID
    kept_id: UUID
    kept_name: str
    gone_id: UUID
    gone_name: str
    moved: tuple[CountLine, ...]
    settled: tuple[CountLine, ...]
    filled: tuple[FieldLine, ...]
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None
    undone_by: str
    left: tuple[str, ...]
    may_undo: bool

    @property
    def moved_nothing(self) -> bool:
        return not (self.moved or self.settled or self.filled)


def merge_rows(*, actor: Actor) -> QuerySet[Merge]:
    """Return the merges made, newest first. Those of a sealed person were forgotten with her."""
    return (
        Merge.objects.order_by("-merged_at") if actor.may(Permission.PERSON_MERGE) else Merge.objects.none()
    )


def names_of_merges(merges: list[Merge]) -> dict[UUID, tuple[str, str]]:
    """Return, by merge, the name of the person kept and that of the record that went. Two queries."""
    gone_rows = MergeChange.objects.filter(
        merge__in=merges, table_name="people_person", kind=ChangeKind.DELETE
    ).values_list("merge_id", "before")
    gone = {merge_id: Person(**_name_fields(before)).name for merge_id, before in gone_rows if before}
    kept = {one.pk: one.name for one in Person.objects.in_clear().filter(pk__in=[m.kept_id for m in merges])}
    unknown = _("a record merged since")
    return {one.pk: (kept.get(one.kept_id, unknown), gone.get(one.pk, unknown)) for one in merges}


def _name_fields(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: row.get(name) or "" for name in ("kind", "family_name", "given_names", "legal_name")}


@dataclass(frozen=True)
class MergeLine:
    """A merge in the list."""

    id: UUID
    kept_name: str
    gone_name: str
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None


def merge_lines(
    *, actor: Actor, limit: int = 1_000, before: datetime | None = None, by_user: UUID | None = None
) -> list[MergeLine]:
    """Return the latest merges with the names of both, those made by one user alone if asked. Three queries."""
    found = merge_rows(actor=actor)
    found = found.filter(merged_at__lt=before) if before else found
    merges = list((found.filter(merged_by_id=by_user) if by_user else found)[:limit])
    names = names_of_merges(merges)
    return [MergeLine(one.pk, *names[one.pk], one.merged_at, one.merged_by, one.undone_at) for one in merges]


def merge_card(*, merge_id: UUID, actor: Actor) -> MergeCard:
    """Return what a merge did. Raises: NotFound."""
    merge = merge_rows(actor=actor).filter(pk=merge_id).first()
    if merge is None:
        raise NotFound
    kept_name, gone_name = names_of_merges([merge])[merge.pk]
    return MergeCard(
        id=merge.pk,
        kept_id=merge.kept_id,
        kept_name=kept_name,
        gone_id=merge.gone_id,
        gone_name=gone_name,
        moved=_count_lines(_by_label(merge.moved)),
        settled=_count_lines(_by_label(merge.settled)),
        filled=_filled(merge),
        merged_at=merge.merged_at,
        merged_by=merge.merged_by,
        undone_at=merge.undone_at,
        undone_by=merge.undone_by,
        left=tuple(table_word(one["table"]) for one in merge.left),
        may_undo=not merge.is_undone,
    )


def _by_label(counts: Mapping[str, int]) -> dict[str, int]:
    told: dict[str, int] = {}
    for table, count in counts.items():
        told[table_word(table)] = told.get(table_word(table), 0) + count
    return told


def table_word(table: str) -> str:
    """Return the words for the rows of a table; one that is no longer installed keeps its name."""
    labels = {pointer.table: pointer.label for pointer in pointers_to(Person)}
    labels["people_person"] = str(Person._meta.verbose_name_plural)
    return labels.get(table, table)


def _filled(merge: Merge) -> tuple[FieldLine, ...]:
    """What the kept person took: their fields before and after."""
    changes = merge.changes.filter(
        table_name="people_person", row_id=str(merge.kept_id), kind=ChangeKind.UPDATE
    ).exclude(column_name__in=("external_key",))
    shown = ("civility", "language", "household_id")
    return tuple(
        FieldLine(
            one.column_name, field_label(one.column_name),
            "" if one.column_name in shown else str(one.before or ""),
            _("taken from the other record") if one.column_name in shown else str(one.after or ""),
            differs=bool(one.before), choice=rules.GONE,
        )
        for one in changes.order_by("position")
    )  # fmt: skip


def kept_instead_of(person_id: UUID) -> UUID | None:
    """Return who has taken in a record, whatever the number of merges since; None if nobody has."""
    alias = PersonAlias.objects.filter(fact=AliasFact.ID, value=str(person_id)).first()
    return alias.person_id if alias else None


@also_known_as("people_person")
def records_taken_in(person_id: object) -> list[str]:
    """Return the ids under which a person was known before merges."""
    return list(
        PersonAlias.objects.filter(fact=AliasFact.ID, person_id=str(person_id)).values_list(
            "value", flat=True
        )
    )


def former_identities(person_id: UUID) -> list[dict[str, Any]]:
    """Return who the records merged into a person said they were: what each held when it went."""
    merges = Merge.objects.filter(gone_id__in=records_taken_in(person_id), undone_at__isnull=True)
    rows = MergeChange.objects.filter(merge__in=merges, table_name="people_person", kind=ChangeKind.DELETE)
    return [{"id": one.row_id, **one.before} for one in rows.order_by("pk") if one.before]


@dataclass(frozen=True)
class UndoPreview:
    """What undoing a merge will do: rows that go back, and those that somebody changed since."""

    back: tuple[CountLine, ...]
    left: tuple[CountLine, ...]
    stays: tuple[CountLine, ...]


def undo_preview(*, merge: Merge) -> UndoPreview:
    """Compare each row with what the merge left in it. One query for each kind of row."""
    back: dict[str, int] = {}
    left: dict[str, int] = {}
    updates = merge.changes.filter(kind=ChangeKind.UPDATE).exclude(table_name="people_person")
    for table, column in updates.values_list("table_name", "column_name").distinct().order_by():
        if not has_column(table, column):
            # A module that is no longer installed: nothing of it can go back.
            left[table] = left.get(table, 0) + 1
            continue
        same, other = _still_as_left(merge, table, column)
        back[table] = back.get(table, 0) + same
        left[table] = left.get(table, 0) + other
    removed = merge.changes.filter(kind=ChangeKind.DELETE).exclude(table_name="people_person")
    for table in removed.values_list("table_name", flat=True):
        back[table] = back.get(table, 0) + 1
    return UndoPreview(
        _count_lines(_by_label(back)), _count_lines(_by_label(left)), _count_lines(_added_since(merge))
    )


def has_column(table: str, column: str) -> bool:
    """Say whether this organisation has such a column today."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name = %s AND column_name = %s""",
            [table, column],
        )
        return bool(cursor.fetchone()[0])


def _still_as_left(merge: Merge, table: str, column: str) -> tuple[int, int]:
    statement = sql.SQL(
        """SELECT count(*) FILTER (WHERE t.id IS NOT NULL
              AND coalesce(to_jsonb(t.{column}), 'null') = coalesce(c.after, 'null')), count(*)
        FROM people_merge_change c LEFT JOIN {table} t ON t.id::text = c.row_id
        WHERE c.merge_id = %s AND c.table_name = %s AND c.column_name = %s AND c.kind = 'update'"""
    ).format(column=sql.Identifier(column), table=sql.Identifier(table))
    with connection.cursor() as cursor:
        cursor.execute(statement, [merge.pk, table, column])
        same, every = cursor.fetchone()
    return same, every - same


def _added_since(merge: Merge) -> dict[str, int]:
    """Rows made since the merge for the kept person: they stay there. Keys begin with the time they were made."""
    told: dict[str, int] = {}
    for pointer in present(pointers_to(Person)):
        if pointer.is_list or pointer.table == "people_person_alias":
            continue
        if not isinstance(pointer.model._meta.pk, UUIDField):
            continue
        statement = sql.SQL("SELECT count(*) FROM {} WHERE {} = %s AND {} > %s").format(
            sql.Identifier(pointer.table), sql.Identifier(pointer.column), sql.Identifier(pointer.key)
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [merge.kept_id, merge.pk])
            (count,) = cursor.fetchone()
        told[pointer.label] = told.get(pointer.label, 0) + count
    return told


def undo_consequences(*, merge_id: UUID, actor: Actor) -> list[str]:
    """Say what undoing a merge will do, in sentences. Raises: NotFound."""
    merge = merge_rows(actor=actor).filter(pk=merge_id).first()
    if merge is None:
        raise NotFound
    told = undo_preview(merge=merge)
    lines = [_("Go back to the record: {what}.").format(what=_listed(told.back))] if told.back else []
    lines.append(_("The names, dates and codes of both come back as they were before the merge."))
    if told.left:
        lines.append(
            _("Somebody changed these since; they stay as they are: {what}.").format(what=_listed(told.left))
        )
    if told.stays:
        lines.append(
            _("Made since the merge, they stay with the kept person: {what}.").format(
                what=_listed(told.stays)
            )
        )
    return lines


def _listed(lines: tuple[CountLine, ...]) -> str:
    return ", ".join(_("{label}: {count}").format(label=one.label, count=one.count) for one in lines)
