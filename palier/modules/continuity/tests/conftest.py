"""What the tests of races, kills and tampering need: rows that are really committed, and the owner's own
hand.
"""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

CRISIS_TABLES = (
    "continuity_review_proposal",
    "continuity_review_comment",
    "continuity_review",
    "continuity_observation",
    "continuity_inject",
    "continuity_exercise",
    "continuity_vigilance_proposal",
    "continuity_vigilance_rule",
    "continuity_vigilance_stretch",
    "continuity_vigilance_bulletin",
    "continuity_call_out_answer",
    "continuity_call_out",
    "continuity_cell_decision",
    "continuity_meeting",
    "continuity_cell_member",
    "continuity_cell",
    "continuity_task",
    "continuity_log_entry",
    "continuity_notice",
    "continuity_situation_report",
    "continuity_offline_pack",
    "continuity_pack_settings",
    "continuity_mode_change",
    "continuity_mode_override",
    "continuity_activation_step",
    "continuity_activation",
    "continuity_plan_version",
    "continuity_plan",
    "delivery",
    "document",
    "document_mentions",
    "job_run",
    "outbox_handler_run",
    "outbox_entry",
    "journal_entry",
    "audit_entry",
    "estate_reservation",
    "estate_lot",
    "estate_entrance",
    "estate_building",
    "estate_residence",
    "estate_reception_point",
    "estate_sector",
    "estate_agency",
)


@pytest.fixture
def as_owner(django_db_setup: None) -> Callable[..., None]:
    """The hand of somebody who has the database itself: `as_owner("UPDATE org_alpha.… SET …", values)`."""
    from palier.config.postgres import database_settings

    target = database_settings("owner")

    def run(statement: str, *parameters: Any) -> None:
        with psycopg.connect(
            host=target["HOST"] or None,
            port=target["PORT"] or None,
            user=target["USER"],
            password=target["PASSWORD"] or None,
            dbname=connection.settings_dict["NAME"],
            autocommit=True,
        ) as link:
            link.execute(statement, parameters)

    return run


@pytest.fixture
def committed(as_owner: Callable[..., None], django_db_blocker: Any) -> Iterator[Any]:
    """The landlord `alpha`, open, with nothing around the test: what it writes is committed, then emptied."""
    from palier.kernel.organisations.current import leave_organisation, open_organisation

    empty = "TRUNCATE " + ", ".join(f"org_alpha.{table}" for table in CRISIS_TABLES) + " CASCADE"
    with django_db_blocker.unblock():
        as_owner(empty)
        try:
            with open_organisation("alpha") as organisation:
                yield organisation
        finally:
            leave_organisation()
            connection.close()
            as_owner(empty)
