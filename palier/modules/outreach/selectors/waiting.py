"""Lists of the team leader: calls that wait, visits that wait, and what would become of many at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.timezone import localdate

from palier.kernel.access import Actor
from palier.kernel.bulk import planned, with_state
from palier.modules.outreach.enums import CallState, VisitState
from palier.modules.outreach.models import Call, CampaignCaller, Visit
from palier.modules.outreach.permissions import Permission
from palier.modules.staff import public as staff

IN_HAND = "in-hand"
OVER = "over"
EMPTY = Value("", output_field=TextField())
# A place, never a name: what a bulk run keeps is read long after a person may have been sealed.
CALL_LABEL = Concat(
    "line__residence__name", Value(" "), Coalesce("line__lot__code", EMPTY), output_field=TextField()
)
VISIT_LABEL = Concat("residence__name", Value(" "), Coalesce("lot__code", EMPTY), output_field=TextField())


def waiting_calls(*, actor: Actor, at: datetime) -> QuerySet[Call]:
    """Return the calls due today or before that nobody has in hand, for a list."""
    rows = Call.objects.filter(
        state__in=[CallState.WAITING, CallState.IN_CALL],
        due_on__lte=localdate(at),
        campaign__state="open",
        line__state="active",
    )
    known = rows.select_related("line__residence", "line__lot", "campaign", "caller")
    return known if actor.may(Permission.TEAM_LEAD) else rows.none()


def waiting_visits(*, actor: Actor) -> QuerySet[Visit]:
    """Return the visits that wait, for a list."""
    rows = Visit.objects.filter(state__in=[VisitState.TO_VISIT, VisitState.NOBODY])
    known = rows.select_related("residence", "lot", "agent")
    return known if actor.may(Permission.TEAM_LEAD) else rows.none()


def caller_choices() -> list[tuple[str, str]]:
    """Return the active callers of open campaigns. Two queries."""
    rows = CampaignCaller.objects.filter(is_active=True, campaign__state="open")
    cards = staff.agents_named(rows.values_list("agent_id", flat=True).distinct())
    return sorted(((str(key), card.name) for key, card in cards.items()), key=lambda one: one[1])


def reassign_plan(*, agent_id: UUID, by: Actor, at: datetime) -> QuerySet[Call]:
    """Calls that would change hands: those in somebody's hand stay there."""
    return planned(
        waiting_calls(actor=by, at=at),
        label=CALL_LABEL,
        now=Concat("caller__first_name", Value(" "), "caller__last_name", output_field=TextField()),
        refused={IN_HAND: Q(state=CallState.IN_CALL)},
        unchanged=Q(caller_id=agent_id),
    )


def call_states() -> QuerySet[Call]:
    return with_state(Call.objects.all(), caller="caller_id")


def cancel_plan(*, by: Actor) -> Any:
    """Visits that would be cancelled."""
    return planned(
        Visit.objects.filter(pk__in=waiting_visits(actor=by).values("pk")), label=VISIT_LABEL, now=F("state")
    )
