"""Cells read into values: what is understood, what is refused and why."""

import polars as pl
import pytest

from palier.kernel.imports.plain import plain, plain_expr
from palier.kernel.imports.values import (
    Choice,
    Code,
    Commune,
    Context,
    Day,
    Email,
    Month,
    Number,
    Phone,
    Postcode,
    Text,
    Whole,
    Year,
    YesNo,
    tidy,
)

COMMUNES = pl.DataFrame(
    {
        "code": ["11262", "42218", "01004", "31555", "33036", "01015"],
        "today": ["11262", "42218", "01004", "31555", "33036", "01015"],
        "name_key": ["narbonne", "saintetienne", "amberieuenbugey", "bazus", "bazus", "arbigneu"],
        "postcode": ["11100", "42000", "01500", "31380", "65170", "01300"],
    }
)


def read(kind, text, **context):
    """Value, fault and doubt of one cell."""
    cells = pl.DataFrame({"cell": [text]}, schema={"cell": pl.String}).select(
        tidy(pl.col("cell")).alias("cell")
    )
    parsed = kind.parse(cells["cell"], Context(**context))
    return parsed.value[0], parsed.fault[0], parsed.doubt[0]


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1184,0", "1184"),
            ("1 184,50", "1184.5"),
            ("1184.0", "1184"),
            ("1.184,50", "1184.5"),
            ("1,184.50", "1184.5"),
            ("1\u202f184,50 €", "1184.5"),
            ("12,50-", "-12.5"),
            ("(12,5)", "-12.5"),
            (",5", "0.5"),
            ("007", "7"),
            ("-0", "0"),
            ("100", "100"),
            ("+3", "3"),
        ],
    )
    def test_are_read_as_french_and_machines_write_them(self, text, value):
        assert read(Number(), text) == (value, None, None)

    @pytest.mark.parametrize(
        ("text", "fault"),
        [("abc", "value.not-number"), ("12O", "value.not-number"), ("1.184", "value.too-precise")],
    )
    def test_are_refused_when_they_may_mean_two_things(self, text, fault):
        assert read(Number(), text)[1] == fault

    def test_have_limits(self):
        assert read(Number(minimum=0), "-1")[1] == "value.too-small"
        assert read(Number(maximum=10), "11")[1] == "value.too-large"

    def test_of_whole_columns_take_a_tail_of_zeros_and_nothing_else(self):
        assert read(Whole(), "1184.0") == ("1184", None, None)
        assert read(Whole(), "1184,5")[1] == "value.not-whole"

    def test_that_stand_for_unknown_are_refused_or_doubted(self):
        assert read(Whole(), "9999")[1] == "value.unknown-marker"
        assert read(Number(), "9999") == ("9999", None, "value.perhaps-marker")
        assert read(Year(), "999")[1] == "value.unknown-marker"
        assert read(Whole(empty_marks=("9999",)), "9999") == (None, None, None)


class TestDates:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("31/12/2024", "2024-12-31"),
            ("31-12-2024", "2024-12-31"),
            ("31.12.2024", "2024-12-31"),
            ("2024-12-31", "2024-12-31"),
            ("2024-12-31 00:00:00", "2024-12-31"),
            ("2024-12-31T08:30", "2024-12-31"),
            ("45657", "2024-12-31"),
            ("20241231", "2024-12-31"),
            ("31122024", "2024-12-31"),
            ("31 décembre 2024", "2024-12-31"),
            ("1er mars 2024", "2024-03-01"),
            ("29/02/2024", "2024-02-29"),
        ],
    )
    def test_are_read_in_the_usual_writings(self, text, value):
        assert read(Day(), text) == (value, None, None)

    @pytest.mark.parametrize("text", ["31/02/2024", "29/02/2023", "2024-13-01", "00/05/2020"])
    def test_that_do_not_exist_are_refused_as_such(self, text):
        assert read(Day(), text)[:2] == (None, "value.no-such-day")

    @pytest.mark.parametrize("text", ["bientôt", "12/2024", "3"])
    def test_that_are_no_dates_are_refused(self, text):
        assert read(Day(), text)[1] == "value.not-date"

    @pytest.mark.parametrize("text", ["01/01/1900", "1900-01-01 00:00:00", "31/12/9999", "9999", "01/1900"])
    def test_that_stand_for_unknown_are_refused(self, text):
        assert read(Day(), text)[1] == "value.unknown-marker"

    def test_with_two_digits_are_completed_and_said(self):
        assert read(Day(), "05/03/48", century_pivot=26) == ("1948-03-05", None, "value.two-digit-year")
        assert read(Day(), "05/03/21", century_pivot=26)[0] == "2021-03-05"

    def test_of_months_are_kept_as_their_first_day(self):
        assert read(Month(), "03/2019") == ("2019-03-01", None, None)


