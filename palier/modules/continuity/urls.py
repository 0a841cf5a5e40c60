"""Addresses of the continuity module, under `/o/<slug>/continuity/`."""

from django.urls import path

from palier.modules.continuity.views import board

app_name = "continuity"
urlpatterns = [
    path("", board.board, name="board"),
    path("board/live/", board.board_live, name="board-live"),
    path("board/entry/", board.board_entry, name="board-entry"),
    # Plans, levels and overrides.
    # The crisis cell's papers.
]
