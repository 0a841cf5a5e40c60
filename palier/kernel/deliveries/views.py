"""What was sent, what needs a decision, and the messages kept where no mail server is set."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from palier.kernel.access import public_page, requires
from palier.kernel.deliveries import mailbox as folder
from palier.kernel.deliveries import selectors, services
from palier.kernel.deliveries.enums import DeliveryAction, DeliveryState
from palier.kernel.deliveries.permissions import Permission
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.requests import OrganisationRequest


@requires(Permission.DELIVERY_READ)
@require_safe
def deliveries(request: OrganisationRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    page = Paginator(selectors.deliveries(state=state), 50).get_page(request.GET.get("page"))
    counts = selectors.counts_by_state()
    states = [(value, label, counts.get(value, 0)) for value, label in DeliveryState.choices]
    context = {
        "lines": [selectors.line_of(row) for row in page.object_list],
        "page": page,
        "states": states,
        "state": state,
        "total": sum(counts.values()),
        "is_all": not state,
    }
    return render(request, "deliveries/deliveries.html", context)


@requires(Permission.DELIVERY_READ)
@require_safe
def delivery(request: OrganisationRequest, delivery_id: UUID) -> HttpResponse:
    line = selectors.delivery_line(delivery_id=delivery_id)
    if line is None:
        raise Http404
    may_decide = request.actor.may(Permission.DELIVERY_DECIDE)
    return render(request, "deliveries/delivery.html", {"line": line, "may_decide": may_decide})


@requires(Permission.DELIVERY_DECIDE)
@require_POST
def settle(request: OrganisationRequest, delivery_id: UUID) -> HttpResponse:
    again = request.POST.get("action") == DeliveryAction.SEND_AGAIN
    act = services.send_again if again else services.hold_as_sent
    try:
        act(delivery_id=delivery_id, by=request.actor, at=timezone.now())
    except NotFound as unseen:
        raise Http404 from unseen
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is being sent again.") if again else _("It is held as sent."))
    return redirect("deliveries:delivery", delivery_id)


@public_page
@require_safe
def mailbox(request: OrganisationRequest) -> HttpResponse:
    _development_only()
    return render(request, "deliveries/mailbox.html", {"kept": folder.kept_messages()})


@public_page
@require_safe
def mailbox_message(request: OrganisationRequest, name: str) -> HttpResponse:
    _development_only()
    message = folder.kept_message(name)
    if message is None:
        raise Http404
    return render(request, "deliveries/mailbox_message.html", {"message": message})


def _development_only() -> None:
    """These pages show links that open accounts: they exist on a workstation without a mail server,
    nowhere else.
    """
    if not settings.IS_DEVELOPMENT or settings.EMAIL_HOST:
        raise Http404
