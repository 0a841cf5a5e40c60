"""One spelling for comparing names of columns and values: no accent, case, space or punctuation."""

import unicodedata

import polars as pl

LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "°": "o", "ø": "o"}


def plain(text: str) -> str:
    """`« N° Contrat »` → `nocontrat`."""
    lowered = text.lower()
    for ligature, letters in LIGATURES.items():
        lowered = lowered.replace(ligature, letters)
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(sign for sign in decomposed if sign.isascii() and sign.isalnum())


def plain_expr(text: pl.Expr) -> pl.Expr:
    """The same, on a whole column."""
    lowered = text.str.to_lowercase().str.replace_many(list(LIGATURES), list(LIGATURES.values()))
    return lowered.str.normalize("NFKD").str.replace_all(r"[^a-z0-9]", "")
