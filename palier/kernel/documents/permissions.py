"""Rights on kept documents. Each document also names the permission of the module that produced it."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    DOCUMENT_READ = "documents:document:read"
    MENTIONS_CHANGE = "documents:mentions:change"


LABELS = {
    Permission.DOCUMENT_READ: _("Open the kept documents of the modules one has a right to"),
    Permission.MENTIONS_CHANGE: _("Change the mandatory mentions of documents"),
}

ROLE_GRANTS = {
    **{role: (Permission.DOCUMENT_READ,) for role in Role if role != Role.OBSERVER},
    Role.DIRECTOR: (Permission.DOCUMENT_READ, Permission.MENTIONS_CHANGE),
    Role.ADMINISTRATOR: (Permission.DOCUMENT_READ, Permission.MENTIONS_CHANGE),
}
