"""Reading the text of a cell into a value, a whole column at a time.

Each type turns a polars series of text into canonical text (ISO dates, decimals with a dot, E.164
phones, codes of enumerations), a fault code where it cannot, and a doubt code where it could but a person
should look. Messages and remedies of the codes are in `messages.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar

import phonenumbers
import polars as pl

from palier.kernel.imports.plain import plain, plain_expr

NOTHING = ("", "null", "(null)", "#n/a", "n/a", "nan", "#valeur!", "#ref!", "#nom?", "-", "--", "none")
MONTHS = {
    "janvier": "01", "janv": "01", "fevrier": "02", "fevr": "02", "mars": "03", "avril": "04", "avr": "04",
    "mai": "05", "juin": "06", "juillet": "07", "juil": "07", "aout": "08", "septembre": "09", "sept": "09",
    "octobre": "10", "oct": "10", "novembre": "11", "nov": "11", "decembre": "12", "dec": "12",
}  # fmt: skip


@dataclass(frozen=True)
class Context:
    """What a column's reading may need besides its own cells.

    `cells`: the whole slice as text, by column name. `communes`: code, today (the code it has now), name_key, postcode.
    `decimal_codes`: the code columns that a program wrote as decimals from top to bottom (`1184.0`).
    """

    cells: pl.DataFrame = field(default_factory=pl.DataFrame)
    communes: pl.DataFrame | None = None
    decimal_codes: frozenset[str] = frozenset()
    column: str = ""
    century_pivot: int = 30


@dataclass(frozen=True)
class Parsed:
    """Three series of text, as long as the cells: canonical value, fault code, doubt code (null for none)."""

    value: pl.Series
    fault: pl.Series
    doubt: pl.Series


def tidy(cell: pl.Expr) -> pl.Expr:
    """Trim, make every kind of space a plain one, unwrap `="0012"` and `'0012`; what stands for nothing is null."""
    spaced = (
        cell.str.replace_all(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "")
        .str.replace_all(r"[\s\u{a0}\u{202f}\u{2007}\u{feff}\u{200b}]+", " ")
        .str.strip_chars()
    )
    unwrapped = spaced.str.replace(r'^="(.*)"$', "$1").str.replace(r"^'(\S.*)$", "$1").str.strip_chars()
    return pl.when(unwrapped.str.to_lowercase().is_in(list(NOTHING))).then(None).otherwise(unwrapped)


def _choose(*cases: tuple[pl.Expr, str | pl.Expr]) -> pl.Expr:
    """The code of the first case that holds, null when none does."""
    result: pl.Expr = pl.lit(None, dtype=pl.String)
    for condition, code in reversed(cases):
        result = pl.when(condition).then(pl.lit(code) if isinstance(code, str) else code).otherwise(result)
    return result


@dataclass(frozen=True, kw_only=True)
class ValueType:
    """Base of the types. `read` gives the value or null; `faults` and `doubts` say why, in order of precedence."""

    empty_marks: tuple[str, ...] = ()
    unknown_marks: tuple[str, ...] = ()
    sql_type: ClassVar[str] = "text"
    default_unknown: ClassVar[tuple[str, ...]] = ()
    hard_marks: ClassVar[bool] = True
    kind: ClassVar[str] = "text"

    def read(self, cell: pl.Expr, context: Context) -> pl.Expr:
        return cell

    def faults(self, cell: pl.Expr, value: pl.Expr, context: Context) -> tuple[tuple[pl.Expr, str], ...]:
        return ()

    def doubts(self, cell: pl.Expr, value: pl.Expr, context: Context) -> tuple[tuple[pl.Expr, str], ...]:
        return ()

    def parse(self, cells: pl.Series, context: Context) -> Parsed:
        """Read a column. Cells are expected as `tidy` leaves them. Each distinct text is read once."""
        frame = pl.DataFrame({"cell": cells.cast(pl.String)})
        read = self._parse_distinct(frame.unique(), context)
        frame = frame.join(read, on="cell", how="left", nulls_equal=True, maintain_order="left")
        return Parsed(frame["value"], frame["fault"], frame["doubt"])

    def _parse_distinct(self, frame: pl.DataFrame, context: Context) -> pl.DataFrame:
        frame = frame.with_columns(self.read(pl.col("cell"), context).cast(pl.String).alias("value"))
        empty = pl.col("cell").is_null() | self._marked(self.empty_marks, context)
        marked = self._marked(self.unknown_marks or self.default_unknown, context)
        cell, value, nothing = pl.col("cell"), pl.col("value"), pl.lit(None, dtype=pl.String)
        hard = marked if self.hard_marks else pl.lit(False)
        fault = _choose((empty, nothing), (hard, "value.unknown-marker"), *self.faults(cell, value, context))
        doubt = _choose(
            (empty, nothing), (marked, "value.perhaps-marker"), *self.doubts(cell, value, context)
        )
        frame = frame.with_columns(empty.alias("empty"), fault.alias("fault"), doubt.alias("doubt"))
        sound = pl.col("fault").is_null() & ~pl.col("empty")
        return frame.select(
            "cell",
            pl.when(sound).then(value).otherwise(nothing).alias("value"),
            "fault",
            pl.when(sound).then(pl.col("doubt")).otherwise(nothing).alias("doubt"),
        )

    def _marked(self, marks: tuple[str, ...], context: Context) -> pl.Expr:
        """A mark is met as it is written, or under any writing of the same value (`1900-01-01 00:00:00`)."""
        if not marks:
            return pl.lit(False)
        written = pl.DataFrame({"cell": list(marks)})
        same = written.select(self.read(pl.col("cell"), context).cast(pl.String).alias("v"))
        values = [value for value in same["v"].to_list() if value is not None]
        as_written = pl.col("cell").str.to_lowercase().is_in([mark.lower() for mark in marks])
        return (as_written | pl.col("value").is_in(values)).fill_null(False)


@dataclass(frozen=True, kw_only=True)
class Text(ValueType):
    max_length: int = 200

    def faults(self, cell: pl.Expr, value: pl.Expr, context: Context) -> tuple[tuple[pl.Expr, str], ...]:
        return ((cell.str.len_chars() > self.max_length, "value.too-long"),)


@dataclass(frozen=True, kw_only=True)
class Code(ValueType):
    """A reference of the landlord's own software: kept as written, leading zeros too.

    A code that a spreadsheet turned into a number (`1184,0`, `1,2E+09`) is refused: it may have lost its zeros.
    Where the whole column was written that way by a program, the tail is dropped and said.
    """

    max_length: int = 60
    kind: ClassVar[str] = "code"

    def read(self, cell: pl.Expr, context: Context) -> pl.Expr:
        if context.column in context.decimal_codes:
            return cell.str.replace(r"^(\d+)[.,]0+$", "$1")
        return cell

    def faults(self, cell: pl.Expr, value: pl.Expr, context: Context) -> tuple[tuple[pl.Expr, str], ...]:
        return (
            (value.str.contains(r"^\d+[.,]0+$|^\d+([.,]\d+)?E\+?\d+$"), "value.damaged-code"),
            (value.str.len_chars() > self.max_length, "value.too-long"),
        )

    def doubts(self, cell: pl.Expr, value: pl.Expr, context: Context) -> tuple[tuple[pl.Expr, str], ...]:
        return ((cell != value, "value.code-was-number"),)


@dataclass(frozen=True, kw_only=True)
class Number(ValueType):
    """A decimal number: `1184,0`, `1 184,50`, `1.184,50`, `1184.0`, `12,50-`, `(12,50)`, `1 184,50 €`."""

    places: int = 2
    minimum: float | None = None
    maximum: float | None = None
    sql_type: ClassVar[str] = "numeric"
    default_unknown: ClassVar[tuple[str, ...]] = ("9999", "99999")
    hard_marks: ClassVar[bool] = False
    kind: ClassVar[str] = "number"

    def read(self, cell: pl.Expr, context: Context) -> pl.Expr:
        bare = cell.str.to_lowercase().str.replace_all(r"[ '’€%]|eur(os)?$|m[2²]$", "")
        bare = bare.str.replace(r"^\((.+)\)$", "-$1").str.replace(r"^(.+)-$", "-$1").str.replace(r"^\+", "")
        comma_last = bare.str.contains(r"^-?\d{1,3}(\.\d{3})*,\d*$|^-?\d*,\d*$")
        dot_last = bare.str.contains(r"^-?\d{1,3}(,\d{3})+(\.\d*)?$")
        dotted = (
            pl.when(comma_last)
            .then(bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
            .when(dot_last)
            .then(bare.str.replace_all(",", "", literal=True))
            .otherwise(bare)
        )
        shaped = dotted.str.contains(r"^-?(\d+\.?\d*|\.\d+)$")
        trimmed = (
            dotted.str.replace(r"(\.\d*?)0+$", "$1").str.replace(r"\.$", "").str.replace(r"^(-?)\.", "${1}0.")
        )
        return (
            pl.when(shaped)
            .then(trimmed.str.replace(r"^(-?)0+(\d)", "$1$2").str.replace(r"^-0$", "0"))
            .otherwise(None)
        )

    def faults(self, cell: pl.Expr, value: pl.Expr, context: Context) -> tuple[tuple[pl.Expr, str], ...]:
        number = value.cast(pl.Float64, strict=False)
        return (
            (value.is_null(), "value.not-number"),
            (value.str.contains(rf"\.\d{{{self.places + 1},}}$"), "value.too-precise"),
            *self._bounds(number),
        )

    def _bounds(self, number: pl.Expr) -> tuple[tuple[pl.Expr, str], ...]:
        low = number < self.minimum if self.minimum is not None else pl.lit(False)
        high = number > (self.maximum if self.maximum is not None else 9_999_999_999)
        return ((low, "value.too-small"), (high, "value.too-large"))


@dataclass(frozen=True, kw_only=True)
class Whole(Number):
    """A whole number. `1184.0` and `1184,0` are whole; `1184,5` is not, and it is said."""

    maximum: float | None = 2_000_000_000
    places: int = 0
    sql_type: ClassVar[str] = "integer"
    default_unknown: ClassVar[tuple[str, ...]] = ("9999", "99999")
    hard_marks: ClassVar[bool] = True
    kind: ClassVar[str] = "whole"

    def faults(self, cell: pl.Expr, value: pl.Expr, context: Context) -> tuple[tuple[pl.Expr, str], ...]:
        return (
            (value.is_null(), "value.not-number"),
            (value.str.contains(".", literal=True), "value.not-whole"),
            *self._bounds(value.cast(pl.Float64, strict=False)),
        )


@dataclass(frozen=True, kw_only=True)
class Year(Whole):
    minimum: float | None = 1700
    maximum: float | None = 2100
    default_unknown: ClassVar[tuple[str, ...]] = ("9999", "1900", "0", "999")
    kind: ClassVar[str] = "year"


@dataclass(frozen=True, kw_only=True)
class Day(ValueType):
    """A date: `31/12/2024`, ISO with or without time, `1er mars 2024`, `20241231`, a spreadsheet's serial."""

    earliest: str = "1850-01-01"
    latest: str = "2100-12-31"
    sql_type: ClassVar[str] = "date"
    default_unknown: ClassVar[tuple[str, ...]] = (
        "01/01/1900", "01/01/1901", "00/00/0000", "01/01/0001", "31/12/9999", "01/01/9999", "31/12/2999", "01/01/2999",
        "9999", "999", "01/1900", "0",
    )  # fmt: skip
    kind: ClassVar[str] = "day"

    def read(self, cell: pl.Expr, context: Context) -> pl.Expr:
        year, month, day = self._parts(cell, context)
        iso = pl.concat_str([year.str.zfill(4), month.str.zfill(2), day.str.zfill(2)], separator="-")
        serial = cell.str.extract(r"^([1-7]\d{4})(?:[.,]\d+)?$").cast(pl.Int64, strict=False)
        from_serial = (pl.lit(-25569) + serial).cast(pl.Int32, strict=False).cast(pl.Date).cast(pl.String)
        return pl.coalesce(from_serial, iso.str.to_date("%Y-%m-%d", strict=False).cast(pl.String))

    def _parts(self, cell: pl.Expr, context: Context) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        dated = cell.str.replace(r"[T ]\d{1,2}[:h]\d{2}.*$", "")
        named = dated.str.to_lowercase().str.replace_many(["é", "û", "1er"], ["e", "u", "1"])
        worded = named.str.contains(r"^\d{1,2}[ -][a-z]{3,}\.?[ -]\d{2,4}$")
        by_name = named.str.extract(r"^\d{1,2}[ -]([a-z]+)").replace_strict(
            MONTHS, default=None, return_dtype=pl.String
        )
        french, iso = (
            r"^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})$",
            r"^(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})$",
        )
        packed, packed_french = (
            r"^((?:1[89]|20|21)\d{2})(\d{2})(\d{2})$",
            r"^(\d{2})(\d{2})((?:1[89]|20|21)\d{2})$",
        )
        packed_ok = dated.str.extract(packed, 2).cast(pl.Int32, strict=False).is_between(1, 12)
        ymd = pl.when(packed_ok).then(dated).otherwise(None)
        year = pl.coalesce(
            dated.str.extract(french, 3), dated.str.extract(iso, 1), ymd.str.extract(packed, 1),
            dated.str.extract(packed_french, 3), pl.when(worded).then(named.str.extract(r"(\d{2,4})$")),
        )  # fmt: skip
        month = pl.coalesce(
            dated.str.extract(french, 2), dated.str.extract(iso, 2), ymd.str.extract(packed, 2),
            dated.str.extract(packed_french, 2), pl.when(worded).then(by_name),
        )  # fmt: skip
        day = pl.coalesce(
            dated.str.extract(french, 1), dated.str.extract(iso, 3), ymd.str.extract(packed, 3),
            dated.str.extract(packed_french, 1), pl.when(worded).then(named.str.extract(r"^(\d{1,2})")),
        )  # fmt: skip
        short = year.str.len_chars() == 2
        century = (
            pl.when(year.cast(pl.Int32, strict=False) <= context.century_pivot)
            .then(pl.lit("20"))
            .otherwise(pl.lit("19"))
        )
        return pl.when(short).then(century + year).otherwise(year), month, day

    def faults(self, cell: pl.Expr, value: pl.Expr, context: Context) -> tuple[tuple[pl.Expr, str], ...]:
        shaped = cell.str.contains(r"^\d{1,4}[/.\- ]\d{1,2}[/.\- ]\d{1,4}([T ].*)?$|^\d{8}$")
        return (
            (value.is_null() & shaped, "value.no-such-day"),
            (value.is_null(), "value.not-date"),
            ((value < self.earliest) | (value > self.latest), "value.date-out-of-range"),
        )

    def doubts(self, cell: pl.Expr, value: pl.Expr, context: Context) -> tuple[tuple[pl.Expr, str], ...]:
        return ((cell.str.contains(r"^\d{1,2}[/.\- ]\d{1,2}[/.\- ]\d{2}$"), "value.two-digit-year"),)


