"""Rights on data protection: rules, holds, requests of persons, register."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role


class Permission(StrEnum):
    RULE_VIEW = "retention:rule:view"
    RULE_DECIDE = "retention:rule:decide"
    HOLD_PLACE = "retention:hold:place"
    REQUEST_HANDLE = "retention:request:handle"
    PERSON_ERASE = "retention:person:erase"
    REGISTER_VIEW = "retention:register:view"
    REGISTER_WRITE = "retention:register:write"


LABELS = {
    Permission.RULE_VIEW: _("See how long data are kept, and the proofs of destruction"),
    Permission.RULE_DECIDE: _("Change how long data are kept and switch the purge on"),
    Permission.HOLD_PLACE: _("Keep data beyond their time because of a dispute"),
    Permission.REQUEST_HANDLE: _("Handle the requests of persons about their data"),
    Permission.PERSON_ERASE: _("Erase a person for good"),
    Permission.REGISTER_VIEW: _("Read the register of processing activities"),
    Permission.REGISTER_WRITE: _("Complete the register of processing activities"),
}

ROLE_GRANTS = {
    Role.DATA_PROTECTION: tuple(Permission),
    Role.ADMINISTRATOR: tuple(Permission),
    Role.DIRECTOR: (Permission.RULE_VIEW, Permission.REGISTER_VIEW),
}
