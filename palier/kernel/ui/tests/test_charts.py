"""Small drawings: what is drawn is what was counted."""

from palier.kernel.ui import charts


class TestSparkline:
    def test_traces_the_lowest_at_the_bottom_and_the_highest_at_the_top(self):
        curve = charts.sparkline([0, 10, 5], width=100, height=30)

        assert curve.path == "M3.0 27.0L50.0 3.0L97.0 15.0"
        assert (curve.end_x, curve.end_y) == (97.0, 15.0)

    def test_joins_over_a_gap(self):
        curve = charts.sparkline([1, None, 3], width=100, height=30)

        assert curve.path == "M3.0 27.0L97.0 3.0"

    def test_runs_flat_when_nothing_changes(self):
        curve = charts.sparkline([4, 4], width=100, height=30)

        assert curve.path == "M3.0 15.0L97.0 15.0"

    def test_says_nothing_of_a_single_value(self):
        assert charts.sparkline([4]) is None
        assert charts.sparkline([None, 4, None]) is None


class TestShare:
    def test_stays_within_the_bar(self):
        assert charts.share(30, 60) == 50.0
        assert charts.share(90, 60) == 100.0
        assert charts.share(-1, 60) == 0.0
        assert charts.share(None, 60) == 0.0
        assert charts.share(3, 0) == 0.0
