"""What the tests of races and kills need: rows that are really committed."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

TABLES = (
    "referrals_transmission", "referrals_step", "referrals_referral", "referrals_observation", "partners_contact",
    "partners_protocol", "partners_partner", "people_consent", "people_person", "staff_team", "staff_agent", "delivery",
    "document", "outbox_handler_run", "outbox_entry", "journal_entry", "audit_entry",
)  # fmt: skip


@pytest.fixture
def as_owner(django_db_setup: None) -> Callable[..., None]:
    """The hand of somebody who has the database itself."""
    from palier.config.postgres import database_settings

    target = database_settings("owner")

    def run(statement: str) -> None:
        with psycopg.connect(
            host=target["HOST"] or None,
            port=target["PORT"] or None,
            user=target["USER"],
            password=target["PASSWORD"] or None,
            dbname=connection.settings_dict["NAME"],
            autocommit=True,
        ) as link:
            link.execute(statement)

    return run


@pytest.fixture
def committed(as_owner: Callable[..., None], django_db_blocker: Any) -> Iterator[Any]:
    """The landlord `alpha`, open, with nothing around the test: what it writes is committed, then emptied."""
    from palier.kernel.organisations.current import leave_organisation, open_organisation

    empty = "TRUNCATE " + ", ".join(f"org_alpha.{table}" for table in TABLES) + " CASCADE"
    with django_db_blocker.unblock():
        as_owner(empty)
        try:
            with open_organisation("alpha") as organisation:
                yield organisation
        finally:
            leave_organisation()
            connection.close()
            as_owner(empty)
