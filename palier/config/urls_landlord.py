"""Addresses of a landlord's pages, under `/o/<slug>/`."""

from django.urls import include, path

from palier.config.home import home

urlpatterns = [
    path("", home, name="home"),
    path("access/", include("palier.kernel.access.urls")),
    path("history/", include("palier.kernel.audit.urls")),
    path("jobs/", include("palier.kernel.jobs.urls")),
    path("done/", include("palier.kernel.bulk.urls")),
    path("documents/", include("palier.kernel.documents.urls")),
    path("deliveries/", include("palier.kernel.deliveries.urls")),
    path("imports/", include("palier.kernel.imports.urls")),
    path("parameters/", include("palier.kernel.parameters.urls")),
    path("personal-data/", include("palier.kernel.retention.urls")),
    path("estate/", include("palier.modules.estate.urls")),
    path("search/", include("palier.kernel.search.urls")),
    path("people/", include("palier.modules.people.urls")),
    path("staff/", include("palier.modules.staff.urls")),
    path("continuity/", include("palier.modules.continuity.urls")),
    path("partners/", include("palier.modules.partners.urls")),
    path("referrals/", include("palier.modules.referrals.urls")),
    path("calls/", include("palier.modules.outreach.urls")),
    path("support/", include("palier.modules.support.urls")),
]
