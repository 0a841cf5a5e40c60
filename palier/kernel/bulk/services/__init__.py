"""Use cases of bulk runs."""

from palier.kernel.bulk.services.applying import apply_chunk, resume, stop
from palier.kernel.bulk.services.drafts import begin_undo, fill, forget_drafts, start_draft
from palier.kernel.bulk.services.previewing import Preview, preview_of
from palier.kernel.bulk.services.running import confirm

__all__ = [
    "Preview",
    "apply_chunk",
    "begin_undo",
    "confirm",
    "fill",
    "forget_drafts",
    "preview_of",
    "resume",
    "start_draft",
    "stop",
]
