"""Filters of the list of partners."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from palier.kernel.geography.selectors import departments
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.filters import FilterField
from palier.modules.partners.enums import NeedKind


@dataclass(frozen=True)
class NeedFilter:
    """Those who serve a need."""

    key: str = "need"

    def fields(self, request: OrganisationRequest) -> tuple[FilterField, ...]:
        options = tuple((value, str(label)) for value, label in NeedKind.choices)
        return (FilterField(self.key, _("Need served"), "select", self._value(request), options),)

    def apply(self, rows: Any, request: OrganisationRequest) -> Any:
        value = self._value(request)
        return rows.meeting(value) if value else rows

    def _value(self, request: OrganisationRequest) -> str:
        wanted = request.GET.get(self.key, "")
        return wanted if wanted in NeedKind.values else ""


@dataclass(frozen=True)
class DepartmentFilter:
    """Those who act in a department, everywhere included."""

    key: str = "department"

    def fields(self, request: OrganisationRequest) -> tuple[FilterField, ...]:
        served = set(getattr(request.organisation, "departments", ()) or ())
        options = tuple((code, name) for code, name in departments() if not served or code in served)
        return (FilterField(self.key, _("Department served"), "select", self._value(request), options),)

    def apply(self, rows: Any, request: OrganisationRequest) -> Any:
        value = self._value(request)
        return rows.serving(department=value) if value else rows

    def _value(self, request: OrganisationRequest) -> str:
        return request.GET.get(self.key, "")[:3]
