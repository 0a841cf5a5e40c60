"""Addresses of calls to tenants, under `/o/<slug>/calls/`."""

from typing import Any

from django.urls import path

from palier.modules.outreach.views import desk, inbound

app_name = "outreach"
urlpatterns: list[Any] = []

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
]
