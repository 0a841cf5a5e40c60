from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "palier.modules.referrals"
    label = "referrals"
