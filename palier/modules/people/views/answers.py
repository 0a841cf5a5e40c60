"""A sealed person's own data, for her alone, through her referent."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.modules.people.permissions import Permission
from palier.modules.people.retention.sealed import MEDIA, sealed_answer
from palier.modules.people.selectors.sealed import file_number
from palier.modules.people.services import reading


@requires(Permission.SEALED_READ)
@never_cache
@require_POST
@sensitive_variables("content", "body")
def sealed_access(request: OrganisationRequest, file_id: UUID, extension: str) -> HttpResponse:
    """Hand over what is held about her; the reading is recorded like any other, and nothing is kept."""
    if extension not in MEDIA:
        raise Http404
    at, number = timezone.now(), file_number(file_id)
    try:
        file, content = reading.open_file(
            file_id=file_id, reason=_("Access request of the person"), by=request.actor, at=at
        )
    except NotFound:
        raise Http404 from None
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("people:sealed-open", file_id)
    body = sealed_answer(file=file, content=content, number=number, extension=extension, at=at)
    headers = {
        "Content-Disposition": f'attachment; filename="dossier-{number}.{extension}"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(body, content_type=MEDIA[extension], headers=headers)
