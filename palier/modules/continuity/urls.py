"""Addresses of the continuity module, under `/o/<slug>/continuity/`."""

from django.urls import path

from palier.modules.continuity.views import board, cell, log, meetings, notices, reports, tasks

app_name = "continuity"
urlpatterns = [
    path("", board.board, name="board"),
    path("board/live/", board.board_live, name="board-live"),
    path("board/entry/", board.board_entry, name="board-entry"),
    # Plans, levels and overrides.
    # The crisis cell's papers.
    path("log/", log.log, name="log"),
    path("log/live/", log.log_live, name="log-live"),
    path("log/record/", log.record, name="log-record"),
    path("log/check/", log.check, name="log-check"),
    path("log/export/", log.export, name="log-export"),
    path("log/<int:seq>/", log.entry, name="log-entry"),
    path("log/<int:seq>/redact/", log.redact, name="log-redact"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/mine/", tasks.my_tasks, name="my-tasks"),
    path("tasks/new/", tasks.new_task, name="task-new"),
    path("tasks/<uuid:task_id>/", tasks.task, name="task"),
    path("tasks/<uuid:task_id>/assign/", tasks.assign, name="task-assign"),
    path("tasks/<uuid:task_id>/<slug:action>/", tasks.move, name="task-move"),
    path("cell/", cell.cell, name="cell"),
    path("cell/members/new/", cell.new_member, name="member-new"),
    path("cell/members/<uuid:member_id>/hand-over/", cell.hand_over, name="hand-over"),
    path("cell/members/<uuid:member_id>/end/", cell.end_member, name="member-end"),
    path("cell/call-out/", cell.new_call_out, name="call-out-new"),
    path("cell/call-outs/<uuid:call_out_id>/", cell.call_out, name="call-out"),
    path("cell/call-outs/<uuid:call_out_id>/answers/<uuid:answer_id>/", cell.answer, name="call-out-answer"),
    path("cells/new/", meetings.new_cell, name="cell-new"),
    path("cells/<uuid:cell_id>/", meetings.territorial, name="territorial"),
    path("cells/<uuid:cell_id>/members/", meetings.new_guest, name="guest-new"),
    path("cells/<uuid:cell_id>/meetings/", meetings.new_meeting, name="meeting-new"),
    path("cells/<uuid:cell_id>/decisions/", meetings.new_decision, name="decision-new"),
    path("meetings/<uuid:meeting_id>/", meetings.meeting, name="meeting"),
    path("meetings/<uuid:meeting_id>/hold/", meetings.hold_meeting, name="meeting-hold"),
    path("meetings/<uuid:meeting_id>/cancel/", meetings.cancel_meeting, name="meeting-cancel"),
    path("decisions/", meetings.decisions, name="decisions"),
    path("decisions/<uuid:decision_id>/<slug:action>/", meetings.move_decision, name="decision-move"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<uuid:notice_id>/", notices.notice, name="notice"),
    path("notices/<uuid:notice_id>/posters/", notices.make_posters, name="notice-posters"),
    path("notices/<uuid:notice_id>/posters/<uuid:residence_id>/", notices.poster, name="notice-poster"),
    path("notices/<uuid:notice_id>/recipients/", notices.draw_recipients, name="notice-recipients"),
    path("notices/<uuid:notice_id>/<slug:action>/", notices.move, name="notice-move"),
    path("reports/", reports.reports, name="reports"),
    path("reports/begin/", reports.begin, name="report-begin"),
    path("reports/<uuid:report_id>/", reports.report, name="report"),
    path("reports/<uuid:report_id>/write/", reports.write, name="report-write"),
    path("reports/<uuid:report_id>/send/", reports.send, name="report-send"),
    path("pack/", reports.pack, name="pack"),
    path("pack/make/", reports.make_pack, name="pack-make"),
]
