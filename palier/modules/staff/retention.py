"""How long staff keeps what it holds of agents, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel.retention import Holds, LegalBasis, Rows, name_tables, processing, retention_class
from palier.kernel.retention.removing import unreferenced
from palier.kernel.words import Text
from palier.modules.staff.models import Agent, PlannedLeave, Presence


@retention_class(
    key="staff.presence",
    label=_("Daily presence of agents"),
    trigger=_("Day of presence"),
    months=12,
    least=12,
    most=60,
    source=_("Labour code, art. D3171-16 (one year at the disposal of the inspector)"),
    purpose=_("Know who can work, and where, in a crisis"),
    order=30,
)
class DailyPresence(Rows):
    model = Presence
    since = "day"

    def held(self, holds: Holds) -> Q:
        return Q(pk__in=holds.ids("staff_presence")) | Q(agent__in=holds.ids("staff_agent"))

    def describe(self, row: Any) -> str:
        return str(row.get_state_display())


@retention_class(
    key="staff.leave",
    label=_("Planned leave of agents"),
    trigger=_("Last day of the leave"),
    months=12,
    least=12,
    most=60,
    source=_("Labour code, art. D3171-16; domain usage"),
    purpose=_("Know who can work, and where, in a crisis"),
    order=31,
)
class PastLeave(Rows):
    model = PlannedLeave
    since = "end_on"

    def held(self, holds: Holds) -> Q:
        return Q(pk__in=holds.ids("staff_planned_leave")) | Q(agent__in=holds.ids("staff_agent"))


@retention_class(
    key="staff.agent",
    label=_("Agents who left"),
    trigger=_("Day on which the agent left"),
    months=24,
    least=1,
    most=60,
    source=_("Labour code, art. L3245-1 and L1471-1 (time limits of actions); domain usage"),
    purpose=_("Say who was in charge at the time"),
    order=32,
)
class AgentsGone(Rows):
    model = Agent
    since = "active_until"
    chunk_rows = 200

    def due(self, *, before: datetime) -> QuerySet[Agent]:
        return unreferenced(Agent.objects.filter(active_until__lt=localdate(before)))

    def kept(self, *, before: datetime) -> Mapping[Text, int]:
        gone = Agent.objects.filter(active_until__lt=localdate(before))
        return {_("Agents on whom another file still stands"): gone.count() - unreferenced(gone).count()}

    def describe(self, row: Agent) -> str:
        return row.reference


processing(
    key="staff.presence",
    label=_("Agents, presence and coverage"),
    purpose=_("Know who can work, where and on what, so that services go on in a crisis"),
    basis=LegalBasis.LEGITIMATE_INTEREST,
    persons=_("Agents of the organisation"),
    data=_(
        "Identity, job, professional contact details, teams, coverage, skills, daily presence, planned leave"
    ),
    recipients=_("Managers, human resources, crisis cell"),
    retention=("staff.presence", "staff.leave", "staff.agent"),
    measures=_("Rights by role; no reason of absence is recorded"),
    notice=_(
        "Your presence is recorded so that services go on in a crisis. No reason of absence is asked nor kept."
    ),
    app="palier.modules.staff",
    order=30,
)

name_tables(
    {
        "staff_presence": _("days of presence"),
        "staff_planned_leave": _("planned leaves"),
        "staff_agent": _("agents"),
        "staff_usual_week": _("usual weeks"),
        "staff_coverage": _("residences covered"),
        "staff_agent_skill": _("skills of agents"),
        "staff_equipment": _("equipment lent"),
    }
)
