"""What the crisis cell knows of an activation, on its page: the signed decisions, tasks, call-out, notices."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.documents.selectors import documents_about
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.panels import panel
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors import cell, notices, tasks

AREA = "continuity.activation"
TABLE = "continuity_activation"


@panel(
    AREA,
    template="documents/_list.html",
    title=_("Decisions to sign"),
    icon="file-certificate",
    permission=Permission.ACTIVATION_VIEW,
    max_queries=3,
    order=10,
)
def decisions_of_activation(request: OrganisationRequest, subject: Any) -> dict[str, Any] | None:
    """The PDF of each decision, made by the decision itself."""
    found = documents_about(TABLE, subject, actor=request.actor)
    return {"documents": found} if found else None


@panel(
    AREA,
    template="continuity/tasks/_activation_panel.html",
    title=_("Under way"),
    icon="checklist",
    permission=Permission.TASK_READ,
    max_queries=8,
    order=20,
)
def follow_up_of_activation(request: OrganisationRequest, subject: Any) -> dict[str, Any] | None:
    """How many tasks are done, who answered the call-out, what tenants are told."""
    now = timezone.now()
    counts = tasks.counts(at=now, activation_id=subject, exercise=None)
    may_see_cell = request.actor.may(Permission.CELL_READ)
    return {
        "counts": counts,
        "total": counts.unfinished + counts.done,
        "call": cell.call_out_of_activation(subject, at=now) if may_see_cell else None,
        "notices": notices.counts_of_activation(subject, actor=request.actor),
    }
