"""Words that have no place in a note about somebody, and the words by which somebody is recognised."""

from collections.abc import Iterable

from palier.kernel.search.keys import search_key
from palier.kernel.wording.checking import check


def unfit_words(text: str) -> list[str]:
    """Return the words of a note that may not be kept: health, origin, religion, insults. Empty when it is fit."""
    return list(dict.fromkeys(search_key(finding.word) for finding in check(text)))


def identifying_words(
    *,
    family_names: Iterable[str],
    given_names: str,
    legal_name: str,
    references: Iterable[str],
    values: Iterable[str],
    namesakes: int,
    few: int = 5,
) -> list[str]:
    """Return the texts by which a sealed person would be recognised wherever they stand.

    A family name that `few` others or more share does not identify by itself: with it, hundreds of lines about
    other people would be erased. With the given name, in either order, it does.
    """
    first = given_names.split()[0] if given_names.split() else ""
    found: list[str] = [*references, *values, legal_name]
    for name in family_names:
        if not name:
            continue
        if namesakes < few:
            found.append(name)
        for given in {given_names, first} - {""}:
            found += [f"{name} {given}", f"{given} {name}"]
    return [word for word in dict.fromkeys(found) if len(search_key(word)) >= 3]
