"""For the tests of modules: `Bulk(actor).run("staff.move-to-team", rows, team_id=…)` does all that a person does."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from palier.kernel.access import Actor
from palier.kernel.bulk import services
from palier.kernel.bulk.models import BulkRun
from palier.kernel.jobs.running import deliver_waiting


class Bulk:
    """A person who chooses rows, reads the preview, confirms it, and undoes."""

    def __init__(self, actor: Actor, at: datetime) -> None:
        self.actor, self.at = actor, at
        self.today = timezone.localdate(self.at)

    def draft(self, action: str, rows: Sequence[Any], /, **params: Any) -> BulkRun:
        run = services.start_draft(action_key=action, ids=[row.pk for row in rows], by=self.actor, at=self.at)
        return services.fill(run_id=run.pk, params=params, words=[], by=self.actor, at=self.at)

    def preview(self, action: str, rows: Sequence[Any], /, **params: Any) -> services.Preview:
        return self.preview_of(self.draft(action, rows, **params))

    def preview_of(self, run: BulkRun) -> services.Preview:
        return services.preview_of(
            run=run, chosen=self._ids(run), selected=run.selected, by=self.actor, at=self.at
        )

    def run(self, action: str, rows: Sequence[Any], /, **params: Any) -> BulkRun:
        return self.confirm(self.draft(action, rows, **params))

    def confirm(self, run: BulkRun) -> BulkRun:
        """Confirm what the preview says now, and have the workers do their part."""
        ran = services.confirm(
            run_id=run.pk, chosen=self._ids(run), selected=run.selected,
            fingerprint=self.preview_of(run).fingerprint, by=self.actor, at=self.at,
        )  # fmt: skip
        deliver_waiting()
        ran.refresh_from_db()
        return ran

    def undo(self, run: BulkRun) -> BulkRun:
        return self.confirm(services.begin_undo(run_id=run.pk, by=self.actor, at=self.at))

    def _ids(self, run: BulkRun) -> tuple[Any, ...]:
        return tuple(run.selection.get("ids", ()))
