"""Lists: columns, filters, sort and paging kept in the URL, export of everything that the filters keep.

A module writes a ListPage with its columns and a `rows()` that calls its selector; the same rows feed the
page and the export, so a file never shows what the page would not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import requires
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.exports import export
from palier.kernel.ui.filters import Filter, FilterField
from palier.kernel.ui.selection import Line, Selection, selection_of
from palier.kernel.words import Text

Rows = QuerySet | Sequence[Any]
PAGE_SIZES = (25, 50)


@dataclass(frozen=True)
class Column:
    """One column. `value` defaults to the row's attribute `key`; `sort` is an ordering field of the rows."""

    key: str
    label: Text
    kind: str = "text"
    sort: str | None = None
    value: Callable[[Any], Any] | None = None
    link: Callable[[Any], str] | None = None
    secondary: bool = False
    export: bool = True

    def of(self, row: Any) -> Any:
        """Value of this column for a row."""
        return self.value(row) if self.value else getattr(row, self.key)


@dataclass(frozen=True)
class Empty:
    """What a list says when the organisation has nothing in it yet: what to do first."""

    title: Text
    text: Text = ""
    icon: str = "inbox"
    action: Text = ""
    url: str = ""

    @property
    def href(self) -> str:
        """Address of the first thing to do: `url` is a page's name or an address already."""
        if not self.url or "/" in str(self.url):
            return str(self.url)
        try:
            return reverse(self.url)
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Header:
    """A column's heading, with the address that sorts by it."""

    column: Column
    url: str
    direction: str


@dataclass(frozen=True)
class Cell:
    """One value ready to draw."""

    column: Column
    value: Any
    url: str


@dataclass(frozen=True)
class Listing:
    """A page of a list, ready to draw."""

    name: str
    headers: tuple[Header, ...]
    rows: tuple[tuple[Cell, ...], ...]
    filters: tuple[FilterField, ...]
    page: Page
    size: int
    sort: str
    query: dict[str, str]
    path: str
    empty: Empty
    caption: Text = ""
    selection: Selection | None = None

    @property
    def lines(self) -> list[Line]:
        """The rows with what the box beside each sends and says; without a selection, the rows alone."""
        if self.selection is None:
            return [Line("", "", row) for row in self.rows]
        keys = [self.selection.row_key(row) for row in self.page.object_list]
        return [
            Line(key, str(row[0].value if row else key), row)
            for key, row in zip(keys, self.rows, strict=True)
        ]

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def filtered(self) -> bool:
        return any(field.value for field in self.filters)

    @property
    def url(self) -> str:
        return self.url_with()

    def url_with(self, **changes: str | int) -> str:
        """Address of this list with some of its parameters changed; an empty value removes one."""
        merged = {**self.query, **{key: str(value) for key, value in changes.items()}}
        kept = urlencode({key: value for key, value in merged.items() if value})
        return f"{self.path}?{kept}" if kept else self.path

    @property
    def csv_url(self) -> str:
        return self.url_with(page="", export="csv")

    @property
    def xlsx_url(self) -> str:
        return self.url_with(page="", export="xlsx")

    @property
    def ods_url(self) -> str:
        return self.url_with(page="", export="ods")

    @property
    def sizes(self) -> list[tuple[int, str]]:
        return [(size, self.url_with(size=size, page="")) for size in PAGE_SIZES]

    @property
    def previous_url(self) -> str:
        return self.url_with(page=self.page.previous_page_number()) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        return self.url_with(page=self.page.next_page_number()) if self.page.has_next() else ""

    @property
    def pages(self) -> list[tuple[str, str]]:
        """(number or ellipsis, address) for the pager; the current page has no address."""
        steps = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1)
        return [
            (
                str(step),
                self.url_with(page=step) if isinstance(step, int) and step != self.page.number else "",
            )
            for step in steps
        ]


def build(
    request: OrganisationRequest,
    rows: Rows,
    *,
    name: str,
    columns: Sequence[Column],
    filters: Sequence[Filter] = (),
    empty: Empty,
    default_sort: str = "",
    caption: Text = "",
    selection: Selection | None = None,
) -> Listing:
    """Filter, sort and page rows by what the URL asks; a parameter that means nothing is ignored."""
    chosen = _filtered(request, rows, filters)
    sort = _wanted_sort(request, columns, default_sort)
    size = _wanted_size(request)
    page = Paginator(_sorted(chosen, columns, sort), size).get_page(request.GET.get("page"))
    query = _kept_query(request, filters, sort if sort != default_sort else "", size, page)
    listing = Listing(
        name=name,
        headers=(),
        rows=tuple(_cells(columns, row) for row in page.object_list),
        filters=tuple(field for one in filters for field in one.fields(request)),
        page=page,
        size=size,
        sort=sort,
        query=query,
        path=request.path,
        empty=empty,
        caption=caption,
        selection=selection,
    )
    return replace(listing, headers=tuple(_header(listing, column) for column in columns))


