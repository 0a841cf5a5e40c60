"""What needs no database: parameters kept as they were typed, the order of what was done, the registry."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from palier.kernel.access import Actor
from palier.kernel.bulk import BulkAction, Done, Undoing, bulk_action
from palier.kernel.bulk import params as codec
from palier.kernel.bulk.done import acts_done, register_done_source
from palier.kernel.bulk.store import fingerprint

VALUES = {
    "text": "À revoir", "nothing": None, "yes": True, "count": 3, "day": date(2026, 11, 22), "hour": time(8, 30),
    "at": datetime(2026, 11, 22, 8, tzinfo=UTC), "id": UUID(int=7), "amount": Decimal("12.50"),
    "days": ["monday", date(2026, 1, 1)],
}  # fmt: skip


class TestParams:
    def test_come_back_as_they_were(self):
        assert codec.read(codec.stored(VALUES)) == VALUES

    def test_refuse_what_could_not_come_back(self):
        with pytest.raises(TypeError):
            codec.stored({"row": object()})


class TestFingerprint:
    def test_does_not_depend_on_the_order_of_the_groups(self):
        groups = [("change", 2, "a"), ("unchanged", 1, "b")]

        assert fingerprint(groups) == fingerprint(list(reversed(groups)))

    def test_tells_other_rows_in_the_same_number(self):
        assert fingerprint([("change", 2, "a")]) != fingerprint([("change", 2, "b")])


class TestRegistering:
    def test_refuses_to_promise_an_undoing_that_is_not_written(self):
        with pytest.raises(ValueError, match="can be undone"):

            @bulk_action(
                key="tests.half", list="tests", label="Half", permission="x:y:z", undoing=Undoing.REVERSIBLE
            )
            class Half(BulkAction):
                pass


class TestWhatWasDone:
    def test_is_newest_first_and_only_what_one_may_read(self):
        now = datetime(2026, 11, 22, 8, tzinfo=UTC)

        @register_done_source("tests.secret", permission="tests:secret:read")
        def secret(*, by, everybody, before, limit):
            return [Done(at=now, who="X", title="Secret", url="/")]

        @register_done_source("tests.open", permission="tests:open:read")
        def open_acts(*, by, everybody, before, limit):
            return [
                Done(at=now - timedelta(hours=hour), who="X", title=f"{hour}", url="/") for hour in (2, 1, 3)
            ]

        reader = Actor(None, "X", "", "alpha", permissions=frozenset({"tests:open:read"}))

        found = acts_done(by=reader, everybody=False, before=now, limit=2)

        assert [one.title for one in found] == ["1", "2"]
