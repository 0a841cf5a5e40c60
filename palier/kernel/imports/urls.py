from django.urls import path

from palier.kernel.imports.views import batches, undoing

app_name = "imports"
urlpatterns = [
    path("", batches.Batches.as_view(), name="batches"),
    path("new/", batches.upload, name="upload"),
    path("templates/<slug:kind>.<slug:extension>", batches.template_file, name="template"),
    path("profiles/<uuid:profile_id>/delete/", batches.delete_profile, name="delete-profile"),
    path("<uuid:batch_id>/", batches.batch, name="batch"),
    path("<uuid:batch_id>/mapping/", batches.mapping, name="mapping"),
    path("<uuid:batch_id>/progress/", batches.progress, name="progress"),
    path("<uuid:batch_id>/check/", batches.check, name="check"),
    path("<uuid:batch_id>/count/", batches.count, name="count"),
    path("<uuid:batch_id>/lines/<int:line>/", batches.correct, name="correct"),
    path("<uuid:batch_id>/proposals/", batches.accept_proposals, name="proposals"),
    path("<uuid:batch_id>/absent/", batches.accept_absent, name="accept-absent"),
    path("<uuid:batch_id>/absent/<uuid:row_id>/", batches.keep_absent, name="keep-absent"),
    path("<uuid:batch_id>/apply/", batches.apply, name="apply"),
    path("<uuid:batch_id>/changes/", undoing.Changes.as_view(), name="changes"),
    path("<uuid:batch_id>/undo/", undoing.undo, name="undo"),
    path("<uuid:batch_id>/undo/plan/", undoing.plan, name="undo-plan"),
    path("<uuid:batch_id>/undo/rows/", undoing.UndoRows.as_view(), name="undo-rows"),
    path("<uuid:batch_id>/discard/", batches.discard, name="discard"),
    path("<uuid:batch_id>/failed.<slug:extension>", batches.failed_lines, name="failed"),
]
