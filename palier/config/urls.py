"""Addresses outside any organisation: sign-in, choice of organisation, health."""

from django.conf import settings
from django.urls import include, path

from palier.config.health import healthz
from palier.modules.continuity.views.cell import acknowledge
from palier.modules.referrals.views.link import link

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("palier.kernel.accounts.urls")),
    path("mail/", include("palier.kernel.deliveries.mailbox_urls")),
    path("call-out/<str:token>/", acknowledge, name="call-out-link"),
    path("orientation/<str:token>/", link, name="referral-link"),
]
if getattr(settings, "IS_DEVELOPMENT", False):
    urlpatterns.append(path("kit/", include("palier.kernel.ui.urls")))
