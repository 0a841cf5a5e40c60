"""Searching needs a right of its own: everyone who works for the organisation has it."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    USE = "search:everything:use"


LABELS = {Permission.USE: _("Search from the header (each result under its own right)")}

ROLE_GRANTS = {role: (Permission.USE,) for role in Role if role not in (Role.FEDERATION, Role.OBSERVER)}
