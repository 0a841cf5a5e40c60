"""Lists of the team leader: what waits, and what may be done to many at once."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.filters import Choice, TextSearch
from palier.kernel.ui.lists import Column, Empty, ListPage
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.selectors import waiting as selectors


def _callers(_request: OrganisationRequest) -> list[tuple[str, str]]:
    return selectors.caller_choices()


class WaitingCalls(ListPage):
    """Calls due today or before, with whoever they wait for."""

    permission = Permission.TEAM_LEAD
    name = "waiting-calls"
    title = _("Calls that wait")
    lead = _("Due today or before. Tick some, and give them to somebody else.")
    columns = (
        Column(
            "residence",
            _("Residence"),
            sort="line__residence__name",
            value=lambda row: row.line.residence.name,
        ),
        Column("lot", _("Dwelling"), value=lambda row: row.line.lot.code if row.line.lot else ""),
        Column("campaign", _("Campaign"), sort="campaign__name", value=lambda row: row.campaign.name),
        Column(
            "caller",
            _("Caller"),
            sort="caller__search_key",
            value=lambda row: row.caller.name if row.caller else "",
        ),
        Column("due_on", _("Due on"), kind="date", sort="due_on"),
        Column("score", _("Order"), kind="number", sort="score"),
        Column("attempts_made", _("Rings so far"), kind="number", sort="attempts_made"),
    )
    filters = (
        TextSearch("line__residence__search_key", label=_("Residence")),
        Choice("caller", _("Caller"), _callers, lookup="caller_id"),
    )
    empty = Empty(_("No call waits"), _("Calls come here on the day when they are due."), icon="phone-check")
    default_sort = "due_on"
    bulk = "outreach.waiting"

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> QuerySet:
        return selectors.waiting_calls(actor=request.actor, at=timezone.now())


class WaitingVisits(ListPage):
    """Visits at the door that wait."""

    permission = Permission.TEAM_LEAD
    name = "waiting-visits"
    title = _("Visits that wait")
    lead = _("Households that no call reached. Tick some to cancel them.")
    columns = (
        Column(
            "residence", _("Residence"), sort="residence__name", value=lambda row: row.residence.name,
            link=lambda row: reverse("estate:residence", args=[row.residence_id]),
        ),
        Column("lot", _("Dwelling"), value=lambda row: row.lot.code if row.lot else ""),
        Column("agent", _("Agent"), sort="agent__search_key", value=lambda row: row.agent.name if row.agent else ""),
        Column("due_on", _("Due on"), kind="date", sort="due_on"),
        Column("knocks", _("Nobody opened"), kind="number", sort="knocks"),
        Column("state", _("State"), value=lambda row: row.get_state_display()),
    )  # fmt: skip
    filters = (TextSearch("residence__search_key", label=_("Residence")),)
    empty = Empty(_("No visit waits"), _("When calls reach nobody, the household comes here."), icon="door")
    default_sort = "due_on"
    bulk = "outreach.visits"

    def rows(self, request: OrganisationRequest, **kwargs: Any) -> QuerySet:
        return selectors.waiting_visits(actor=request.actor)
