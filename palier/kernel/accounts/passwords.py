"""Passwords that are long enough and still guessed first: keyboard runs, one word repeated, the house's own words.

CNIL, délibération 2022-100 du 21 juillet 2022, and ANSSI's guide of 2021: length first, no rule of composition
that people get round with "!" at the end, and a refusal of what everybody tries first.
"""

import re
from typing import Any

import unidecode
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WORDS = (
    "palier",
    "motdepasse",
    "password",
    "bonjour",
    "bienvenue",
    "logement",
    "habitat",
    "azerty",
    "qwerty",
)
ROWS = (
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
)
#: Characters that must remain once what is easily guessed is taken away.
LEFT = 5


class EasyPasswordValidator:
    """Refuse a password whose unpredictable part is too short."""

    def validate(self, password: str, user: Any = None) -> None:
        left = unidecode.unidecode(password).lower().replace(" ", "")
        for word in WORDS:
            left = left.replace(word, "")
        left = _without_runs(left)
        left = re.sub(r"(.)\1+", r"\1", left)
        left = re.sub(r"(19|20)\d\d$", "", left)
        if len(left) < LEFT or len(set(left)) < LEFT - 1:
            raise ValidationError(self.get_help_text(), code="password_easy")

    def get_help_text(self) -> str:
        return _("Avoid repeated letters, keyboard rows and the words that everybody tries first.")


def _without_runs(text: str) -> str:
    """Take away the runs of four characters or more that follow a row of the keyboard or of the alphabet."""
    for row in ROWS:
        for length in range(len(row), 3, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], "")
                text = text.replace(row[start : start + length][::-1], "")
    return text
