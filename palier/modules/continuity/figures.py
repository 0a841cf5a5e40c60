"""The figures of the crisis cell."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from palier.kernel.figures import figure
from palier.modules.continuity.enums import DecisionState
from palier.modules.continuity.models import Activation, CellDecision, LogEntry, Task


@figure(key="continuity.levels-in-force", label=_("Levels in force"), about="things", order=10, better="down")
def levels_in_force(*, at: datetime) -> int:
    return Activation.objects.standing().real().filter(effective_at__lte=at).count()


@figure(key="continuity.tasks-to-do", label=_("Tasks to do"), about="things", order=11, better="down")
def tasks_to_do(*, at: datetime) -> int:
    return Task.objects.unfinished().filter(exercise=False).count()


@figure(key="continuity.tasks-overdue", label=_("Overdue tasks"), about="things", order=12, better="down")
def tasks_overdue(*, at: datetime) -> int:
    return Task.objects.overdue(at).filter(exercise=False).count()


@figure(key="continuity.log-entries", label=_("Entries in the crisis log"), about="things", order=13)
def log_entries(*, at: datetime) -> int:
    return LogEntry.objects.filter(exercise=False).count()


@figure(
    key="continuity.decisions-open",
    label=_("Decisions to carry out"),
    about="things",
    order=14,
    better="down",
)
def decisions_open(*, at: datetime) -> int:
    return CellDecision.objects.filter(state=DecisionState.OPEN, exercise=False).count()
