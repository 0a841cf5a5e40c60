"""Addresses of the staff module, under `/o/<slug>/staff/`."""

from django.urls import path, register_converter

from palier.modules.staff.views import agents, coverage, presence, teams
from palier.modules.staff.views.days import DayConverter

register_converter(DayConverter, "day")

app_name = "staff"
urlpatterns = [
    path("", agents.AgentList.as_view(), name="agents"),
    path("new/", agents.new_agent, name="new-agent"),
    path("agents/<uuid:agent_id>/", agents.agent, name="agent"),
    path("agents/<uuid:agent_id>/change/", agents.change_agent, name="change-agent"),
    path("agents/<uuid:agent_id>/week/", agents.change_week, name="change-week"),
    path("agents/<uuid:agent_id>/departure/", agents.departure, name="departure"),
    path("agents/<uuid:agent_id>/leaves/", agents.plan_leave, name="plan-leave"),
    path("agents/<uuid:agent_id>/leaves/<uuid:leave_id>/cancel/", agents.cancel_leave, name="cancel-leave"),
    path("agents/<uuid:agent_id>/skills/", agents.add_skill, name="add-skill"),
    path(
        "agents/<uuid:agent_id>/skills/<uuid:agent_skill_id>/remove/",
        agents.remove_skill,
        name="remove-skill",
    ),
    path("agents/<uuid:agent_id>/equipment/", agents.give_equipment, name="give-equipment"),
    path(
        "agents/<uuid:agent_id>/equipment/<uuid:equipment_id>/return/",
        agents.return_equipment,
        name="return-equipment",
    ),
    path("teams/", teams.TeamList.as_view(), name="teams"),
    path("teams/<uuid:team_id>/", teams.team, name="team"),
    path("teams/<uuid:team_id>/hours/", teams.new_hours, name="new-hours"),
    path("teams/<uuid:team_id>/hours/<uuid:hours_id>/end/", teams.end_hours, name="end-hours"),
    path("teams/<uuid:team_id>/leader/", teams.lead, name="lead-team"),
    path("presence/", presence.board, name="presence"),
    path("presence/<uuid:team_id>/", presence.sheet, name="presence-sheet"),
    path("presence/<uuid:team_id>/fill/", presence.fill, name="fill-team"),
    path("presence/agents/<uuid:agent_id>/<day:day>/", presence.record, name="record-presence"),
    path("coverage/", coverage.CoverageList.as_view(), name="coverage"),
    path("coverage/new/", coverage.new, name="new-coverage"),
    path("coverage/<uuid:coverage_id>/end/", coverage.end, name="end-coverage"),
    path("gaps/", coverage.gaps, name="gaps"),
    path("gaps/stand-in/", coverage.stand_in, name="stand-in"),
]
