"""A form with a guarded note: refuses, then offers to say why the word means something else."""

from palier.kernel.wording.forms import GuardedForm, GuardedText


class NoteForm(GuardedForm):
    note = GuardedText(required=False)


class TestGuardedForm:
    def test_asks_nothing_of_a_fit_note(self):
        form = NoteForm({"note": "Apporter un colis"})

        assert form.is_valid()
        assert form.cleaned_data["wording_reason"] == ""
        assert "wording_reason" not in form.fields

    def test_refuses_an_unfit_note_and_offers_to_confirm(self):
        form = NoteForm({"note": "Elle est diabétique"})

        assert not form.is_valid()
        assert "« diabétique »" in form.errors["note"][0]
        assert "wording_reason" in form.fields

    def test_takes_a_reason(self):
        form = NoteForm({"note": "Monsieur Maladin", "wording_reason": "C’est son nom"})

        assert form.is_valid()
        assert form.cleaned_data["wording_reason"] == "C’est son nom"

    def test_refuses_an_unfit_reason(self):
        form = NoteForm({"note": "Elle est diabétique", "wording_reason": "diabétique"})

        assert not form.is_valid()
        assert "wording_reason" in form.errors
