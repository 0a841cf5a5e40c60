"""What changes from one version of a plan to another, key by key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from palier.modules.continuity.rules.plan_document import PlanDocument

ABSENT = ""


@dataclass(frozen=True)
class PlanDifference:
    """One key whose value changed; `before` or `after` is "" where the key did not exist."""

    path: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        if self.before == ABSENT:
            return "added"
        return "removed" if self.after == ABSENT else "changed"


def compare_plans(before: PlanDocument, after: PlanDocument) -> tuple[PlanDifference, ...]:
    """Return the differences in the order of the new plan, then what was removed."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    paths = [*new, *(path for path in old if path not in new)]
    return tuple(
        PlanDifference(path, old.get(path, ABSENT), new.get(path, ABSENT))
        for path in paths
        if old.get(path, ABSENT) != new.get(path, ABSENT)
    )


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Walk the plan down to its texts; cards and seats go by their code, so that moving one says nothing."""
    if is_dataclass(value):
        for one in fields(value):
            yield from _leaves(getattr(value, one.name), _joined(path, one.name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, _joined(path, key))
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        for inner in value:
            yield from _leaves(inner, _joined(path, getattr(inner, "code", "") or getattr(inner, "role", "")))
    elif isinstance(value, tuple):
        separator = "\n" if any(len(str(one)) > 30 for one in value) else ", "
        if value:
            yield path, separator.join(map(str, value))
    elif value not in ("", None):
        yield path, str(value)


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
