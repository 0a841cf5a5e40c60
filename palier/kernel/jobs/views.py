"""Work in progress and « what I just did »."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.jobs import services
from palier.kernel.jobs.permissions import Permission
from palier.kernel.requests import OrganisationRequest


@requires(Permission.RUN_VIEW)
def runs(request: OrganisationRequest) -> HttpResponse:
    return render(request, "jobs/runs.html", {"runs": services.recent_runs()})


@requires(Permission.RUN_VIEW)
def run(request: OrganisationRequest, run_id: UUID) -> HttpResponse:
    """The page, or its fragment while it polls."""
    found = services.run_by_id(run_id)
    if found is None:
        raise Http404
    context = {"run": found, "may_cancel": request.actor.may(Permission.RUN_CANCEL)}
    if "X-Palier-Poll" not in request.headers:
        return render(request, "jobs/run.html", context)
    # 286 tells the page to stop asking: the work has ended.
    return render(request, "jobs/_run.html", context, status=286 if found.is_ended else 200)


@requires(Permission.RUN_CANCEL)
@require_POST
def cancel(request: OrganisationRequest, run_id: UUID) -> HttpResponse:
    if services.run_by_id(run_id) is None:
        raise Http404
    if not services.ask_to_cancel(run_id=run_id):
        messages.info(request, _("This work had already ended."))
    return redirect("jobs:run", run_id)
