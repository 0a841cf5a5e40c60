"""« Vos appels cette semaine »."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from palier.kernel.access import requires
from palier.kernel.requests import OrganisationRequest
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.selectors import desk, week
from palier.modules.outreach.services.desk import seat_of


@requires(Permission.CALL_MAKE)
@never_cache
def my_week(request: OrganisationRequest) -> HttpResponse:
    """What I did in seven days, and what became of it."""
    now = timezone.now()
    context = {
        "week": week.my_week(actor=request.actor, at=now),
        "hard_calls": desk.hard_calls(seat=seat_of(request.actor, at=now), at=now),
    }
    return render(request, "outreach/week/week.html", context)
