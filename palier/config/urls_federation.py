"""Addresses of a federation's pages, under `/o/<slug>/`."""

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
    path("parameters/", include("palier.kernel.parameters.urls")),
    path("personal-data/", include("palier.kernel.retention.urls")),
]
