from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "palier.modules.people"
    label = "people"