@dataclass(frozen=True, kw_only=True)
class Month(Day):
    """A month, kept as its first day: `03/2019`, `2019-03`; a full date is cut to its month."""

    kind: ClassVar[str] = "month"

    def read(self, cell: pl.Expr, context: Context) -> pl.Expr:
        french = cell.str.replace(r"^(\d{1,2})[/.\-](\d{4})$", "01/$1/$2")
        whole = french.str.replace(r"^(\d{4})[/.\-](\d{1,2})$", "$1-$2-01")
        return super().read(whole, context).str.replace(r"-\d{2}$", "-01")


@dataclass(frozen=True, kw_only=True)
class YesNo(ValueType):
    sql_type: ClassVar[str] = "boolean"
    kind: ClassVar[str] = "yes-no"

    def read(self, cell: pl.Expr, context: Context) -> pl.Expr:
        words = dict.fromkeys(("oui", "o", "1", "x", "vrai", "true", "yes", "y", "10"), "true")
        words |= dict.fromkeys(("non", "n", "0", "faux", "false", "no", "00"), "false")
        return plain_expr(cell.str.replace(r"^(\d)[.,]0$", "$1")).replace_strict(
            words, default=None, return_dtype=pl.String
        )

    def faults(self, cell: pl.Expr, value: pl.Expr, context: Context) -> tuple[tuple[pl.Expr, str], ...]:
        return ((value.is_null(), "value.not-yes-no"),)


