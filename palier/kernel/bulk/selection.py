"""What a person chose in a list: rows that were ticked, or everything that its filters keep."""

from copy import copy
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import Resolver404, get_script_prefix, resolve

from palier.kernel.bulk.models import BulkRun
from palier.kernel.bulk.planning import Rows
from palier.kernel.bulk.registry import action_named
from palier.kernel.errors import NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.lists import ListPage
from palier.kernel.words import Text


@dataclass(frozen=True)
class Chosen:
    """The rows chosen: ids, or a query that gives them; and how many."""

    rows: Rows
    count: int
    is_everything: bool = False
    list_title: Text = ""
    filters: tuple[tuple[str, str], ...] = ()


def chosen_in(request: OrganisationRequest, run: BulkRun) -> Chosen:
    """Read the selection of a run again, as it stands now. Raises: NotFound, NotAllowed."""
    if run.undoes_id is not None:
        return Chosen((), run.selected)
    page, asked, kwargs = _list_at(request, run)
    title = page.title if page else ""
    if not run.selection.get("everything"):
        ids = tuple(UUID(one) for one in run.selection["ids"])
        return Chosen(ids, len(ids), list_title=title)
    if page is None or asked is None:
        raise NotFound()
    rows = page.matching(asked, **kwargs)
    filters = tuple(
        (str(field.label), _shown(field))
        for one in page.filters
        for field in one.fields(asked)
        if field.value
    )
    if not isinstance(rows, QuerySet):
        rows = tuple(getattr(row, "pk", None) or row.id for row in rows)
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    return Chosen(rows, count, True, title, filters)


def _list_at(
    request: OrganisationRequest, run: BulkRun
) -> tuple[ListPage | None, OrganisationRequest | None, dict[str, object]]:
    """The list page at the address where rows were chosen, asked as it was: only one of this action's lists."""
    address, action = urlsplit(run.path), action_named(run.action)
    try:
        match = resolve("/" + address.path.removeprefix(get_script_prefix()).lstrip("/"))
    except Resolver404:
        return None, None, {}
    found = getattr(match.func, "list_page", None)
    if found is None or action is None or found.bulk != action.list:
        return None, None, {}
    request.actor.must(found.permission)
    asked = copy(request)
    asked.GET = QueryDict(address.query)  # type: ignore[assignment]
    return found(), asked, match.kwargs


def _shown(field) -> str:  # type: ignore[no-untyped-def]
    return next((str(label) for value, label in field.options if value == field.value), field.value)
