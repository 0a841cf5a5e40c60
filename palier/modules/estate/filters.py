"""How residences are searched: by the beginning of words, and by house number."""

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from palier.kernel.search.keys import words_of
from palier.kernel.ui.filters import TextSearch


@dataclass(frozen=True)
class AddressSearch(TextSearch):
    """Every word typed begins a word of the search key; a short number is a whole house number.

    « 12 platanes » finds number 12 of the Platanes, not the 26 of commune 11262.
    """

    def apply(self, rows: Any, request: HttpRequest) -> Any:
        for typed in request.GET.get(self.key, "").split():
            words = words_of(typed)
            if words:
                rows = rows.filter(**{f"{self.lookup}__regex": pattern_of(words)})
        return rows


def pattern_of(words: list[str]) -> str:
    """Return the regular expression of what was typed in one go: a word, or a code of several (`0101-A`).

    House numbers are kept with zeros before them.
    """
    if len(words) > 1 or not words[0].isdigit():
        return f"(^| ){re.escape(' '.join(words))}"
    word = words[0]
    number = word.lstrip("0") or "0"
    return f"(^| )0*{number}" if len(word) > 2 else f"(^| )0*{number}[a-z]*($| )"