@dataclass(frozen=True, kw_only=True)
class Choice(ValueType):
    """A value of a closed list. `options`: stored code → the words that mean it (the code itself always does)."""

    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kind: ClassVar[str] = "choice"

    def read(self, cell: pl.Expr, context: Context) -> pl.Expr:
        words = {plain(code): code for code in self.options}
        words |= {plain(word): code for code, synonyms in self.options.items() for word in synonyms}
        keys = plain_expr(cell.str.replace(r"^(\d+)[.,]0$", "$1"))
        return keys.replace_strict(words, default=None, return_dtype=pl.String)

    def faults(self, cell: pl.Expr, value: pl.Expr, context: Context) -> tuple[tuple[pl.Expr, str], ...]:
        return ((value.is_null(), "value.not-choice"),)

    def words(self) -> list[str]:
        """What a person may write, one word per value."""
        return [synonyms[0] if synonyms else code for code, synonyms in self.options.items()]

    def __hash__(self) -> int:
        return hash(tuple(self.options))


@dataclass(frozen=True, kw_only=True)
class Email(ValueType):
    max_length: int = 254
    kind: ClassVar[str] = "email"

    def read(self, cell: pl.Expr, context: Context) -> pl.Expr:
        lowered = cell.str.to_lowercase().str.replace(r"^mailto:", "")
        shaped = lowered.str.contains(
            r"^[a-z0-9.!#$&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$"
        )
        dots = lowered.str.contains(r"\.\.|^\.|\.@")
        return (
            pl.when(shaped & ~dots & (lowered.str.len_chars() <= self.max_length))
            .then(lowered)
            .otherwise(None)
        )

    def faults(self, cell: pl.Expr, value: pl.Expr, context: Context) -> tuple[tuple[pl.Expr, str], ...]:
        return ((value.is_null(), "value.email-invalid"),)


