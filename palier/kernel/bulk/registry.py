"""The bulk actions of the house, by key; each belongs to a list. Filled by the modules' `bulk.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django import forms
from django.db.models import QuerySet

from palier.kernel.access import Actor
from palier.kernel.bulk.enums import REASONS
from palier.kernel.previews import Undoing
from palier.kernel.words import Text

Params = Mapping[str, Any]
Refused = Mapping[UUID, str]
"""Id of a row that was left as it was, and why: a key of the action's `refusals`."""


@dataclass(frozen=True)
class UndoItem:
    """One row to put back: what it was before, and what the action had made of it (as `states` says)."""

    id: UUID
    label: str
    before: dict[str, Any]
    after: dict[str, Any]


class BulkAction:
    """What may be done to many rows of a list at once. Declare a subclass with `@bulk_action(…)`."""

    key: ClassVar[str]
    list: ClassVar[str]
    label: ClassVar[Text]
    permission: ClassVar[str]
    undoing: ClassVar[Undoing]
    icon: ClassVar[str] = "edit"
    lead: ClassVar[Text] = ""
    """One sentence under the title: what the action does, for somebody who has never used it."""
    form_class: ClassVar[type[forms.Form] | None] = None
    refusals: ClassVar[Mapping[str, Text]] = {}
    chunk: ClassVar[int] = 500
    """Rows a transaction."""

    def form(self, data: Any, *, by: Actor, at: datetime) -> forms.Form | None:
        """The form that says what to do; override it when its choices depend on who asks, or on the day."""
        return self.form_class(data) if self.form_class else None

    def plan(self, params: Params, *, by: Actor, at: datetime) -> QuerySet:
        """Rows that the actor may see, each with what would become of it: made with `planned(…)`."""
        raise NotImplementedError

    def states(self, params: Params) -> QuerySet | None:
        """What undoing must know of each row: made with `with_state(…)`. None when nothing can be undone."""
        return None

    def apply(self, ids: Sequence[UUID], params: Params, *, by: Actor, at: datetime) -> Refused | None:
        """Change these rows: locked, and found fit by `plan` in this same transaction. Calls one service."""
        raise NotImplementedError

    def undo(self, items: Sequence[UndoItem], params: Params, *, by: Actor, at: datetime) -> Refused | None:
        """Put these rows back: locked, and found as the action had left them. Calls one service."""
        raise NotImplementedError

    def correction_url(self, params: Params) -> str:
        """Where a correction is sent, for what is compensable; empty when there is no such page."""
        return ""

    def reason(self, code: str) -> Text:
        """Words for a reason."""
        return self.refusals.get(code) or REASONS.get(code) or code


_actions: dict[str, BulkAction] = {}
A = TypeVar("A", bound=type[BulkAction])


def bulk_action(
    *, key: str, list: str, label: Text, permission: str, undoing: Undoing, icon: str = "edit"
) -> Callable[[A], A]:
    """Register an action of a list (`ListPage.bulk`) under a dotted key."""

    def register(cls: A) -> A:
        known = _actions.get(key)
        if known is not None and type(known).__qualname__ != cls.__qualname__:
            raise ValueError(f"Two bulk actions are called {key!r}.")
        if undoing == Undoing.REVERSIBLE and (cls.undo is BulkAction.undo or cls.states is BulkAction.states):
            raise ValueError(f"{key} says that it can be undone: it needs states() and undo().")
        cls.key, cls.list, cls.label, cls.icon = key, list, label, icon
        cls.permission, cls.undoing = str(permission), undoing
        _actions[key] = cls()
        return cls

    return register


def action_named(key: str) -> BulkAction | None:
    return _actions.get(key)


def actions() -> tuple[BulkAction, ...]:
    return tuple(_actions.values())


def offers(list_key: str, actor: Actor | None) -> tuple[BulkAction, ...]:
    """The actions of a list that this person may take, in the order in which they were declared."""
    if not list_key or actor is None:
        return ()
    return tuple(one for one in _actions.values() if one.list == list_key and actor.may(one.permission))
