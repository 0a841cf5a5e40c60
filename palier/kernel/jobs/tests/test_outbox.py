"""From the outbox to the queue and to the effect."""

import json
from dataclasses import dataclass

import pytest
from django.db import connection, transaction

from palier.kernel.events import event, on, publish
from palier.kernel.jobs import defer, job
from palier.kernel.jobs.outbox import dispatch_schema, models_here
from palier.kernel.jobs.registry import jobs
from palier.kernel.jobs.running import deliver_waiting, run_entry, run_here
from palier.kernel.organisations.current import open_organisation, open_shared

pytestmark = pytest.mark.django_db

seen: list[dict] = []


@event("tests.rang")
@dataclass(frozen=True)
class Rang:
    times: int


@on("tests.rang")
def hear(*, event: dict, **_):
    seen.append(event)


@job("tests.fail-once")
def fail_once(*, key: str, **_):
    seen.append({"key": key, "role": role()})
    if sum(one.get("key") == key for one in seen) == 1:
        raise RuntimeError("first time")


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


@pytest.fixture(autouse=True)
def _forget():
    seen.clear()


class TestPublish:
    def test_reaches_the_subscriber_through_the_queue(self, alpha):
        publish(Rang(times=3))

        with open_shared(), connection.cursor() as cursor:
            assert dispatch_schema("org_alpha") == 1
            cursor.execute("SELECT args FROM procrastinate_jobs WHERE queue_name = 'default'")
            args = [json.loads(row[0]) for row in cursor.fetchall()]
        run_entry(**args[-1])

        assert seen == [{"times": 3}]

    def test_leaves_nothing_when_the_transaction_rolls_back(self, alpha):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            publish(Rang(times=1))
            raise ZeroDivisionError

        with open_shared():
            assert dispatch_schema("org_alpha") == 0

    def test_stays_in_its_organisation(self, alpha):
        publish(Rang(times=1))

        with open_organisation("beta"):
            assert models_here()[0].objects.count() == 0


class TestRunning:
    def test_runs_a_handler_once_however_often_it_is_delivered(self, alpha):
        publish(Rang(times=1))
        entry = models_here()[0].objects.get()
        handler = jobs()[f"{hear.__module__}.{hear.__qualname__}"]

        for _ in range(3):
            run_here(handler, entry.pk)

        assert seen == [{"times": 1}]

    def test_runs_again_after_a_failure_under_the_organisations_role(self, alpha):
        defer("tests.fail-once", key="k")
        entry = models_here()[0].objects.get()

        with pytest.raises(RuntimeError):
            run_here(jobs()["tests.fail-once"], entry.pk)
        run_here(jobs()["tests.fail-once"], entry.pk)

        assert seen == [{"key": "k", "role": "org_alpha"}] * 2

    def test_delivers_what_waits_without_workers(self, alpha):
        publish(Rang(times=1))
        publish(Rang(times=2))

        assert deliver_waiting() == 2
        assert [one["times"] for one in seen] == [1, 2]