@dataclass(frozen=True, kw_only=True)
class Phone(ValueType):
    """A telephone number, kept in E.164. French ones are read by the library's own pattern, a column at a time;
    the others one distinct number at a time. A number that may exist but is in no known range passes with a doubt."""

    region: str = "FR"
    kind: ClassVar[str] = "phone"

    def parse(self, cells: pl.Series, context: Context) -> Parsed:
        bare = pl.col("cell").str.replace_all(r"(?i)[\s.\-/()]|^(tel|tél)\.?:?", "")
        frame = pl.DataFrame({"cell": cells.cast(pl.String)}).with_columns(
            bare.str.replace(r"^(\+33|0033|33)0?([1-9]\d{8})$", "0$2")
            .str.replace(r"^([1-9]\d{8})$", "0$1")
            .alias("n")
        )
        french = pl.col("n").str.contains(r"^0[1-9]\d{8}$")
        rest = _other_numbers(
            frame.filter(~french.fill_null(True))["cell"].unique().drop_nulls(), self.region
        )
        frame = frame.join(rest, on="cell", how="left", maintain_order="left").with_columns(
            pl.when(french).then("+33" + pl.col("n").str.slice(1)).otherwise(pl.col("e164")).alias("value"),
            pl.when(french)
            .then(~pl.col("n").str.slice(1).str.contains(_french_ranges()))
            .otherwise(pl.col("odd"))
            .alias("odd"),
        )
        frame = frame.with_columns(
            _choose((pl.col("cell").is_not_null() & pl.col("value").is_null(), "value.phone-invalid")).alias(
                "fault"
            ),
            _choose(
                (pl.col("value").is_not_null() & pl.col("odd").fill_null(False), "value.phone-doubtful")
            ).alias("doubt"),
        )
        return Parsed(frame["value"], frame["fault"], frame["doubt"])


