"""Lists over plain rows and over querysets: filters, order, pages and files say the same thing."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import fastexcel
import pytest
from django.test import RequestFactory

from palier.kernel.ui import exports
from palier.kernel.ui.filters import Choice, Period, TextSearch, YesNo
from palier.kernel.ui.lists import Column, Empty, build


@dataclass(frozen=True)
class Residence:
    name: str
    commune: str
    dwellings: int | None
    balance: Decimal
    built_on: date
    has_lift: bool


RESIDENCES = [
    Residence("Les Érables", "Narbonne", 40, Decimal("12.50"), date(1970, 5, 1), True),
    Residence("=Le Mail", "Limoux", None, Decimal("0"), date(1985, 1, 1), False),
    Residence("La Cité Jardin", "Narbonne", 120, Decimal("-3.10"), date(1932, 9, 30), False),
]
COLUMNS = (
    Column("name", "Residence", sort="name", link=lambda row: f"/{row.name}"),
    Column("dwellings", "Dwellings", kind="number", sort="dwellings"),
    Column("balance", "Balance", kind="money"),
    Column("built_on", "Built on", kind="date"),
    Column("has_lift", "Lift", kind="bool"),
    Column("state", "State", kind="badge", value=lambda row: ("Old", "warn")),
)
FILTERS = (
    TextSearch("name"),
    Choice("commune", "Commune", [("Narbonne", "Narbonne"), ("Limoux", "Limoux")]),
    YesNo("has_lift", "Lift"),
    Period("built_on", "From", "To"),
)


def listing(query="", rows=RESIDENCES):
    request = RequestFactory().get(f"/residences/?{query}")
    return build(request, rows, name="residences", columns=COLUMNS, filters=FILTERS, empty=Empty("None"))


def names(found):
    return [row[0].value for row in found.rows]


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("q=erable", ["Les Érables"]),
            ("q=CITE+jardin", ["La Cité Jardin"]),
            ("commune=Narbonne", ["Les Érables", "La Cité Jardin"]),
            ("has_lift=no", ["=Le Mail", "La Cité Jardin"]),
            ("built_on_from=1970-01-01&built_on_to=1970-12-31", ["Les Érables"]),
            ("commune=Narbonne&q=mail", []),
        ],
    )
    def test_keep_what_is_asked(self, query, expected):
        assert names(listing(query)) == expected

    @pytest.mark.parametrize(
        "query", ["commune=Atlantis", "has_lift=perhaps", "built_on_from=31/02/1970", "sort=secret"]
    )
    def test_ignore_what_means_nothing(self, query):
        found = listing(query)

        assert len(found.rows) == 3
        assert found.url == "/residences/"

    def test_stay_in_the_address(self):
        found = listing("commune=Narbonne&sort=-name&q=")

        assert found.url == "/residences/?commune=Narbonne&sort=-name"
        assert found.csv_url == "/residences/?commune=Narbonne&sort=-name&export=csv"


class TestOrder:
    def test_turns_when_asked_again(self):
        header = listing("sort=name").headers[0]

        assert header.direction == "ascending"
        assert header.url == "/residences/?sort=-name"

    def test_puts_the_unknown_last_both_ways(self):
        assert names(listing("sort=dwellings"))[-1] == "=Le Mail"
        assert names(listing("sort=-dwellings"))[-1] == "=Le Mail"


class TestPages:
    def test_cut_at_twenty_five_and_keep_the_rest_reachable(self):
        found = listing("page=2", rows=RESIDENCES * 10)

        assert len(found.rows) == 5
        assert found.previous_url == "/residences/?page=1"
        assert found.next_url == ""

    def test_show_the_last_page_to_those_who_ask_for_more(self):
        assert listing("page=99", rows=RESIDENCES * 10).page.number == 2

    def test_take_fifty_when_asked(self):
        assert len(listing("size=50", rows=RESIDENCES * 10).rows) == 30
        assert len(listing("size=5000", rows=RESIDENCES * 10).rows) == 25


class TestFiles:
    def test_csv_opens_in_a_french_spreadsheet(self):
        out = io.BytesIO()

        exports.write_csv(out, COLUMNS, RESIDENCES)

        assert out.getvalue().startswith(b"\xef\xbb\xbf")
        lines = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig")), delimiter=";"))
        assert lines[0][:3] == ["Residence", "Dwellings", "Balance"]
        assert lines[1] == ["Les Érables", "40", "12,50", "01/05/1970", "yes", "Old"]

    def test_no_cell_can_run_as_a_formula(self):
        out = io.BytesIO()

        exports.write_csv(out, COLUMNS, RESIDENCES)

        lines = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig")), delimiter=";"))
        assert lines[2][0] == "'=Le Mail"

    def test_xlsx_keeps_numbers_and_dates(self):
        out = io.BytesIO()

        exports.write_xlsx(out, COLUMNS, RESIDENCES)

        sheet = fastexcel.read_excel(out.getvalue()).load_sheet(0).to_polars()
        assert sheet["Dwellings"].to_list() == [40.0, None, 120.0]
        assert sheet["Balance"].to_list() == [12.5, 0.0, -3.1]
        assert sheet["Built on"].to_list()[0].date() == date(1970, 5, 1)
        assert sheet["Residence"].to_list()[1] == "=Le Mail"
