"""Choosing rows of a list: a box beside each, and a bar with what may be done to those that are ticked.

Everything works as a plain form; `selection.js` adds the range, the page, the count and the hiding of the bar.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from palier.kernel.bulk.registry import offers
from palier.kernel.requests import OrganisationRequest
from palier.kernel.words import Text


@dataclass(frozen=True)
class Offer:
    """One button of the bar."""

    key: str
    label: Text
    icon: str


@dataclass(frozen=True)
class Selection:
    """What the bar of a list needs. `whole`: the list can also be taken whole, as its filters leave it."""

    name: str
    url: str
    path: str
    offers: tuple[Offer, ...]
    whole: bool = True
    row_key: Callable[[Any], str] = lambda row: str(getattr(row, "pk", None) or row.id)

    @property
    def form_id(self) -> str:
        return f"bulk-{self.name}"


def selection_of(
    request: OrganisationRequest, list_key: str, *, name: str, whole: bool = True
) -> Selection | None:
    """The selection of a list, or None when this person may do nothing to many of its rows."""
    found = offers(list_key, getattr(request, "actor", None))
    if not found:
        return None
    return Selection(
        name=name,
        url=reverse("bulk:start"),
        path=request.get_full_path(),
        offers=tuple(Offer(one.key, one.label, one.icon) for one in found),
        whole=whole,
    )


@dataclass(frozen=True)
class Line:
    """One row ready to draw, with the id that its box sends."""

    key: str
    label: str
    cells: Sequence[Any]
