"""Addresses of social support, under `/o/<slug>/support/`. No address holds a name."""

from django.urls import path

from palier.modules.support.views import changing, files

app_name = "support"
urlpatterns = [
    path("", files.mine, name="mine"),
    path("files/", files.FileList.as_view(), name="files"),
    path("load/", files.loads, name="loads"),
    path("for/<uuid:person_id>/", files.propose, name="propose"),
    path("files/<uuid:file_id>/", files.file, name="file"),
    path("files/<uuid:file_id>/open/", files.open_reading, name="open"),
    path("files/<uuid:file_id>/papers/<slug:paper>/", files.produce_paper, name="produce"),
    path("files/<uuid:file_id>/documents/<uuid:document_id>/", files.document, name="document"),
    path("files/<uuid:file_id>/resume/", changing.resume, name="resume"),
    path("files/<uuid:file_id>/access/<slug:access>/", changing.restrict, name="restrict"),
    path("files/<uuid:file_id>/worker/", changing.hand_to, name="hand-to"),
    path("files/<uuid:file_id>/readers/", changing.name_reader, name="name-reader"),
    path("files/<uuid:file_id>/readers/<uuid:reader_id>/", changing.remove_reader, name="remove-reader"),
    path("files/<uuid:file_id>/change/<slug:name>/", changing.change, name="change"),
    path("files/<uuid:file_id>/add/<slug:part>/", changing.add, name="add"),
    path("files/<uuid:file_id>/aims/<uuid:row_id>/<slug:action>/", changing.move_aim, name="move-aim"),
    path("files/<uuid:file_id>/steps/<uuid:row_id>/hand-over/", changing.hand_over, name="hand-over"),
    path("files/<uuid:file_id>/steps/<uuid:row_id>/<slug:action>/", changing.move_step, name="move-step"),
    path(
        "files/<uuid:file_id>/appointments/<uuid:row_id>/call/",
        changing.turn_into_call,
        name="turn-into-call",
    ),
    path(
        "files/<uuid:file_id>/appointments/<uuid:row_id>/<slug:action>/",
        changing.end_appointment,
        name="end-appointment",
    ),
    path("files/<uuid:file_id>/asked/<uuid:row_id>/<slug:state>/", changing.mark_paper, name="mark-paper"),
    path("files/<uuid:file_id>/partners/<uuid:row_id>/end/", changing.end_partner, name="end-partner"),
]
