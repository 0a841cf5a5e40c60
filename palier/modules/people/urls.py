"""Addresses of the people module, under `/o/<slug>/people/`. No address holds a name."""

from django.urls import path

from palier.modules.people.views import changing, creating, duplicates, leases, merging, persons, sealed

app_name = "people"
urlpatterns = [
    path("", persons.PersonList.as_view(), name="people"),
    path("new/", creating.search_first, name="new"),
    path("new/person/", creating.create, name="create"),
    path("duplicates/", duplicates.Duplicates.as_view(), name="duplicates"),
    path("duplicates/find/", duplicates.find, name="find-duplicates"),
    path("duplicates/<uuid:pair_id>/different/", duplicates.different, name="judge-different"),
    path("duplicates/<uuid:pair_id>/again/", duplicates.again, name="judge-again"),
    path("merges/", merging.Merges.as_view(), name="merges"),
    path("merges/<uuid:merge_id>/", merging.merge, name="merge"),
    path("merges/<uuid:merge_id>/undo/", merging.undo, name="undo-merge"),
    path("markers/", leases.MarkersToReview.as_view(), name="markers"),
    path("leases/<uuid:lease_id>/", leases.lease, name="lease"),
    path("leases/<uuid:lease_id>/departure/", changing.departure, name="departure"),
    path("sealed/", sealed.register, name="sealed-register"),
    path("sealed/tray/", sealed.tray, name="tray"),
    path("sealed/tray/<uuid:line_id>/<slug:action>/", sealed.handle_line, name="handle-line"),
    path("sealed/<uuid:file_id>/", sealed.open_file, name="sealed-open"),
    path("sealed/<uuid:file_id>/safe/", sealed.amend, name="sealed-amend"),
    path("sealed/<uuid:file_id>/traces/", sealed.traces, name="sealed-traces"),
    path("sealed/<uuid:file_id>/house/", sealed.house, name="sealed-house"),
    path("sealed/<uuid:file_id>/leave/", sealed.leave, name="sealed-leave"),
    path("sealed/<uuid:file_id>/readers/", sealed.name_reader, name="name-reader"),
    path("sealed/<uuid:file_id>/unseal/", sealed.unseal, name="unseal"),
    path("<uuid:person_id>/", persons.person, name="person"),
    path("<uuid:person_id>/correct/", creating.correct, name="correct"),
    path("<uuid:person_id>/contacts/", changing.add_contact, name="add-contact"),
    path("<uuid:person_id>/contacts/<uuid:contact_id>/", changing.mark_contact, name="mark-contact"),
    path("<uuid:person_id>/contacts/<uuid:contact_id>/end/", changing.end_contact, name="end-contact"),
    path("<uuid:person_id>/consents/", changing.record_consent, name="record-consent"),
    path(
        "<uuid:person_id>/consents/<uuid:consent_id>/withdraw/",
        changing.withdraw_consent,
        name="withdraw-consent",
    ),
    path("<uuid:person_id>/markers/", changing.record_marker, name="record-marker"),
    path("<uuid:person_id>/markers/<uuid:marker_id>/", changing.review_marker, name="review-marker"),
    path("<uuid:person_id>/markers/<uuid:marker_id>/close/", changing.close_marker, name="close-marker"),
    path("<uuid:person_id>/same-as/", merging.with_whom, name="merge-with"),
    path("<uuid:person_id>/same-as/<uuid:other_id>/", merging.compare, name="compare"),
    path("<uuid:person_id>/death/", changing.death, name="death"),
    path("<uuid:person_id>/seal/", sealed.seal, name="seal"),
]
