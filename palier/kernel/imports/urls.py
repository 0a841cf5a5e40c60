from django.urls import path

from palier.kernel.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.Batches.as_view(), name="batches"),
    path("new/", views.upload, name="upload"),
    path("templates/<slug:kind>.<slug:extension>", views.template_file, name="template"),
    path("profiles/<uuid:profile_id>/delete/", views.delete_profile, name="delete-profile"),
    path("<uuid:batch_id>/", views.batch, name="batch"),
    path("<uuid:batch_id>/mapping/", views.mapping, name="mapping"),
    path("<uuid:batch_id>/progress/", views.progress, name="progress"),
    path("<uuid:batch_id>/check/", views.check, name="check"),
    path("<uuid:batch_id>/count/", views.count, name="count"),
    path("<uuid:batch_id>/lines/<int:line>/", views.correct, name="correct"),
    path("<uuid:batch_id>/proposals/", views.accept_proposals, name="proposals"),
    path("<uuid:batch_id>/absent/", views.accept_absent, name="accept-absent"),
    path("<uuid:batch_id>/absent/<uuid:row_id>/", views.keep_absent, name="keep-absent"),
    path("<uuid:batch_id>/apply/", views.apply, name="apply"),
    path("<uuid:batch_id>/undo/", views.undo, name="undo"),
    path("<uuid:batch_id>/discard/", views.discard, name="discard"),
    path("<uuid:batch_id>/failed.<slug:extension>", views.failed_lines, name="failed"),
]