# Ranges that the regulator keeps for fiction (Arcep, décision n° 2018-0881, annexe): written on purpose, so
# never doubtful.
FICTION = r"1990\d{5}|26191\d{4}|35301\d{4}|46571\d{4}|53649\d{4}|63998\d{4}"


@cache
def _french_ranges() -> str:
    """Every numbering range that the library knows for France, as one anchored pattern."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region("FR")
    names = (
        "fixed_line",
        "mobile",
        "toll_free",
        "premium_rate",
        "shared_cost",
        "voip",
        "uan",
        "pager",
        "personal_number",
    )
    patterns = [getattr(metadata, name).national_number_pattern for name in names if getattr(metadata, name)]
    return "^(?:" + "|".join(f"(?:{pattern})" for pattern in [*patterns, FICTION] if pattern) + ")$"


def _other_numbers(numbers: pl.Series, region: str) -> pl.DataFrame:
    rows: dict[str, list] = {"cell": [], "e164": [], "odd": []}
    for written in numbers.to_list():
        e164, odd = _one_number(written, region)
        rows["cell"].append(written)
        rows["e164"].append(e164)
        rows["odd"].append(odd)
    return pl.DataFrame(rows, schema={"cell": pl.String, "e164": pl.String, "odd": pl.Boolean})


def _one_number(written: str, region: str) -> tuple[str | None, bool]:
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None, False
    if not phonenumbers.is_possible_number(number) or str(number.national_number).strip("0") == "":
        return None, False
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164, not phonenumbers.is_valid_number(number)


@dataclass(frozen=True, kw_only=True)
class Postcode(ValueType):
    kind: ClassVar[str] = "postcode"

    def read(self, cell: pl.Expr, context: Context) -> pl.Expr:
        digits = cell.str.replace_all(" ", "").str.replace(r"^(?:F-)?(\d{4,5})(?:[.,]0)?$", "$1")
        return pl.when(digits.str.contains(r"^\d{4,5}$")).then(digits.str.zfill(5)).otherwise(None)

    def faults(self, cell: pl.Expr, value: pl.Expr, context: Context) -> tuple[tuple[pl.Expr, str], ...]:
        return ((value.is_null() | value.str.starts_with("00"), "value.postcode-invalid"),)

    def doubts(self, cell: pl.Expr, value: pl.Expr, context: Context) -> tuple[tuple[pl.Expr, str], ...]:
        return ((cell.str.contains(r"^\d{4}([.,]0)?$"), "value.postcode-padded"),)


@dataclass(frozen=True, kw_only=True)
class Commune(ValueType):
    """A commune, kept as its Insee code: written as the code, or as a name with the postcode of column `postcode`.

    A name that is unique in France needs no postcode. Names are compared without accents nor punctuation, « St » as
    « Saint », and a trailing « CEDEX » is forgotten.
    """

    postcode: str = ""
    kind: ClassVar[str] = "commune"

    def parse(self, cells: pl.Series, context: Context) -> Parsed:
        frame = pl.DataFrame({"cell": cells.cast(pl.String)})
        postcodes = context.cells.get_column(self.postcode, default=None) if self.postcode else None
        text = postcodes if postcodes is not None else pl.Series([None] * len(frame), dtype=pl.String)
        zipped = Postcode().parse(text, context).value
        frame = frame.with_columns(zipped.alias("postcode"), commune_key(pl.col("cell")).alias("name_key"))
        frame = frame.with_row_index("i")
        return _match_communes(frame, context.communes if context.communes is not None else _NO_COMMUNES)


_NO_COMMUNES = pl.DataFrame(
    schema={"code": pl.String, "today": pl.String, "name_key": pl.String, "postcode": pl.String}
)


def commune_key(name: pl.Expr) -> pl.Expr:
    """« ST-ÉTIENNE CEDEX 2 » → `saintetienne`."""
    spaced = " " + name.str.to_lowercase().str.replace_all(r"[-'’.]", " ") + " "
    whole = (
        spaced.str.replace_all(r" ste ", " sainte ")
        .str.replace_all(r" st ", " saint ")
        .str.replace_all(r" s/s? ", " sur ")
    )
    return plain_expr(whole.str.replace(r" cedex.*$", ""))


def _match_communes(frame: pl.DataFrame, communes: pl.DataFrame) -> Parsed:
    by_code = communes.group_by("code").agg(pl.col("today").first())
    by_name = communes.group_by("name_key").agg(pl.col("today").unique().alias("named"))
    by_both = communes.group_by("name_key", "postcode").agg(pl.col("today").unique().alias("both"))
    code = pl.col("cell").str.to_uppercase().str.replace(r"[.,]0$", "").str.zfill(5)
    found = frame.with_columns(
        code.alias("code"), pl.col("cell").str.contains(r"^\d[\dAaBb]?\d{2,3}([.,]0)?$").alias("is_code")
    )
    found = found.join(by_code, on="code", how="left", maintain_order="left")
    found = found.join(by_both, on=["name_key", "postcode"], how="left", maintain_order="left")
    found = found.join(by_name, on="name_key", how="left", maintain_order="left")
    one_named = pl.col("postcode").is_null() & (pl.col("named").list.len() == 1)
    value = (
        pl.when(pl.col("is_code")).then(pl.col("today"))
        .when(pl.col("both").list.len() == 1).then(pl.col("both").list.first())
        .when(one_named).then(pl.col("named").list.first())
    )  # fmt: skip
    found = found.with_columns(value.alias("value"))
    missing = pl.col("cell").is_not_null() & pl.col("value").is_null()
    fault = _choose(
        (
            missing & pl.col("postcode").is_null() & (pl.col("named").list.len() > 1),
            "value.commune-ambiguous",
        ),
        (
            missing & pl.col("postcode").is_not_null() & pl.col("named").is_not_null(),
            "value.commune-not-this-postcode",
        ),
        (missing, "value.commune-unknown"),
    )
    found = found.with_columns(fault.alias("fault"))
    return Parsed(found["value"], found["fault"], pl.Series([None] * len(found), dtype=pl.String))
