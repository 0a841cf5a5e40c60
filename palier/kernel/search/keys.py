"""The form in which texts are compared: small letters, no accents, one space between words."""

import re
import unicodedata

LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i"}
)
NOT_A_WORD = re.compile(r"[\W_]+")


def search_key(text: str) -> str:
    """Return « jean pierre lefevre » for « Jean-Pierre  Lefèvre », as `public.search_key` does in the
    database.
    """
    lowered = text.lower().translate(LIGATURES)
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(sign))
    return NOT_A_WORD.sub(" ", bare).strip()


def words_of(text: str) -> list[str]:
    """Return the words to look for, in the form in which texts are compared."""
    return search_key(text).split()
