"""Which tables have a history page, and who may open it.

    @history_page("people_person", permission=Permission.PERSON_VIEW)      # views.py of the module
    def person_title(row_id: UUID, actor: Actor) -> str | None: …

The function names the record, or answers None to somebody who may not know that it exists.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from palier.kernel.access import Actor

Title = Callable[[UUID, Actor], str | None]


@dataclass(frozen=True)
class HistoryPage:
    table: str
    permission: str
    title: Title


_pages: dict[str, HistoryPage] = {}


def history_page(table: str, *, permission: str) -> Callable[[Title], Title]:
    def register(title: Title) -> Title:
        _pages[table] = HistoryPage(table, str(permission), title)
        return title

    return register


def page_of(table: str) -> HistoryPage | None:
    return _pages.get(table)
