from django.urls import path

from palier.kernel.documents import views

app_name = "documents"

urlpatterns = [
    path("", views.documents, name="documents"),
    path("mentions/", views.mentions, name="mentions"),
    path("mentions/specimen/", views.specimen, name="specimen"),
    path("<uuid:document_id>/", views.download, name="download"),
]
