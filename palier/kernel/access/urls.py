from django.urls import path

from palier.kernel.access import views

app_name = "access"
urlpatterns = [
    path("", views.members, name="members"),
    path("invite/", views.invite, name="invite"),
    path("invitations/<uuid:invitation_id>/withdraw/", views.withdraw, name="withdraw"),
    path("members/<uuid:membership_id>/", views.member, name="member"),
    path("rights/", views.rights, name="rights"),
    path("rights/adjust/", views.adjust, name="adjust"),
]
