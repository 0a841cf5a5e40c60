"""Addresses of the partners module, under `/o/<slug>/partners/`."""

from django.urls import path

from palier.modules.partners.views import numbers, partners

app_name = "partners"
urlpatterns = [
    path("", partners.PartnerList.as_view(), name="partners"),
    path("new/", partners.new_partner, name="new"),
    path("<uuid:partner_id>/", partners.partner, name="partner"),
    path("<uuid:partner_id>/change/", partners.change_partner, name="change"),
    path("<uuid:partner_id>/check/", partners.check, name="check"),
    path("<uuid:partner_id>/active/", partners.set_active, name="set-active"),
    path("<uuid:partner_id>/contacts/", partners.add_contact, name="add-contact"),
    path("contacts/<uuid:contact_id>/remove/", partners.remove_contact, name="remove-contact"),
    path("<uuid:partner_id>/protocols/", partners.add_protocol, name="add-protocol"),
    path("protocols/<uuid:protocol_id>/end/", partners.end_protocol, name="end-protocol"),
    path("numbers/", numbers.numbers, name="numbers"),
    path("numbers/new/", numbers.new_number, name="new-number"),
    path("numbers/<uuid:number_id>/change/", numbers.change_number, name="change-number"),
    path("numbers/<uuid:number_id>/check/", numbers.check_number, name="check-number"),
]
