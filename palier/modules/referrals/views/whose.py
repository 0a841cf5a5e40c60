"""Whose work a list shows: an entry point, since a team is that of today."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.filters import FilterField
from palier.modules.referrals.selectors.work import chosen_by_whose

WHOSE = (
    ("mine", _("Given to me")),
    ("team", _("Given to my team")),
    ("opened", _("Opened by me")),
)


@dataclass(frozen=True)
class WhoseFilter:
    """My work, my team's, what I opened; everybody's by default."""

    key: str = "whose"

    def fields(self, request: OrganisationRequest) -> tuple[FilterField, ...]:
        options = tuple((value, str(label)) for value, label in WHOSE)
        return (FilterField(self.key, _("Whose"), "select", self._value(request), options),)

    def apply(self, rows: Any, request: OrganisationRequest) -> Any:
        return chosen_by_whose(rows, self._value(request), actor=request.actor, at=timezone.now())

    def _value(self, request: OrganisationRequest) -> str:
        wanted = request.GET.get(self.key, "")
        return wanted if wanted in dict(WHOSE) else ""
