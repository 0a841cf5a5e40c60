"""Addresses outside any organisation: sign-in, choice of organisation, health."""

from django.conf import settings
from django.urls import include, path

from palier.config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("palier.kernel.accounts.urls")),
    path("mail/", include("palier.kernel.deliveries.mailbox_urls")),
]
if getattr(settings, "IS_DEVELOPMENT", False):
    urlpatterns.append(path("kit/", include("palier.kernel.ui.urls")))
