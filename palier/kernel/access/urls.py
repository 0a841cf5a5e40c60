from django.urls import path

from palier.kernel.access.views import members, security

app_name = "access"
urlpatterns = [
    path("", members.members, name="members"),
    path("invite/", members.invite, name="invite"),
    path("invitations/<uuid:invitation_id>/withdraw/", members.withdraw, name="withdraw"),
    path("members/<uuid:membership_id>/", members.member, name="member"),
    path("members/<uuid:membership_id>/sign-out/", security.sign_out, name="sign-out"),
    path("members/<uuid:membership_id>/second-factor/", security.reset_factor, name="reset-factor"),
    path("members/<uuid:membership_id>/second-factor/stop/", security.stop_reset, name="stop-reset"),
    path("security/", security.security, name="security"),
    path("rights/", members.rights, name="rights"),
    path("rights/adjust/", members.adjust, name="adjust"),
]
