from django.urls import path

from palier.kernel.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("<uuid:run_id>/", views.run, name="run"),
    path("<uuid:run_id>/cancel/", views.cancel, name="cancel"),
]
