"""States as a table: who may take which step, from where, to where."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import TransitionRefused

Transition = tuple[tuple[StrEnum, ...], StrEnum, StrEnum]


class Workflow:
    """A named table `action -> (from states, to state, permission)` over one field of a record."""

    registry: dict[str, "Workflow"] = {}

    def __init__(self, name: str, table: Mapping[StrEnum, Transition], *, field: str = "state") -> None:
        self.name, self.table, self.field = name, dict(table), field
        Workflow.registry[name] = self

    def move(self, record: Any, action: StrEnum, *, by: Actor, at: datetime, **data: Any) -> None:
        """Set the record's state and write the journal line; the caller saves the record.

        Raises: NotAllowed, TransitionRefused.
        """
        sources, target, permission = self.table[action]
        by.must(permission)
        before = getattr(record, self.field)
        if before not in sources:
            raise TransitionRefused(
                action=str(getattr(action, "label", action)), state=self.state_label(record)
            )
        setattr(record, self.field, target)
        journal.record(
            f"{self.name}.{action.value}",
            by=by,
            at=at,
            subject=record,
            **{"from": str(before), "to": target.value, **data},
        )

    def open_to(self, record: Any, actor: Actor) -> list[StrEnum]:
        """List the actions that this person may take now: the buttons of the page."""
        state = getattr(record, self.field)
        return [a for a, (sources, _, right) in self.table.items() if state in sources and actor.may(right)]

    def states(self) -> set[StrEnum]:
        """Every state that the table names."""
        return {state for sources, target, _ in self.table.values() for state in (*sources, target)}

    def state_label(self, record: Any) -> str:
        display = getattr(record, f"get_{self.field}_display", None)
        return str(display()) if display else str(getattr(record, self.field))

    def as_mermaid(self) -> str:
        """The diagram of a module's README, so that it never says something else than the table."""
        return "stateDiagram-v2\n" + "\n".join(sorted(self._arrows()))

    def _arrows(self) -> Iterable[str]:
        for action, (sources, target, _) in self.table.items():
            for source in sources:
                yield f"    {source.value} --> {target.value}: {action.value}"
