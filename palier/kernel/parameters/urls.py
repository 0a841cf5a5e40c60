from django.urls import path

from palier.kernel.parameters import views

app_name = "parameters"

urlpatterns = [
    path("", views.parameters, name="parameters"),
    path("<str:key>/adjust/", views.adjust, name="adjust"),
    path("<str:key>/restore/", views.restore, name="restore"),
]
