from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "palier.kernel.accounts"
    label = "accounts"