def draw(
    request: OrganisationRequest,
    listing: Listing,
    *,
    template: str = "palier/list.html",
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Answer the page that holds the list, or the list alone when htmx asks for it."""
    fragment = request.headers.get("HX-Target") == f"list-{listing.name}"
    drawn = render(
        request, "palier/_list.html" if fragment else template, {**(context or {}), "list": listing}
    )
    patch_vary_headers(drawn, ("HX-Request", "HX-Target"))
    if fragment:
        drawn["HX-Push-Url"] = listing.url
    return drawn


def _filtered(request: OrganisationRequest, rows: Rows, filters: Sequence[Filter]) -> Rows:
    for one in filters:
        rows = one.apply(rows, request)
    return rows


def _wanted_sort(request: OrganisationRequest, columns: Sequence[Column], default: str) -> str:
    wanted = request.GET.get("sort", "")
    sortable = {column.key for column in columns if column.sort}
    return wanted if wanted.removeprefix("-") in sortable else default


def _wanted_size(request: OrganisationRequest) -> int:
    wanted = request.GET.get("size", "")
    return int(wanted) if wanted in {str(size) for size in PAGE_SIZES} else PAGE_SIZES[0]


def _sorted(rows: Rows, columns: Sequence[Column], sort: str) -> Rows:
    field = next((column.sort for column in columns if column.key == sort.removeprefix("-")), None)
    if not field:
        return rows
    sign = "-" if sort.startswith("-") else ""
    if isinstance(rows, QuerySet):
        # The key breaks ties: without it a row could appear on two pages, or on none.
        return rows.order_by(f"{sign}{field}", "pk")
    known = [row for row in rows if getattr(row, field) is not None]
    unknown = [row for row in rows if getattr(row, field) is None]
    return sorted(known, key=lambda row: getattr(row, field), reverse=bool(sign)) + unknown


def _kept_query(
    request: OrganisationRequest, filters: Sequence[Filter], sort: str, size: int, page: Page
) -> dict[str, str]:
    query = {field.key: field.value for one in filters for field in one.fields(request) if field.value}
    if sort:
        query["sort"] = sort
    if size != PAGE_SIZES[0]:
        query["size"] = str(size)
    if page.number > 1:
        query["page"] = str(page.number)
    return query


def _header(listing: Listing, column: Column) -> Header:
    if not column.sort:
        return Header(column, "", "")
    ascending, descending = listing.sort == column.key, listing.sort == f"-{column.key}"
    target = f"-{column.key}" if ascending else column.key
    direction = "ascending" if ascending else "descending" if descending else ""
    return Header(column, listing.url_with(sort=target, page=""), direction)


def _cells(columns: Sequence[Column], row: Any) -> tuple[Cell, ...]:
    return tuple(Cell(column, column.of(row), column.link(row) if column.link else "") for column in columns)


class ListPage:
    """A whole list page. Subclasses declare; `rows()` calls the module's selector with the actor."""

    permission: ClassVar[str]
    name: ClassVar[str]
    title: ClassVar[Text]
    lead: ClassVar[Text] = ""
    columns: ClassVar[Sequence[Column]]
    filters: ClassVar[Sequence[Filter]] = ()
    empty: ClassVar[Empty] = Empty(_("Nothing here yet"))
    default_sort: ClassVar[str] = ""
    template: ClassVar[str] = "palier/list.html"
    actions_template: ClassVar[str] = ""
    bulk: ClassVar[str] = ""
    """Key under which bulk actions name this list; empty when its rows are never acted on together."""

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> Rows:
        """Everything the actor may see, in the default order."""
        raise NotImplementedError

    def context(self, request: OrganisationRequest, **kwargs: Any) -> dict[str, Any]:
        """What a subclass's own template or actions need besides the list."""
        return {}

    @classmethod
    def as_view(cls) -> Callable[..., HttpResponseBase]:
        """Give the view function, with the right that it asks for."""

        def view(request: OrganisationRequest, **kwargs: Any) -> HttpResponseBase:
            return cls().get(request, **kwargs)

        view.__name__ = view.__qualname__ = cls.__name__
        view.__module__ = cls.__module__
        view.__doc__ = cls.__doc__
        view.list_page = cls  # type: ignore[attr-defined]
        return requires(cls.permission)(view)

    def get(self, request: OrganisationRequest, **kwargs: Any) -> HttpResponseBase:
        """Answer the page, its fragment for htmx, or the file that `export` asks for."""
        rows = self.rows(request, **kwargs)
        if request.GET.get("export") in ("csv", "xlsx", "ods"):
            return self._file(request, rows)
        context = {"title": self.title, "lead": self.lead, "actions_template": self.actions_template}
        context |= self.context(request, **kwargs)
        return draw(request, self.listing(request, rows), template=self.template, context=context)

    def listing(self, request: OrganisationRequest, rows: Rows) -> Listing:
        """Build the list that the page draws."""
        return build(
            request, rows, name=self.name, columns=self.columns, filters=self.filters, empty=self.empty,
            default_sort=self.default_sort, caption=str(self.title),
            selection=selection_of(request, self.bulk, name=self.name),
        )  # fmt: skip

    def matching(self, request: OrganisationRequest, **kwargs: Any) -> Rows:
        """Every row that the filters of the URL keep, whatever the page."""
        return _filtered(request, self.rows(request, **kwargs), self.filters)

    def _file(self, request: OrganisationRequest, rows: Rows) -> HttpResponseBase:
        sort = _wanted_sort(request, self.columns, self.default_sort)
        chosen = _sorted(_filtered(request, rows, self.filters), self.columns, sort)
        organisation = getattr(request, "organisation", None)
        stem = "-".join(
            filter(None, (getattr(organisation, "slug", ""), self.name, f"{timezone.localdate()}"))
        )
        columns = [column for column in self.columns if column.export]
        return export(request.GET["export"], stem, columns, chosen)
