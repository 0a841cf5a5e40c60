"""`GET /healthz`: 200 when web, database and workers are well, 503 and the part that is not otherwise."""

from django.db import DatabaseError, transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from palier.config.workers import served_queues
from palier.kernel.access import public_page
from palier.kernel.jobs.registry import QUEUES


@public_page
@require_safe
@never_cache
@transaction.non_atomic_requests
def healthz(request: HttpRequest) -> JsonResponse:
    """Say what is well without telling anything of anybody; no session is read."""
    try:
        served = served_queues()
    except DatabaseError:
        return JsonResponse({"web": "ok", "database": "down", "workers": "unknown"}, status=503)
    down = sorted(set(QUEUES) - served)
    workers = "ok" if not down else f"down: {', '.join(down)}"
    return JsonResponse({"web": "ok", "database": "ok", "workers": workers}, status=503 if down else 200)
