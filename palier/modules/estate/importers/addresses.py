"""Addresses worked out on whole columns: each distinct address is read once, however many lines carry it."""

from collections.abc import Callable, Sequence

import polars as pl

from palier.kernel.imports.kinds import Derived, Mapped
from palier.modules.estate.rules.addresses import (
    WRITTEN_TYPES,
    Address,
    address_key,
    cut_line,
    name_key,
    programme_name,
    street_words,
    written,
)

PARTS = ("number", "repetition", "street_type", "street_name")


def once_per_value(columns: Sequence[str], work_out: Callable[..., str | None]) -> pl.Expr:
    """Apply a rule to each distinct combination of columns and lay the answers back on the lines."""
    names = list(columns)

    def answer(series: pl.Series) -> pl.Series:
        frame = series.struct.unnest().select(pl.all().fill_null(""))
        distinct = frame.unique()
        answers = [work_out(*row) for row in distinct.iter_rows()]
        answered = distinct.with_columns(pl.Series("answer", answers, dtype=pl.String))
        return frame.join(answered, on=names, how="left", maintain_order="left")["answer"]

    return pl.struct([pl.col(name) for name in names]).map_batches(answer, return_dtype=pl.String)


def derived_address(*, commune: str, line: str = "") -> tuple[Derived, ...]:
    """Return `a_number`, `a_repetition`, `a_street_type`, `a_street_name`, `address_key` and `street_line`.

    `commune`: the column of the Insee code. `line`: a column that holds the whole street line, cut where
    the file has no separate columns.
    """
    sources = (*PARTS, line) if line else PARTS

    def part(position: int) -> Callable[[Mapped], pl.Expr]:
        return lambda _mapped: once_per_value(sources, lambda *cells: _stored(*cells)[position] or None)

    return (
        *(Derived(f"a_{name}", part(position)) for position, name in enumerate(PARTS)),
        Derived("address_key", lambda _mapped: once_per_value((*sources, commune), _key)),
        Derived("street_line", lambda _mapped: once_per_value(sources, lambda *cells: _line(*cells))),
    )


def _parts(
    number: str, repetition: str, street_type: str, street_name: str, line: str = ""
) -> tuple[str, str, str, str]:
    if street_name or not line:
        return number, repetition, street_type, street_name
    cut = cut_line(line)
    return cut.number or number, cut.repetition or repetition, cut.street_type, cut.street_name


def _stored(*cells: str) -> tuple[str, str, str, str]:
    """The parts as they are kept: the street's type whole and in small letters, so that `rue` finds `R`."""
    number, repetition, street_type, street_name = _parts(*cells)
    kind, _name = street_words(street_type, street_name)
    if kind and not street_type:
        street_name = street_name.partition(" ")[2]
    return number, repetition, WRITTEN_TYPES.get(kind, kind.lower()), street_name


def _key(*cells: str) -> str | None:
    number, repetition, street_type, street_name = _parts(*cells[:-1])
    if not (cells[-1] and street_name):
        return None
    return address_key(
        insee_code=cells[-1],
        number=number,
        repetition=repetition,
        street_type=street_type,
        street_name=street_name,
    )


def _line(*cells: str) -> str | None:
    return Address(*_parts(*cells)).street_line or None


def derived_name(columns: Sequence[str]) -> tuple[Derived, ...]:
    """Return `programme` (the residence's name as people write it) and `programme_key`."""
    return (
        Derived(
            "programme",
            lambda _mapped: once_per_value(columns, lambda *cells: written(programme_name(*cells)) or None),
        ),
        Derived(
            "programme_key",
            lambda _mapped: once_per_value(columns, lambda *cells: name_key(programme_name(*cells))),
        ),
    )
