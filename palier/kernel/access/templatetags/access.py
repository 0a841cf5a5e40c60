"""Words of the rights page."""

from django import template
from django.apps import apps

register = template.Library()


@register.simple_tag
def module_name(label: str) -> str:
    """The module's name as people read it: its AppConfig's verbose name."""
    return str(apps.get_app_config(label).verbose_name)
