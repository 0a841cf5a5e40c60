"""The product speaks French and English, completely, and French as it is written."""

import contextlib
import re
import string

import pytest
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation.reloader import translation_file_changed

from palier.config import messages

NAMED = re.compile(r"%\((\w+)\)[sd]|%[sd]")


@pytest.fixture(scope="module")
def catalogue():
    return messages.completed()


def texts_of(message):
    return list(message.string) if isinstance(message.string, list | tuple) else [message.string]


def ids_of(message):
    return list(message.id) if isinstance(message.id, list | tuple) else [message.id]


class TestTheFrenchCatalogue:
    def test_says_every_message(self, catalogue):
        assert messages.missing(catalogue) == []

    def test_is_the_one_that_is_committed(self, catalogue):
        """`make messages` was run: the file holds what the sources say, no more and no less."""
        written = {(str(one.id), one.context) for one in messages._read(messages.PO) if one.id}

        assert written == {(str(one.id), one.context) for one in catalogue if one.id}

    def test_is_typeset_once_and_for_all(self):
        """A second `make messages` adds no space inside « »: the file would change at each update."""
        written = "Le niveau « Renforcé » : l'eau ; 20 % ?"

        once = messages._typeset(written)

        assert once == "Le niveau «\u00a0Renforcé\u00a0»\u00a0: l’eau\u202f; 20\u00a0%\u202f?"
        assert messages._typeset(once) == once

    def test_keeps_the_fields_of_each_message(self, catalogue):
        wrong = []
        for message in catalogue:
            known = set().union(*map(fields, ids_of(message))) if message.id else set()
            said = texts_of(message) if message.id else []
            # The singular may say "one" where the plural counts.
            whole = not said or fields(ids_of(message)[-1]) <= fields(said[-1])
            if not whole or any(not fields(text) <= known for text in said):
                wrong.append((message.id, message.string))

        assert wrong == []

    def test_follows_french_typography(self, catalogue):
        double_sign = re.compile(
            r"[^\s\u202f\u00a0!?;(«][;!?](?=\s|$)|[^\s\u00a0\u202f]:(?=\s|$)| [;:!?](?=\s|$)|(?<![=\w])\"(?!\w*>)"
        )
        wrong = [
            text
            for message in catalogue
            if message.id
            for text in texts_of(message)
            if double_sign.search(re.sub(r"<[^>]*>|&\w+;", "", text))
        ]

        assert wrong == []


def fields(text: str) -> set[str]:
    named = {match.group(0) for match in NAMED.finditer(text)}
    with contextlib.suppress(ValueError):
        named |= {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return named


class TestCompilingTheCatalogue:
    @pytest.fixture
    def uncompiled(self, tmp_path, settings, monkeypatch):
        """A fresh copy of the project, as a program finds it before set-up: the texts, not their compiled file."""
        po = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
        po.parent.mkdir(parents=True)
        po.write_bytes(messages.PO.read_bytes())
        settings.LOCALE_PATHS = [tmp_path]
        monkeypatch.setattr(messages, "PO", po)
        translation_file_changed(sender=None, file_path=po.with_suffix(".mo"))
        yield
        monkeypatch.undo()
        translation_file_changed(sender=None, file_path=po.with_suffix(".mo"))

    def test_is_heard_by_the_program_that_had_already_looked_for_words(self, uncompiled):
        with translation.override("fr"):
            before = gettext("Calls: {level}, {place}")

        messages.compile_catalogue()

        with translation.override("fr"):
            assert (before, gettext("Calls: {level}, {place}")) == (
                "Calls: {level}, {place}",
                "Appels\N{NO-BREAK SPACE}: {level}, {place}",
            )
