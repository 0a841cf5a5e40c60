"""Pages that higher modules add to the offline pack: each registers what it gives, the pack draws it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

Pages = Callable[[datetime], list[dict[str, Any]]]
_annexes: dict[str, Pages] = {}


def pack_annex(key: str) -> Callable[[Pages], Pages]:
    """Register pages of the pack: `pages(at)` gives dicts of `title`, `notes`, `columns` and `rows`, in French."""

    def register(pages: Pages) -> Pages:
        _annexes[key] = pages
        return pages

    return register


def annexes(at: datetime) -> list[dict[str, Any]]:
    """Return the pages of every module, in the order of their keys."""
    return [page for key in sorted(_annexes) for page in _annexes[key](at)]
