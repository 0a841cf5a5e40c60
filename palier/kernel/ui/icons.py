"""The icons that pages may name, read from the list that set-up collects."""

from functools import cache
from pathlib import Path

LIST = Path(__file__).with_name("icons.txt")


@cache
def names() -> frozenset[str]:
    """Names of the icons in the sprite."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
