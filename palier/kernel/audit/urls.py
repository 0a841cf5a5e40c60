from django.urls import path

from palier.kernel.audit import views

app_name = "audit"
urlpatterns = [path("<slug:table>/<uuid:row_id>/", views.history, name="history")]
