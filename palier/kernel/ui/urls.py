"""The kit's own page, in development."""

from django.urls import path

from palier.kernel.ui.views import kit

app_name = "ui"
urlpatterns = [
    path("", kit.kit, name="kit"),
    path("form/", kit.kit_form, name="kit-form"),
]
