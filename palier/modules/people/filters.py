"""Filters of the list of tenants."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.search.matching import narrowed
from palier.kernel.ui.filters import FilterField
from palier.modules.people.enums import Closeness, LeaseStatus, MarkerNature, PairState
from palier.modules.people.permissions import Permission
from palier.modules.people.rules.contacts import normal_phone
from palier.modules.people.selectors import duplicates, persons


class PersonSearch:
    """Name or reference, with accents and typing errors forgiven; or a whole phone number."""

    key = "q"
    label = _("Name, reference or phone")

    def fields(self, request: Any) -> tuple[FilterField, ...]:
        return (FilterField(self.key, str(self.label), "search", request.GET.get(self.key, "").strip()),)

    def apply(self, rows: Any, request: Any) -> Any:
        text = request.GET.get(self.key, "").strip()[:100]
        number = normal_phone(text) if sum(sign.isdigit() for sign in text) >= 9 else None
        return persons.with_phone(rows, number) if number else narrowed(rows, text)


class StatusFilter:
    """Where people stand: tenants today by default would hide the others, so nothing is chosen at first."""

    key = "status"
    label = _("Situation")

    def fields(self, request: Any) -> tuple[FilterField, ...]:
        options = (
            (LeaseStatus.CURRENT.value, str(_("Tenant today"))),
            (LeaseStatus.LEAVING.value, str(LeaseStatus.LEAVING.label)),
            (LeaseStatus.COMING.value, str(_("Moves in soon"))),
            (LeaseStatus.ENDED.value, str(_("Has left"))),
            ("none", str(_("No lease"))),
        )
        value = request.GET.get(self.key, "")
        chosen = value if value in dict(options) else ""
        return (FilterField(self.key, str(self.label), "select", chosen, options),)

    def apply(self, rows: Any, request: Any) -> Any:
        value = self.fields(request)[0].value
        return persons.with_status(rows, value, timezone.localdate()) if value else rows


class ResidenceFilter:
    """People who live in one residence, given by its code or a part of its name."""

    key = "residence"
    label = _("Residence")

    def fields(self, request: Any) -> tuple[FilterField, ...]:
        return (FilterField(self.key, str(self.label), "text", request.GET.get(self.key, "").strip()),)

    def apply(self, rows: Any, request: Any) -> Any:
        text = request.GET.get(self.key, "").strip()[:100]
        return persons.in_residence(rows, text, timezone.localdate()) if text else rows


class MarkerFilter:
    """People with a vulnerability marker; offered to those alone who may see markers."""

    key = "marker"
    label = _("Marker")

    def fields(self, request: Any) -> tuple[FilterField, ...]:
        if not request.actor.may(Permission.MARKER_VIEW):
            return ()
        options = (("any", str(_("Any marker"))), *((one.value, str(one.label)) for one in MarkerNature))
        value = request.GET.get(self.key, "")
        chosen = value if value in dict(options) else ""
        return (FilterField(self.key, str(self.label), "select", chosen, options),)

    def apply(self, rows: Any, request: Any) -> Any:
        fields = self.fields(request)
        if not fields or not fields[0].value:
            return rows
        return persons.with_marker(rows, fields[0].value, timezone.localdate())


class PairSearch:
    """Name or reference of one of the two."""

    key = "q"
    label = _("Name or reference")

    def fields(self, request: Any) -> tuple[FilterField, ...]:
        return (FilterField(self.key, str(self.label), "search", request.GET.get(self.key, "").strip()),)

    def apply(self, rows: Any, request: Any) -> Any:
        text = request.GET.get(self.key, "").strip()[:100]
        return duplicates.naming(rows, text) if text else rows


class ClosenessFilter:
    """How sure a pair is."""

    key = "closeness"
    label = _("How sure")

    def fields(self, request: Any) -> tuple[FilterField, ...]:
        value = request.GET.get(self.key, "")
        chosen = value if value in Closeness.values else ""
        return (FilterField(self.key, str(self.label), "select", chosen, tuple(Closeness.choices)),)

    def apply(self, rows: Any, request: Any) -> Any:
        value = self.fields(request)[0].value
        return duplicates.with_closeness(rows, value) if value else rows


class ReasonFilter:
    """What speaks for a pair, or against it."""

    key = "because"
    label = _("Because")

    def fields(self, request: Any) -> tuple[FilterField, ...]:
        options = tuple((name, str(words)) for name, words in duplicates.reasons_offered())
        value = request.GET.get(self.key, "")
        chosen = value if value in dict(options) else ""
        return (FilterField(self.key, str(self.label), "select", chosen, options),)

    def apply(self, rows: Any, request: Any) -> Any:
        value = self.fields(request)[0].value
        return duplicates.with_reason(rows, value) if value else rows


class PairStateFilter:
    """Pairs to look at by default: those judged are there for whoever looks for them."""

    key = "state"
    label = _("Pairs set aside")

    def fields(self, request: Any) -> tuple[FilterField, ...]:
        options = ((PairState.DIFFERENT.value, str(_("Show them alone"))),)
        value = request.GET.get(self.key, "")
        return (
            FilterField(
                self.key, str(self.label), "select", value if value in dict(options) else "", options
            ),
        )

    def apply(self, rows: Any, request: Any) -> Any:
        return rows.filter(state=self.fields(request)[0].value or PairState.PROPOSED)
