"""Filters of lists. Each reads its own parameters of the URL and narrows a queryset or a sequence."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from palier.kernel.requests import OrganisationRequest
from palier.kernel.words import Text

SEARCH: Text = _("Search")

Options = Sequence[tuple[str, Text]]


@dataclass(frozen=True)
class FilterField:
    """One input of the filter bar, with what the URL holds."""

    key: str
    label: Text
    kind: str
    value: str
    options: tuple[tuple[str, Text], ...] = ()


class Filter(Protocol):
    """What the list machinery asks of a filter."""

    def fields(self, request: OrganisationRequest) -> tuple[FilterField, ...]: ...

    def apply(self, rows: Any, request: OrganisationRequest) -> Any: ...


def plain(text: str) -> str:
    """Lower case without accents, as the stored search keys are."""
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae")
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).strip()


@dataclass(frozen=True)
class TextSearch:
    """Every word typed must be found in a stored search key (lower case, no accent)."""

    lookup: str = "search_key"
    key: str = "q"
    label: Text = SEARCH

    def fields(self, request: OrganisationRequest) -> tuple[FilterField, ...]:
        return (FilterField(self.key, self.label, "search", request.GET.get(self.key, "").strip()),)

    def apply(self, rows: Any, request: OrganisationRequest) -> Any:
        for word in plain(request.GET.get(self.key, "")).split():
            if isinstance(rows, QuerySet):
                rows = rows.filter(**{f"{self.lookup}__contains": word})
            else:
                rows = [row for row in rows if word in plain(str(getattr(row, self.lookup)))]
        return rows


@dataclass(frozen=True)
class Choice:
    """One value among options, compared with a field of the rows. Options may depend on the request."""

    key: str
    label: Text
    choices: Options | Callable[[OrganisationRequest], Options]
    lookup: str = ""

    def _options(self, request: OrganisationRequest) -> tuple[tuple[str, Text], ...]:
        found = self.choices(request) if callable(self.choices) else self.choices
        return tuple((str(value), str(label)) for value, label in found)

    def _value(self, request: OrganisationRequest, options: Options) -> str:
        wanted = request.GET.get(self.key, "")
        return wanted if wanted in {value for value, _label in options} else ""

    def fields(self, request: OrganisationRequest) -> tuple[FilterField, ...]:
        options = self._options(request)
        return (FilterField(self.key, self.label, "select", self._value(request, options), options),)

    def apply(self, rows: Any, request: OrganisationRequest) -> Any:
        value = self._value(request, self._options(request))
        if not value:
            return rows
        field = self.lookup or self.key
        if isinstance(rows, QuerySet):
            return rows.filter(**{field: value})
        return [row for row in rows if str(getattr(row, field)) == value]


@dataclass(frozen=True)
class YesNo:
    """Yes or no on a boolean field of the rows."""

    key: str
    label: Text
    lookup: str = ""

    def fields(self, request: OrganisationRequest) -> tuple[FilterField, ...]:
        wanted = request.GET.get(self.key, "")
        value = wanted if wanted in ("yes", "no") else ""
        options = (("yes", str(_("Yes"))), ("no", str(_("No"))))
        return (FilterField(self.key, self.label, "select", value, options),)

    def apply(self, rows: Any, request: OrganisationRequest) -> Any:
        wanted = {"yes": True, "no": False}.get(request.GET.get(self.key, ""))
        if wanted is None:
            return rows
        field = self.lookup or self.key
        if isinstance(rows, QuerySet):
            return rows.filter(**{field: wanted})
        return [row for row in rows if bool(getattr(row, field)) is wanted]


@dataclass(frozen=True)
class Period:
    """Two days, both included, on a date field (or the date of a datetime field with lookup `field__date`)."""

    key: str
    label_from: Text
    label_to: Text
    lookup: str = ""

    def fields(self, request: OrganisationRequest) -> tuple[FilterField, ...]:
        first, last = self._bounds(request)
        return (
            FilterField(f"{self.key}_from", self.label_from, "date", first.isoformat() if first else ""),
            FilterField(f"{self.key}_to", self.label_to, "date", last.isoformat() if last else ""),
        )

    def apply(self, rows: Any, request: OrganisationRequest) -> Any:
        first, last = self._bounds(request)
        field = self.lookup or self.key
        if isinstance(rows, QuerySet):
            rows = rows.filter(**{f"{field}__gte": first}) if first else rows
            return rows.filter(**{f"{field}__lte": last}) if last else rows
        return [row for row in rows if _within(getattr(row, field), first, last)]

    def _bounds(self, request: OrganisationRequest) -> tuple[date | None, date | None]:
        return _day(request.GET.get(f"{self.key}_from", "")), _day(request.GET.get(f"{self.key}_to", ""))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _within(value: date | None, first: date | None, last: date | None) -> bool:
    if first is None and last is None:
        return True
    return value is not None and (first is None or value >= first) and (last is None or value <= last)
