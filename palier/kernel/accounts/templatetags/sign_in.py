"""What the sign-in page offers besides a password."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse
from django.utils.http import urlencode

register = template.Library()


@dataclass(frozen=True)
class Way:
    """A button of the sign-in page."""

    label: str
    url: str


@register.simple_tag(takes_context=True)
def identity_providers(context: Context) -> list[Way]:
    """The identity providers of the settings; where one was going follows through them."""
    target = context["request"].GET.get("next", "")
    tail = f"?{urlencode({'next': target})}" if target else ""
    return [
        Way(one.label, reverse("oidc_start", args=[one.key]) + tail) for one in settings.IDENTITY_PROVIDERS
    ]
