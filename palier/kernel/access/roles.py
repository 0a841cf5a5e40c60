"""The roles of a landlord and of a federation, and what each may do (source: usual job titles of the field)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    DIRECTOR = "director", _("General director")
    CONTINUITY_LEAD = "continuity_lead", _("Continuity plan lead")
    CRISIS_SECRETARY = "crisis_secretary", _("Crisis cell secretary")
    CARETAKER = "caretaker", _("Caretaker")
    SECTOR_MANAGER = "sector_manager", _("Sector manager")
    CLIENT_ADVISER = "client_adviser", _("Client adviser")
    SOCIAL_ADVISER = "social_adviser", _("Social and family economy adviser")
    TEAM_LEADER = "team_leader", _("Team leader")
    HUMAN_RESOURCES = "human_resources", _("Human resources")
    TECHNICIAN = "technician", _("Technician")
    COMMUNICATIONS = "communications", _("Communications officer")
    VIOLENCE_REFERENT = "violence_referent", _("Violence referent")
    DATA_PROTECTION = "data_protection", _("Data protection officer")
    ADMINISTRATOR = "administrator", _("Functional administrator")
    FEDERATION = "federation", _("Federation officer")
    OBSERVER = "observer", _("Observer")


@dataclass(frozen=True)
class PermissionLine:
    """One permission as people read it, with the roles that have it by default."""

    name: str
    label: str | Promise
    module: str
    default_roles: frozenset[str]
    needs_second_factor: bool = False


_catalogue: dict[str, PermissionLine] = {}


def catalogue() -> dict[str, PermissionLine]:
    """Every declared permission, by name. Read once from the `permissions.py` of the installed apps."""
    if not _catalogue:
        for config in apps.get_app_configs():
            if config.name.startswith("palier.") and module_has_submodule(config.module, "permissions"):
                _read(config.label, import_module(f"{config.name}.permissions"))
    return _catalogue


def _read(module: str, declared: object) -> None:
    grants: dict[Role, Iterable[StrEnum]] = getattr(declared, "ROLE_GRANTS", {})
    labels: dict[StrEnum, str | Promise] = getattr(declared, "LABELS", {})
    guarded: frozenset[StrEnum] = getattr(declared, "NEEDS_SECOND_FACTOR", frozenset())
    for permission in declared.Permission:  # type: ignore[attr-defined]
        roles = {role.value for role, granted in grants.items() if permission in granted}
        _catalogue[permission.value] = PermissionLine(
            permission.value,
            labels.get(permission, permission.value),
            module,
            frozenset(roles),
            permission in guarded,
        )


def permissions_of(roles: Iterable[str], adjusted: Iterable[tuple[str, str, bool]] = ()) -> frozenset[str]:
    """What these roles may do: the defaults, then the organisation's own adjustments.

    `adjusted` holds (role, permission, allowed) rows; the organisation's word wins over the default.
    """
    held = set(roles)
    allowed = {
        (role, line.name) for line in catalogue().values() for role in line.default_roles if role in held
    }
    for role, permission, is_allowed in adjusted:
        if role in held:
            (allowed.add if is_allowed else allowed.discard)((role, permission))
    return frozenset(permission for _role, permission in allowed)


def guarded_permissions() -> frozenset[str]:
    """The permissions that nobody uses without a second factor, declared as `NEEDS_SECOND_FACTOR`."""
    return frozenset(line.name for line in catalogue().values() if line.needs_second_factor)
