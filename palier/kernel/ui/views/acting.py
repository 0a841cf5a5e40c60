"""Running one service from a form, and saying what came of it: what the views of every module share."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.utils import timezone

from palier.kernel.errors import DomainError, NotAllowed, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.words import Text

Service = Callable[..., Any]


def act(request: OrganisationRequest, service: Service, said: Text = "", **given: Any) -> Any:
    """Call a service for the person who asks; a refusal becomes a message and gives None.

    Raises: NotFound, NotAllowed; `@requires` answers them 404 and 403.
    """
    try:
        with transaction.atomic():
            done = service(by=request.actor, at=timezone.now(), **given)
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return None
    if said:
        messages.success(request, str(said))
    return done


def act_of_form(request: OrganisationRequest, form: Form, service: Service, **given: Any) -> Any:
    """Call a service with what a valid form holds; a refusal becomes an error of the form and gives None.

    A form may say what it gives by `service_arguments()`. Raises: NotFound, NotAllowed.
    """
    if not form.is_valid():
        return None
    taken = form.service_arguments() if hasattr(form, "service_arguments") else form.cleaned_data
    try:
        with transaction.atomic():
            return service(by=request.actor, at=timezone.now(), **{**taken, **given})
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
