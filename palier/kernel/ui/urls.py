"""The kit's own page, in development."""

from django.urls import path

from palier.kernel.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.kit, name="kit"),
    path("form/", views.kit_form, name="kit-form"),
]
