"""Addresses of calls to tenants, under `/o/<slug>/calls/`."""

from typing import Any

from django.urls import path

from palier.modules.outreach.views import (
    alerts,
    campaigns,
    desk,
    inbound,
    reports,
    scripts,
    segments,
    sheets,
    team,
    visits,
    waiting,
    week,
)

app_name = "outreach"
urlpatterns: list[Any] = []

# Who and when: segments, campaigns, reports.
urlpatterns += [
    path("campaigns/", campaigns.CampaignList.as_view(), name="campaigns"),
    path("campaigns/new/", campaigns.new, name="new-campaign"),
    path("campaigns/<uuid:campaign_id>/", campaigns.campaign, name="campaign"),
    path("campaigns/<uuid:campaign_id>/change/", campaigns.change, name="change-campaign"),
    path("campaigns/<uuid:campaign_id>/open/", campaigns.open_campaign, name="open-campaign"),
    path("campaigns/<uuid:campaign_id>/callers/", campaigns.callers, name="callers"),
    path("campaigns/<uuid:campaign_id>/rebalance/", campaigns.rebalance, name="rebalance"),
    path("campaigns/<uuid:campaign_id>/households/", campaigns.HouseholdList.as_view(), name="households"),
    path("campaigns/<uuid:campaign_id>/households/add/", campaigns.add_household, name="add-household"),
    path("campaigns/<uuid:campaign_id>/report/", reports.report, name="report"),
    path("campaigns/<uuid:campaign_id>/report/pdf/", reports.report_pdf, name="report-pdf"),
    path("campaigns/<uuid:campaign_id>/<slug:act>/", campaigns.move, name="move-campaign"),
    path("households/<uuid:line_id>/", campaigns.household, name="household"),
    path("households/<uuid:line_id>/remove/", campaigns.remove_household, name="remove-household"),
    path("segments/", segments.segments, name="segments"),
    path("segments/install/", segments.install, name="install-segments"),
    path("segments/create/", segments.create, name="create-segment"),
    path("segments/<uuid:segment_id>/", segments.segment, name="segment"),
    path("segments/<uuid:segment_id>/change/", segments.change, name="change-segment"),
    path("register/<uuid:person_id>/", reports.municipal_register, name="municipal-register"),
]

# The desk: calling, being called, going to the door.
urlpatterns += [
    path("desk/", desk.desk, name="desk"),
    path("desk/take/", desk.take, name="desk-take"),
    path("desk/<uuid:call_id>/", desk.one, name="desk-one"),
    path("desk/<uuid:call_id>/take/", desk.take_this, name="desk-take-this"),
    path("desk/<uuid:call_id>/save/", desk.save, name="desk-save"),
    path("desk/<uuid:call_id>/keep/", desk.keep, name="desk-keep"),
    path("desk/<uuid:call_id>/leave/", desk.leave, name="desk-leave"),
    path("desk/<uuid:call_id>/skip/", desk.skip, name="desk-skip"),
    path("desk/<uuid:call_id>/give-back/", desk.give_back, name="desk-give-back"),
    path("desk/<uuid:call_id>/elsewhere/<uuid:person_id>/", desk.elsewhere, name="desk-elsewhere"),
    path("debriefs/<uuid:report_id>/", desk.debrief, name="debrief"),
    path("inbound/", inbound.inbound, name="inbound"),
    path("inbound/lines/<uuid:line_id>/", inbound.begin, name="inbound-begin"),
    path("inbound/persons/<uuid:person_id>/add/", inbound.add, name="inbound-add"),
    path("visits/", visits.visits, name="visits"),
    path("visits/<uuid:visit_id>/met/", visits.met, name="visit-met"),
    path("visits/<uuid:visit_id>/nobody/", visits.nobody, name="visit-nobody"),
    path("visits/<uuid:visit_id>/hand-over/", visits.hand_over, name="visit-hand-over"),
    path("visits/<uuid:visit_id>/cancel/", visits.cancel, name="visit-cancel"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<uuid:alert_id>/", alerts.alert, name="alert"),
    path("alerts/<uuid:alert_id>/take/", alerts.take, name="alert-take"),
    path("alerts/<uuid:alert_id>/transmit/", alerts.transmit, name="alert-transmit"),
    path("alerts/<uuid:alert_id>/close/", alerts.close, name="alert-close"),
    path("week/", week.my_week, name="week"),
    path("team/", team.team, name="team"),
    path("team/live/", team.team_live, name="team-live"),
    path("team/callers/<uuid:agent_id>/", team.caller, name="team-caller"),
    path("team/callers/<uuid:agent_id>/reassign/", team.reassign, name="reassign"),
    path("team/calls/<uuid:call_id>/take-back/", team.take_back, name="take-back"),
    path("team/debriefs/<uuid:report_id>/", team.debriefed, name="debriefed"),
    path("scripts/", scripts.scripts, name="scripts"),
    path("scripts/<slug:context>/<slug:language>/", scripts.script, name="script"),
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/make/", sheets.make, name="make-sheets"),
    path("sheets/<uuid:sheet_id>/", sheets.sheet, name="sheet"),
    path("sheets/<uuid:sheet_id>/paper/", sheets.paper, name="sheet-paper"),
    path("sheets/<uuid:sheet_id>/type-back/", sheets.type_back, name="type-back"),
    path("team/calls/", waiting.WaitingCalls.as_view(), name="waiting-calls"),
    path("team/visits/", waiting.WaitingVisits.as_view(), name="waiting-visits"),
]
