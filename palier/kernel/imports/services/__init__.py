"""Use cases on received files. Reads live in selectors.py."""

from palier.kernel.imports.services.applying import (
    AbsentUnsure,
    AllOrNothing,
    TooManyAbsent,
    accept_absent,
    apply_batch,
    begin_apply,
    keep_absent,
    resume,
)
from palier.kernel.imports.services.checks import check_batch, preview_again, preview_batch
from palier.kernel.imports.services.corrections import accept_proposals, correct_cells
from palier.kernel.imports.services.planning import NothingToUndo, plan_undoing
from palier.kernel.imports.services.profiles import delete_profile, save_profile
from palier.kernel.imports.services.receiving import choose_reading, discard, find_unfinished, receive
from palier.kernel.imports.services.starting import (
    start_apply,
    start_check,
    start_planning,
    start_preview,
    start_undoing,
)
from palier.kernel.imports.services.undoing import PlanChanged, begin_undoing, roll_back, undo_batch

__all__ = [
    "AbsentUnsure",
    "AllOrNothing",
    "NothingToUndo",
    "PlanChanged",
    "TooManyAbsent",
    "accept_absent",
    "accept_proposals",
    "apply_batch",
    "begin_apply",
    "begin_undoing",
    "check_batch",
    "choose_reading",
    "correct_cells",
    "delete_profile",
    "discard",
    "find_unfinished",
    "keep_absent",
    "plan_undoing",
    "preview_again",
    "preview_batch",
    "receive",
    "resume",
    "roll_back",
    "save_profile",
    "start_apply",
    "start_check",
    "start_planning",
    "start_preview",
    "start_undoing",
    "undo_batch",
]
