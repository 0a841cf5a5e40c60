"""Where unfit words are found in a note, and which turns of phrase are left alone."""

import pytest

from palier.kernel.wording import Category, UnfitWording, check, guard


class TestCheck:
    @pytest.mark.parametrize(
        ("note", "word", "category"),
        [
            ("Elle a l’Alzheimer", "Alzheimer", Category.HEALTH),
            ("est DIABÉTIQUE depuis peu", "DIABÉTIQUE", Category.HEALTH),
            ("sous traitement", "traitement", Category.HEALTH),
            ("prend des médicaments", "médicaments", Category.HEALTH),
            ("en fauteuil roulant", "fauteuil roulant", Category.HEALTH),
            ("famille rom", "rom", Category.ORIGIN_RELIGION),
            ("femme voilée", "voilée", Category.ORIGIN_RELIGION),
            ("suit le ramadan", "ramadan", Category.ORIGIN_RELIGION),
            ("un vrai con", "con", Category.INSULT),
        ],
    )
    def test_finds_a_word_as_it_was_typed(self, note, word, category):
        (finding,) = check(note, "fr")

        assert (finding.word, finding.category) == (word, category)
        assert note[finding.start : finding.end] == word

    @pytest.mark.parametrize(
        "note",
        [
            "",
            "Sonner longtemps, appeler le matin",
            "Livrer les courses et les médicaments jeudi",
            "Passer à la pharmacie",
            "Habite boulevard de l’Hôpital",
            "Le fils vit à l’étranger",
            "Ne parle que l’arabe : prévoir un interprète",
            "Rendez-vous au Secours catholique",
            "Écrire à la Caisse primaire d’assurance maladie",
            "Traitement de sa demande en cours",
            "Conseillère prévenue, contrat signé, congé en août",
            "Urgences techniques : 04 65 71 00 00",
        ],
    )
    def test_leaves_fit_notes_alone(self, note):
        assert check(note) == []

    def test_reads_the_english_list_in_english(self):
        assert check("She is ill", "fr") == []
        assert [finding.word for finding in check("She is ill", "en")] == ["ill"]

    def test_spares_a_phrase_and_no_more(self):
        assert [finding.word for finding in check("Parle arabe, diabétique")] == ["diabétique"]


class TestGuard:
    def test_lets_a_fit_note_through_without_anything_to_confirm(self):
        assert guard("Apporter un colis").findings == ()

    def test_refuses_and_names_the_words(self):
        with pytest.raises(UnfitWording) as refusal:
            guard("Rappeler", "dépressive, alcoolique")

        assert refusal.value.code == "wording.unfit"
        assert "« dépressive », « alcoolique »" in str(refusal.value)

    def test_lets_through_with_a_reason(self):
        kept = guard("Madame Malade Jeanne", reason="nom de famille")

        assert (len(kept.findings), kept.reason) == (1, "nom de famille")

    def test_is_not_convinced_by_an_unfit_reason(self):
        with pytest.raises(UnfitWording):
            guard("dépressive", reason="elle est dépressive")

    def test_is_not_convinced_by_a_blank_reason(self):
        with pytest.raises(UnfitWording):
            guard("dépressive", reason="   ")
