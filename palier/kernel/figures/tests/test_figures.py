"""Figures: counted by modules, kept once a day, shown with their curve."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from palier.kernel.figures import figure, registry
from palier.kernel.figures.models import FigureSnapshot
from palier.kernel.figures.selectors import figure_curves
from palier.kernel.figures.services import take_snapshot

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def only_ours(monkeypatch):
    monkeypatch.setattr(registry, "_figures", {})


def count_days(values):
    figure(key="test.calls", label="Calls", about="persons")(lambda *, at: values[at.day])


class TestDeclaring:
    def test_says_what_it_is_about(self):
        with pytest.raises(ValueError, match="about"):
            figure(key="test.x", label="X", about="cats")

    def test_refuses_two_of_one_key(self):
        count_days({})
        with pytest.raises(ValueError, match="two figures"):
            figure(key="test.calls", label="X")(test_nothing)


def test_nothing():
    assert registry.figures() == ()


@pytest.mark.django_db
class TestSnapshots:
    def test_are_kept_once_a_day(self, alpha):
        count_days({21: 4, 22: 7})
        take_snapshot(at=AT.replace(day=21))
        take_snapshot(at=AT)
        take_snapshot(at=AT.replace(hour=20))

        assert list(FigureSnapshot.objects.order_by("day").values_list("value", flat=True)) == [
            Decimal(4),
            Decimal(7),
        ]

    def test_make_a_curve_with_gaps(self, alpha):
        count_days({20: 3, 21: None, 22: 9})
        take_snapshot(at=AT.replace(day=20))
        take_snapshot(at=AT.replace(day=21))

        curve = figure_curves(at=AT, days=4)[0]

        assert curve.curve == (None, 3, None, 9)
        assert curve.before == 3
        assert curve.value == 9
