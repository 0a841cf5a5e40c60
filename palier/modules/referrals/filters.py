"""Filters of the list of referrals."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.filters import FilterField
from palier.modules.referrals.enums import CLOSED, ReferralState

PROGRESS = (
    ("late", pgettext_lazy("referrals", "Overdue")),
    ("open", pgettext_lazy("referrals", "Not finished")),
    *((state.value, state.label) for state in ReferralState),
)


@dataclass(frozen=True)
class ProgressFilter:
    """Where it stands: overdue, not finished, or one state."""

    key: str = "state"

    def fields(self, request: OrganisationRequest) -> tuple[FilterField, ...]:
        options = tuple((value, str(label)) for value, label in PROGRESS)
        return (FilterField(self.key, _("State"), "select", self._value(request), options),)

    def apply(self, rows: Any, request: OrganisationRequest) -> Any:
        match self._value(request):
            case "":
                return rows
            case "late":
                return rows.filter(late=True)
            case "open":
                return rows.exclude(state__in=CLOSED)
            case state:
                return rows.filter(state=state)

    def _value(self, request: OrganisationRequest) -> str:
        wanted = request.GET.get(self.key, "")
        return wanted if wanted in dict(PROGRESS) else ""
