"""Running one service from a form, and saying what came of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.utils import timezone

from palier.kernel.errors import DomainError, NotAllowed, NotFound
from palier.kernel.requests import OrganisationRequest
from palier.kernel.words import Text


def act(request: OrganisationRequest, service: Callable[..., Any], said: Text = "", **given: Any) -> Any:
    """Call a service for the person who asks; a refusal becomes a message and gives None."""
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


def act_of_form(form: Form, service: Callable[..., Any], request: OrganisationRequest, **given: Any) -> Any:
    """Call a service with what a valid form holds; a refusal becomes an error of the form and gives None."""
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
