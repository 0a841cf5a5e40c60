from django.urls import path

from palier.kernel.retention.views import holds, register, requests, rules

app_name = "retention"

urlpatterns = [
    path("rules/", rules.Rules.as_view(), name="rules"),
    path("rules/<str:key>/", rules.rule, name="rule"),
    path("rules/<str:key>/term/", rules.change_term, name="change-term"),
    path("rules/<str:key>/on/", rules.switch_on, name="switch-on"),
    path("rules/<str:key>/off/", rules.switch_off, name="switch-off"),
    path("rules/<str:key>/now/", rules.apply_now, name="apply-now"),
    path("proofs/", rules.proofs, name="proofs"),
    path("holds/", holds.holds, name="holds"),
    path("holds/new/", holds.new_hold, name="new-hold"),
    path("holds/<uuid:hold_id>/lift/", holds.lift_hold, name="lift-hold"),
    path("requests/", requests.Requests.as_view(), name="requests"),
    path("requests/new/", requests.new_request, name="new-request"),
    path("requests/<uuid:request_id>/", requests.request_page, name="request"),
    path("requests/<uuid:request_id>/person/", requests.choose_person, name="choose-person"),
    path("requests/<uuid:request_id>/identity/", requests.identify, name="identify"),
    path("requests/<uuid:request_id>/extend/", requests.extend, name="extend"),
    path("requests/<uuid:request_id>/files/", requests.make_files, name="make-files"),
    path("requests/<uuid:request_id>/erase/", requests.erase, name="erase"),
    path("requests/<uuid:request_id>/close/<slug:action>/", requests.close, name="close"),
    path("files/<uuid:package_id>/", requests.download, name="download"),
    path("register/", register.register, name="register"),
    path("register/heading/", register.heading, name="heading"),
    path("register/print/", register.print_register, name="print-register"),
    path("register/csv/", register.as_csv, name="register-csv"),
    path("register/activities/<str:key>/", register.activity, name="activity"),
    path("register/processors/", register.add_processor, name="add-processor"),
    path("register/processors/<uuid:processor_id>/end/", register.end_processor, name="end-processor"),
    path("breaches/", register.breaches, name="breaches"),
    path("breaches/new/", register.breach, name="new-breach"),
    path("breaches/<uuid:breach_id>/", register.breach, name="breach"),
]
