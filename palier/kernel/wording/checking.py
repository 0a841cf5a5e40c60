"""Find the words that may not be kept in a note. Pure Python: no Django, no clock, no query."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from palier.kernel.search.keys import search_key
from palier.kernel.wording import lists


class Category(StrEnum):
    HEALTH = "health"
    ORIGIN_RELIGION = "origin_religion"
    INSULT = "insult"


@dataclass(frozen=True)
class Finding:
    """One unfit word as it was typed: `text[start:end] == word`."""

    word: str
    category: Category
    start: int
    end: int


# French first: notes are written in France whatever the language of the screens.
STEMS = {
    "fr": {
        Category.HEALTH: lists.HEALTH_FR,
        Category.ORIGIN_RELIGION: lists.ORIGIN_FR,
        Category.INSULT: lists.INSULT_FR,
    },
    "en": {
        Category.HEALTH: lists.HEALTH_EN,
        Category.ORIGIN_RELIGION: lists.ORIGIN_EN,
        Category.INSULT: lists.INSULT_EN,
    },
}
_WORD = re.compile(r"[^\W_]+")
_HARMLESS_PHRASE = re.compile(rf"(?<![^ ])(?:{'|'.join(lists.HARMLESS_PHRASES)})(?![^ ])")


def check(text: str, language: str | None = None) -> list[Finding]:
    """Return the words of a note that may not be kept, in the order of the text. Empty when it is fit.

    `language`: the French list always counts, the English one with "en"; None reads both.
    """
    key, places = _keyed(text)
    spared = [match.span() for match in _HARMLESS_PHRASE.finditer(key)]
    found: dict[tuple[int, int], Finding] = {}
    for category, pattern in _patterns(language):
        for match in pattern.finditer(key):
            start, end = match.span()
            is_spared = any(first <= start and end <= last for first, last in spared)
            if match.group(0) in lists.HARMLESS or is_spared:
                continue
            begins, ends = places[start][0], places[end - 1][1]
            found.setdefault((begins, ends), Finding(text[begins:ends], category, begins, ends))
    return sorted(found.values(), key=lambda one: one.start)


def _keyed(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text as lists are compared with it, and for each of its signs the typed word it comes from."""
    key = ""
    places: list[tuple[int, int]] = []
    for word in _WORD.finditer(text):
        bare = search_key(word.group(0)).replace(" ", "")
        if not bare:
            continue
        if key:
            key, places = f"{key} ", [*places, word.span()]
        key += bare
        places += [word.span()] * len(bare)
    return key, places


@cache
def _patterns(language: str | None) -> tuple[tuple[Category, re.Pattern[str]], ...]:
    languages = tuple(STEMS) if language is None else ("fr", "en") if language == "en" else ("fr",)
    return tuple(
        (category, _pattern(" ".join(STEMS[one][category] for one in languages))) for category in Category
    )


def _pattern(stems: str) -> re.Pattern[str]:
    parts = [stem if stem in lists.WHOLE_WORDS else f"{stem}[a-z]*" for stem in stems.split()]
    return re.compile(rf"(?<![^ ])(?:{'|'.join(parts)})(?![^ ])")
