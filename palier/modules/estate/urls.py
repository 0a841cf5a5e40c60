"""Addresses of the estate, under `/o/<slug>/estate/`."""

from django.urls import path

from palier.modules.estate.views import lots, offices, residences

app_name = "estate"
urlpatterns = [
    path("residences/", residences.ResidenceList.as_view(), name="residences"),
    path("residences/<uuid:residence_id>/", residences.residence, name="residence"),
    path("residences/<uuid:residence_id>/change/", residences.change_residence, name="change-residence"),
    path("residences/<uuid:residence_id>/lots/", lots.LotList.as_view(), name="lots"),
    path("lots/<uuid:lot_id>/", lots.lot, name="lot"),
    path("lots/<uuid:lot_id>/status/<slug:action>/", lots.change_status, name="change-status"),
    path("lots/<uuid:lot_id>/reserve/", lots.reserve, name="reserve"),
    path("reservations/", lots.ReservationList.as_view(), name="reservations"),
    path("reservations/<uuid:reservation_id>/release/", lots.release, name="release"),
    path("agencies/", offices.AgencyList.as_view(), name="agencies"),
    path("agencies/new/", offices.new_agency, name="new-agency"),
    path("agencies/<uuid:agency_id>/", offices.agency, name="agency"),
    path("agencies/<uuid:agency_id>/change/", offices.change_agency, name="change-agency"),
    path("receptions/", offices.ReceptionList.as_view(), name="receptions"),
    path("receptions/new/", offices.new_reception, name="new-reception"),
    path("receptions/<uuid:reception_point_id>/", offices.reception, name="reception"),
    path("receptions/<uuid:reception_point_id>/change/", offices.change_reception, name="change-reception"),
]