class TestCodes:
    def test_keep_their_zeros_and_lose_their_wrapping(self):
        assert [read(Code(), text)[0] for text in ("0012", '="0012"', "'0012", " A-12 ")] == [
            "0012",
            "0012",
            "0012",
            "A-12",
        ]

    @pytest.mark.parametrize("text", ["1184,0", "1184.0", "1,2E+09"])
    def test_that_a_spreadsheet_turned_into_numbers_are_refused(self, text):
        assert read(Code(), text)[1] == "value.damaged-code"

    def test_written_so_from_top_to_bottom_are_mended_and_said(self):
        found = read(Code(), "1184.0", column="lot", decimal_codes=frozenset({"lot"}))
        assert found == ("1184", None, "value.code-was-number")


class TestPhones:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("01 99 00 12 34", "+33199001234"),
            ("06.39.98.12.34", "+33639981234"),
            ("+33 (0)6 39 98 12 34", "+33639981234"),
            ("0033639981234", "+33639981234"),
            ("639981234", "+33639981234"),
            ("+262 692 12 34 56", "+262692123456"),
            ("+44 20 7946 0958", "+442079460958"),
        ],
    )
    def test_are_kept_in_their_international_form(self, text, value):
        assert read(Phone(), text) == (value, None, None)

    @pytest.mark.parametrize("text", ["0612", "voir dossier", "00 00 00 00 00"])
    def test_that_cannot_exist_are_refused(self, text):
        assert read(Phone(), text)[1] == "value.phone-invalid"

    def test_that_may_exist_pass_with_a_doubt(self):
        assert read(Phone(), "+41 11 111 11 11")[1:] == (None, "value.phone-doubtful")


class TestCommunes:
    @pytest.mark.parametrize(
        ("text", "postcode", "code"),
        [
            ("11262", None, "11262"),
            ("1004", None, "01004"),
            ("Narbonne", None, "11262"),
            ("NARBONNE", "11100", "11262"),
            ("St-Étienne Cedex 2", None, "42218"),
            ("Bazus", "31380", "31555"),
            ("Ambérieu en Bugey", "1500", "01004"),
        ],
    )
    def test_are_found_by_code_or_by_name_and_postcode(self, text, postcode, code):
        cells = pl.DataFrame({"postcode": [postcode]}, schema={"postcode": pl.String})

        assert read(Commune(postcode="postcode"), text, communes=COMMUNES, cells=cells)[:2] == (code, None)

    @pytest.mark.parametrize(
        ("text", "postcode", "fault"),
        [
            ("Nulle-Part", None, "value.commune-unknown"),
            ("99999", None, "value.commune-unknown"),
            ("Bazus", None, "value.commune-ambiguous"),
            ("Narbonne", "59000", "value.commune-not-this-postcode"),
        ],
    )
    def test_are_refused_with_the_reason(self, text, postcode, fault):
        cells = pl.DataFrame({"postcode": [postcode]}, schema={"postcode": pl.String})

        assert read(Commune(postcode="postcode"), text, communes=COMMUNES, cells=cells)[1] == fault

    def test_of_former_times_lead_to_those_of_today(self):
        former = pl.concat(
            [COMMUNES, COMMUNES.head(1).with_columns(code=pl.lit("11999"), name_key=pl.lit("ancienne"))]
        )

        assert read(Commune(), "11999", communes=former)[0] == "11262"


class TestTheOthers:
    def test_postcodes_get_their_zero_back(self):
        assert read(Postcode(), "1500") == ("01500", None, "value.postcode-padded")
        assert read(Postcode(), "ABC")[1] == "value.postcode-invalid"

    def test_yes_and_no_have_many_words(self):
        assert [read(YesNo(), text)[0] for text in ("Oui", "n", "1.0", "X")] == [
            "true",
            "false",
            "true",
            "true",
        ]
        assert read(YesNo(), "peut-être")[1] == "value.not-yes-no"

    def test_choices_know_synonyms_whatever_the_accents(self):
        kind = Choice(options={"co_holder": ("Cotitulaire", "Co-titulaire"), "holder": ("Titulaire",)})

        assert read(kind, " co titulaire ")[0] == "co_holder"
        assert read(kind, "holder")[0] == "holder"
        assert read(kind, "Zorglub")[1] == "value.not-choice"

    def test_addresses_of_mail_are_lowered(self):
        assert read(Email(), "A.B@C.Example")[0] == "a.b@c.example"
        assert read(Email(), "a@@b.example")[1] == "value.email-invalid"

    def test_texts_have_a_length(self):
        assert read(Text(max_length=3), "abcd")[1] == "value.too-long"

    @pytest.mark.parametrize("text", ["", "  ", "NULL", "#N/A", "-", "\u00a0", "\x00"])
    def test_what_stands_for_nothing_is_nothing(self, text):
        assert read(Text(), text) == (None, None, None)

    @pytest.mark.parametrize("text", ["N° Contrat", "Œuvre d'ÉTÉ", "Né(e) le", "  "])
    def test_names_are_made_plain_alike_one_by_one_and_by_column(self, text):
        frame = pl.DataFrame({"text": [text]}).select(plain_expr(pl.col("text")).alias("text"))

        assert frame["text"][0] == plain(text)
