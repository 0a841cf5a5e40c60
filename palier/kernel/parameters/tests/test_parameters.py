"""Parameters: the date of the act decides; the organisation's own word, with its reason, comes first."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from palier.kernel.organisations.current import open_organisation
from palier.kernel.parameters import (
    Dated,
    Parameter,
    UnknownParameter,
    WrongParameter,
    declare,
    services,
    value_of,
)
from palier.kernel.parameters import registry as house
from palier.kernel.parameters.models import ParameterOverride

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DELAY = Parameter(
    "test.delay",
    "Delay",
    (Dated(15, None, date(2026, 1, 1), "old text"), Dated(20, date(2026, 1, 1), None, "new text")),
    unit="minutes",
    adjustable=True,
    low=1,
    high=60,
)
LAW = Parameter("test.law", "Law", (Dated(Decimal("7.62"), date(2020, 1, 1), None, "art. L442-5"),))


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    monkeypatch.setattr(house, "_parameters", dict(house._parameters))
    declare(DELAY)
    declare(LAW)


def adjust(actor, **changes):
    given = {
        "key": "test.delay",
        "raw": "30",
        "since": date(2026, 11, 1),
        "reason": "Reliefs",
        "by": actor,
        "at": AT,
        **changes,
    }
    return services.adjust(**given)


class TestDeclaring:
    def test_refuses_two_values_on_one_day(self):
        with pytest.raises(WrongParameter):
            Parameter("x.y", "X", (Dated(1, None, None), Dated(2, date(2026, 1, 1), None)))

    def test_refuses_another_parameter_of_the_same_key(self):
        with pytest.raises(WrongParameter):
            declare(Parameter("test.law", "Other", (Dated(1),)))


@pytest.mark.django_db
class TestValue:
    def test_is_the_one_of_the_date_of_the_act(self, alpha):
        assert value_of("test.delay", on=date(2025, 12, 31)) == 15
        assert value_of("test.delay", on=date(2026, 1, 1)) == 20

    def test_is_the_organisations_own_from_its_day_on(self, alpha, actor):
        adjust(actor)
        adjust(actor, raw="45", since=date(2026, 12, 1))

        assert value_of("test.delay", on=date(2026, 10, 31)) == 20
        assert value_of("test.delay", on=date(2026, 11, 30)) == 30
        assert value_of("test.delay", on=date(2026, 12, 1)) == 45

    def test_keeps_a_later_value_when_an_earlier_one_is_written_after(self, alpha, actor):
        adjust(actor, raw="45", since=date(2026, 12, 1))
        adjust(actor)

        assert value_of("test.delay", on=date(2026, 12, 5)) == 45
        assert ParameterOverride.objects.get(since=date(2026, 11, 1)).until == date(2026, 12, 1)

    def test_comes_back_to_the_common_one(self, alpha, actor):
        adjust(actor)

        services.restore_default(key="test.delay", on=date(2026, 11, 22), by=actor, at=AT)

        assert value_of("test.delay", on=date(2026, 11, 21)) == 30
        assert value_of("test.delay", on=date(2026, 11, 22)) == 20

    def test_does_not_exist_before_its_text(self, alpha):
        with pytest.raises(UnknownParameter):
            value_of("test.law", on=date(2019, 1, 1))


@pytest.mark.django_db
class TestAdjusting:
    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"key": "test.law"}, services.NotAdjustable),
            ({"raw": "soon"}, services.ValueRefused),
            ({"raw": "61"}, services.ValueRefused),
            ({"reason": "  "}, services.ReasonMissing),
        ],
    )
    def test_is_refused(self, alpha, actor, changes, refusal):
        with pytest.raises(refusal):
            adjust(actor, **changes)

        assert not ParameterOverride.objects.exists()

    def test_is_a_page(self, sign_in):
        client = sign_in("alpha")

        assert "test.delay" in client.get("/o/alpha/parameters/").content.decode()
        wrong = client.post(
            "/o/alpha/parameters/test.delay/adjust/", {"value": "99", "since": "2026-11-01", "reason": "x"}
        )
        assert wrong.status_code == 422
        right = client.post(
            "/o/alpha/parameters/test.delay/adjust/", {"value": "30", "since": "2026-11-01", "reason": "x"}
        )
        assert right.status_code == 302
        with open_organisation("alpha"):
            assert value_of("test.delay", on=date(2026, 11, 2)) == 30
