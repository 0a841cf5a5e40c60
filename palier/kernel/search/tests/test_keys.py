"""The same key in Python and in the database, and what people type finds what they mean."""

import pytest
from django.db import connection

from palier.kernel.search import search_key, words_of
from palier.kernel.search.matching import best_matches, matching, narrowed, resembling
from palier.modules.people.models import Person

NAMES = [
    "Lefèvre",
    "JEAN-PAUL",
    "  Le   Goff ",
    "O’Connor",
    "Œuvre",
    "Ægidius",
    "Straße",
    "Łukasz",
    "Ñuñez",
    "d’Été",
    "N° 12 bis, allée des Pâquerettes",
    "ŒDIPE",
    "Škoda",
    "İstanbul",
    "a@b.example",
    "+33 6 39 98 01 01",
    "",
    "—",
    "１２",
]


@pytest.mark.parametrize("text", NAMES)
def test_python_and_the_database_agree(alpha, text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.search_key(%s)", [text])
        assert cursor.fetchone()[0] == search_key(text)


def test_words_are_separated_by_anything_that_is_no_letter_nor_digit():
    assert words_of("Jean-Paul  O’Connor, apt 3") == ["jean", "paul", "o", "connor", "apt", "3"]


@pytest.fixture
def people(alpha):
    names = [
        ("Lefèvre", "Zoé"),
        ("Lefebvre", "Luc"),
        ("Martin", "Marie"),
        ("Martinet", "Paul"),
        ("Roy", "Anne"),
    ]
    return [Person.objects.create(family_name=family, given_names=given) for family, given in names]


def found(rows):
    return [f"{row.family_name} {row.given_names}" for row in rows]


class TestMatching:
    def test_takes_words_in_any_order_without_accents(self, people):
        assert found(matching(Person.objects.all(), "ZOE lefevre")) == ["Lefèvre Zoé"]

    def test_keeps_everything_when_nothing_is_typed(self, people):
        assert matching(Person.objects.all(), "  ").count() == len(people)

    def test_takes_a_percent_sign_for_itself(self, people):
        assert not matching(Person.objects.all(), "100%x").exists()


class TestResembling:
    @pytest.mark.parametrize("typed", ["Lefevvre", "lefevre zoe", "Léfèvr"])
    def test_forgives_a_typing_error(self, people, typed):
        assert "Lefèvre Zoé" in found(resembling(Person.objects.all(), typed))

    def test_puts_the_most_alike_first(self, people):
        assert found(resembling(Person.objects.all(), "lefebvre luc"))[0] == "Lefebvre Luc"

    def test_asks_for_exact_letters_in_short_words(self, people):
        assert found(resembling(Person.objects.all(), "roi")) == []


class TestBestMatches:
    def test_puts_exact_words_before_what_resembles_them(self, people):
        names = found(best_matches(Person.objects.all(), "martin", limit=5))

        assert names[:2] == ["Martin Marie", "Martinet Paul"]

    def test_stops_at_the_limit(self, people):
        assert len(best_matches(Person.objects.all(), "martin", limit=1)) == 1


class TestNarrowed:
    def test_forgives_only_when_nothing_is_exact(self, people):
        assert found(narrowed(Person.objects.all(), "lefebvre")) == ["Lefebvre Luc"]
        assert "Martin Marie" in found(narrowed(Person.objects.all(), "martim"))
