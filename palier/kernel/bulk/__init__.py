"""Bulk actions: counted before, done as announced, listed after, and undone where that is possible.

See README.md. A module declares its actions in `bulk.py`; the list pages that they belong to offer them.
"""

from palier.kernel.bulk.done import Done, register_done_source
from palier.kernel.bulk.planning import planned, with_state
from palier.kernel.bulk.registry import BulkAction, Refused, UndoItem, bulk_action
from palier.kernel.previews import Undoing

__all__ = [
    "BulkAction",
    "Done",
    "Refused",
    "UndoItem",
    "Undoing",
    "bulk_action",
    "planned",
    "register_done_source",
    "with_state",
]
