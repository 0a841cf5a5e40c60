"""Addresses of the referrals module, under `/o/<slug>/referrals/`. The partner's link stands in the shared space."""

from django.urls import path

from palier.modules.referrals.views import creating, districts, panels, referrals, sending  # noqa: F401  panels

app_name = "referrals"
urlpatterns = [
    path("", referrals.ReferralList.as_view(), name="referrals"),
    path("new/", creating.new, name="new"),
    path("new/person/<uuid:person_id>/", creating.for_person, name="new-for-person"),
    path("new/residence/<uuid:residence_id>/", creating.for_residence, name="new-for-residence"),
    path("<uuid:referral_id>/", referrals.referral, name="referral"),
    path("<uuid:referral_id>/acknowledge/", referrals.acknowledge, name="acknowledge"),
    path("<uuid:referral_id>/start/", referrals.start, name="start"),
    path("<uuid:referral_id>/accept/", referrals.accept, name="accept"),
    path("<uuid:referral_id>/assign/", referrals.assign, name="assign"),
    path("<uuid:referral_id>/send/", sending.transmit, name="send"),
    path("<uuid:referral_id>/step/<str:action>/", referrals.step, name="step"),
    path("links/<uuid:transmission_id>/revoke/", sending.revoke, name="revoke"),
    path("districts/", districts.districts, name="districts"),
    path("observations/", districts.ObservationList.as_view(), name="observations"),
    path("observations/new/", districts.new_observation, name="new-observation"),
    path("observations/<uuid:observation_id>/", districts.observation, name="observation"),
    path("observations/<uuid:observation_id>/follow/", districts.follow, name="follow-observation"),
    path("observations/<uuid:observation_id>/close/", districts.close, name="close-observation"),
]
