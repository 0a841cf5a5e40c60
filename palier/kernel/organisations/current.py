"""Entering and leaving an organisation."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from django.db import connections

if TYPE_CHECKING:
    from palier.kernel.organisations.backend.base import DatabaseWrapper
    from palier.kernel.organisations.models import Organisation

ALIASES = ("default", "journal")


def switching(alias: str = "default") -> "DatabaseWrapper":
    """The connection under its own type: the one that knows schemas and roles."""
    return cast("DatabaseWrapper", connections[alias])


def organisation_by_slug(slug: str) -> "Organisation":
    """Read it in the shared schema, wherever the caller is. Raises: Organisation.DoesNotExist."""
    from palier.kernel.organisations.models import Organisation

    with open_shared():
        return Organisation.objects.get(slug=slug)


@contextmanager
def open_organisation(organisation: "Organisation | str") -> Iterator["Organisation"]:
    """Run the block in one organisation's schema under its role, on every connection; then come back.

    Querysets, streamed bodies and callbacks that outlive the block run elsewhere: open it in them.
    """
    if isinstance(organisation, str):
        organisation = organisation_by_slug(organisation)
    before = {alias: switching(alias).tenant for alias in ALIASES}
    try:
        for alias in ALIASES:
            switching(alias).set_tenant(organisation)
        yield organisation
    finally:
        for alias in ALIASES:
            switching(alias).set_tenant(before[alias])


@contextmanager
def open_shared() -> Iterator[None]:
    """Run the block in the shared schema under the application's own role; then come back."""
    before = {alias: switching(alias).tenant for alias in ALIASES}
    try:
        leave_organisation()
        yield
    finally:
        for alias in ALIASES:
            switching(alias).set_tenant(before[alias])


def enter_organisation(organisation: "Organisation") -> None:
    for alias in ALIASES:
        switching(alias).set_tenant(organisation)


def leave_organisation() -> None:
    """Back to the shared schema and to the application's own role."""
    for alias in ALIASES:
        switching(alias).set_schema_to_public()


def current_organisation() -> "Organisation":
    """The organisation in which this code runs.

    Raises: LookupError in the shared schema.
    """
    from palier.kernel.organisations.models import Organisation

    tenant = switching().tenant
    if not isinstance(tenant, Organisation):
        raise LookupError("No organisation is open here.")
    return tenant
