from django.urls import include, path

from palier.kernel.accounts import views

urlpatterns = [
    path("", views.choose_organisation, name="choose_organisation"),
    path("profile/", views.profile, name="profile"),
    path("language/", views.choose_language, name="set_language"),
    path("invitation/<str:secret>/", views.accept_invitation, name="accept_invitation"),
    path("account/", include("allauth.account.urls")),
]
