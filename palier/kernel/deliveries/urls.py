from django.urls import path

from palier.kernel.deliveries import views

app_name = "deliveries"

urlpatterns = [
    path("", views.deliveries, name="deliveries"),
    path("<uuid:delivery_id>/", views.delivery, name="delivery"),
    path("<uuid:delivery_id>/settle/", views.settle, name="settle"),
]
