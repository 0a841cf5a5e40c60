from django.urls import include, path

from palier.kernel.accounts.views import account, factors, oidc, pages

urlpatterns = [
    path("", pages.choose_organisation, name="choose_organisation"),
    path("profile/", account.profile, name="profile"),
    path("profile/sessions/<uuid:public_id>/end/", account.end_session, name="end_session"),
    path("profile/sessions/end-others/", account.end_other_sessions, name="end_other_sessions"),
    path("language/", pages.choose_language, name="set_language"),
    path("invitation/<str:secret>/", pages.accept_invitation, name="accept_invitation"),
    path("account/second-factor/", factors.required, name="second_factor_required"),
    path("account/stop-reset/<str:secret>/", factors.stop_reset, name="stop_reset"),
    path("account/signed-out/", factors.signed_out, name="signed_out"),
    path("account/oidc/<slug:key>/", oidc.start, name="oidc_start"),
    path("account/oidc/<slug:key>/callback/", oidc.callback, name="oidc_callback"),
    path("account/oidc/<slug:key>/sign-out/", oidc.sign_out, name="oidc_sign_out"),
    # Before allauth's own pages of the same address: the account page lists everything in one place.
    path("account/2fa/", account.to_profile, name="mfa_index"),
    path("account/2fa/webauthn/", account.to_profile, name="mfa_list_webauthn"),
    path("account/2fa/totp/activate/", factors.add_app, name="mfa_activate_totp"),
    path("account/2fa/webauthn/add/", factors.add_key, name="mfa_add_webauthn"),
    path("account/2fa/webauthn/keys/<int:pk>/remove/", factors.remove_key, name="mfa_remove_webauthn"),
    path("account/2fa/", include("allauth.mfa.urls")),
    # An address is changed by an administrator's new invitation, since it is what identity providers are told by.
    path("account/email/", account.to_profile, name="account_email"),
    path("account/", include("allauth.account.urls")),
]
