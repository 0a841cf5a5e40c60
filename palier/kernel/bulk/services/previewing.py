"""What a run would do, counted before anyone confirms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.kernel.access import Actor
from palier.kernel.bulk import params as codec
from palier.kernel.bulk import store
from palier.kernel.bulk.enums import GONE
from palier.kernel.bulk.models import BulkItem, BulkRun
from palier.kernel.bulk.planning import CHANGE, UNCHANGED, Rows, Statement, plan_of, states_of
from palier.kernel.bulk.registry import BulkAction
from palier.kernel.bulk.services.drafts import known_action
from palier.kernel.words import Text


@dataclass(frozen=True)
class RefusedGroup:
    """Rows that would be left as they are, for one reason."""

    reason: Text
    count: int
    samples: tuple[store.Sample, ...]


@dataclass(frozen=True)
class Preview:
    """What confirming would do. `fingerprint` is what the confirmation carries."""

    selected: int
    change: int
    unchanged: int
    samples: tuple[store.Sample, ...]
    refused: tuple[RefusedGroup, ...]
    fingerprint: str

    @property
    def refused_count(self) -> int:
        return sum(group.count for group in self.refused)

    @property
    def more(self) -> int:
        """Changed rows that the samples do not show."""
        return self.change - len(self.samples)

    @property
    def says_now(self) -> bool:
        return any(sample.now for sample in self.samples)


def preview_of(*, run: BulkRun, chosen: Rows, selected: int, by: Actor, at: datetime) -> Preview:
    """Count what would happen, in two statements. `chosen` is ignored for an undoing.

    Raises: NotFound, NotAllowed.
    """
    action = known_action(run.action)
    by.must(action.permission)
    counts, fingerprint = store.counted(plan_for(run, action, chosen, by=by, at=at))
    return _preview(action, counts, selected=selected, fingerprint=fingerprint)


def plan_for(
    run: BulkRun, action: BulkAction, chosen: Rows, *, by: Actor, at: datetime, only: Any = None
) -> Statement:
    """What would become of the chosen rows; or, for an undoing, of the rows of the run that it undoes."""
    given = codec.read(run.params)
    if run.undoes_id is None:
        return plan_of(action.plan(given, by=by, at=at), chosen)
    ids = only if only is not None else BulkItem.objects.filter(run=run.undoes_id, outcome="applied")
    wanted = ids if only is not None else ids.values("subject_id")
    return store.undo_plan(run.undoes_id, states_of(action.states(given), wanted), only)


def _preview(action: BulkAction, counts: list[store.Count], *, selected: int, fingerprint: str) -> Preview:
    by_verdict = {one.verdict: one for one in counts}
    none = store.Count("", 0)
    change, unchanged = by_verdict.pop(CHANGE, none), by_verdict.pop(UNCHANGED, none)
    refused = [
        RefusedGroup(action.reason(one.verdict), one.count, one.samples) for one in by_verdict.values()
    ]
    missing = selected - sum(one.count for one in counts)
    if missing > 0:
        refused.append(RefusedGroup(action.reason(GONE), missing, ()))
    return Preview(selected, change.count, unchanged.count, change.samples, tuple(refused), fingerprint)
