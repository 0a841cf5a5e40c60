"""Which texts name a person."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from palier.kernel.keys import SealedSubject


def subject(*words):
    return SealedSubject(
        person_id=UUID(int=1), records=(), words=words, key=None, by=None, at=datetime(2026, 3, 1, tzinfo=UTC)
    )


class TestMentions:
    @pytest.mark.parametrize(
        "text", ["Appelé Mme LEFEVRE hier", "lefèvre", "(Lefèvre)", "vue avec Lefèvre, 2e étage"]
    )
    def test_finds_the_name_whatever_the_case_and_accents(self, text):
        assert subject("Lefèvre").mentions(text)

    @pytest.mark.parametrize("text", ["", "Lefèvres et fils", "rue du Lefèvrier"])
    def test_does_not_find_a_part_of_a_word(self, text):
        assert not subject("Lefèvre").mentions(text)

    def test_finds_several_words_however_they_are_joined(self):
        assert subject("Jeanne Le Goff").mentions("jeanne  LE-GOFF")

    def test_finds_nothing_when_no_word_identifies(self):
        assert not subject("", " - ").mentions("anything at all")
