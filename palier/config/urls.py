"""Addresses outside any organisation: sign-in, choice of organisation, health."""

from django.urls import include, path

urlpatterns = [
    path("", include("palier.kernel.accounts.urls")),
    path("mail/", include("palier.kernel.deliveries.mailbox_urls")),
]
