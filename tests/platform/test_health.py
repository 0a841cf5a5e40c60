"""`/healthz` without workers, with them, and without the database."""

import pytest
from django.db import DatabaseError

from palier.config import health, workers
from palier.config.postgres import server_of
from palier.kernel.jobs.registry import QUEUES

pytestmark = pytest.mark.django_db


def test_says_which_workers_are_missing(client):
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"web": "ok", "database": "ok", "workers": "down: bulk, default, urgent"}


def test_answers_200_when_every_queue_is_served(client, django_db_blocker):
    with announced(QUEUES):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json()["workers"]) == (200, "ok")


def test_says_that_the_database_is_down(client, monkeypatch):
    def fail() -> set[str]:
        raise DatabaseError

    monkeypatch.setattr(health, "served_queues", fail)

    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()["database"]) == (503, "down")


def announced(queues):
    """Hold the locks that living workers hold."""
    from django.db import connection

    held = server_of().connect("app", dbname=connection.settings_dict["NAME"])
    for queue in queues:
        held.execute(
            "SELECT pg_advisory_lock_shared(%s, %s)", [workers.LOCK_CLASS, workers.lock_number(queue)]
        )
    return held
