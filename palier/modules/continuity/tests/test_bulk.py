"""Many tasks at once: assigned, done or set aside, said once in the log, and taken up again."""

from datetime import UTC, datetime

import pytest

from palier.kernel.bulk.testing import Bulk
from palier.kernel.jobs.running import deliver_waiting
from palier.modules.continuity.models import LogEntry, Task
from palier.modules.continuity.services.tasks import add_task
from palier.modules.continuity.tests import plans

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def bulk(alpha, actor):
    return Bulk(actor, NOW)


def make_tasks(bulk, count, **given):
    return [
        add_task(title=f"Appeler le site {number}", role="director", by=bulk.actor, at=NOW, **given)
        for number in range(count)
    ]


def seen():
    return set(Task.objects.values_list("state", "owner_name", "outcome"))


class TestAssigning:
    def test_names_one_person_and_gives_back(self, bulk):
        tasks = make_tasks(bulk, 3)

        run = bulk.run(
            "continuity.assign-tasks", tasks, owner_name="Agnès Marty", owner_email="a@alpha.example"
        )

        assert seen() == {("open", "Agnès Marty", "")}
        bulk.undo(run)
        assert seen() == {("open", "", "")}

    def test_leaves_what_is_ended(self, bulk):
        tasks = make_tasks(bulk, 2)
        bulk.run("continuity.finish-tasks", tasks[:1], outcome="")

        preview = bulk.preview("continuity.assign-tasks", tasks, owner_name="Agnès Marty", owner_email="")

        assert (preview.change, preview.refused_count) == (1, 1)


class TestEnding:
    def test_is_said_once_in_the_log(self, bulk):
        before = LogEntry.objects.count()

        bulk.run("continuity.finish-tasks", make_tasks(bulk, 8), outcome="Vu par téléphone")
        deliver_waiting()

        assert seen() == {("done", "", "Vu par téléphone")}
        assert LogEntry.objects.count() == before + 1
        assert LogEntry.objects.latest("seq").text.startswith("8 t")

    def test_waits_for_what_must_come_before(self, bulk):
        plans.make_plan(by=bulk.actor)
        plans.activate(by=bulk.actor)
        deliver_waiting()
        first, waiting = Task.objects.exclude(code="").order_by("code")[:2]
        Task.objects.filter(pk=waiting.pk).update(waits_for=[first.code])

        preview = bulk.preview("continuity.finish-tasks", [waiting], outcome="")

        assert (preview.change, preview.refused_count) == (0, 1)

    def test_sets_aside_with_a_reason_and_takes_up_again(self, bulk):
        tasks = make_tasks(bulk, 2)
        Task.objects.filter(pk=tasks[0].pk).update(state="in_progress")

        run = bulk.run("continuity.abandon-tasks", tasks, outcome="Site fermé")

        assert seen() == {("abandoned", "", "Site fermé")}
        bulk.undo(run)
        assert {one.pk: one.state for one in Task.objects.all()} == {
            tasks[0].pk: "in_progress",
            tasks[1].pk: "open",
        }
