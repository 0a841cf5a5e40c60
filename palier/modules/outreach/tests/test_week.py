"""What a caller's week puts first: the conversations that have a sequel."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from palier.modules.outreach.selectors.week import Week, WeekLine

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
WELL = WeekLine(
    at=AT, names=("DURAND Rose",), residence="Les Acacias", result_label="", wellbeing_label="", note="",
    alert_level="0", alert_state="", alert_taken_by="", alert_note="", handed=(),
)  # fmt: skip


def week(*lines):
    return Week(since=AT, rings=0, heard=0, needs=0, settled=0, lines=lines)


@pytest.mark.parametrize(
    "sequel", [{"note": "Rappeler sa fille."}, {"alert_state": "Open"}, {"handed": (object(),)}]
)
def test_puts_what_was_written_raised_or_handed_over_apart(sequel):
    told = replace(WELL, **sequel)

    mine = week(WELL, told)

    assert mine.followed == [told]
    assert mine.others == [WELL]
