"""Which column is which, and which kind a file looks like."""

import pytest

from palier.kernel.imports import kinds, mapping
from palier.kernel.imports.kinds import Column, ImportKind
from palier.kernel.imports.reading import read_table
from palier.kernel.imports.tests.conftest import LEASES
from palier.kernel.imports.values import Code, Text

LOTS = ImportKind(
    code="t-lots", label="Lots", description="", key=("lot",), steps=(), recognise=("surface",),
    columns=(
        Column("lot", "Lot", "Code ESI", Code(), ("Lot",), required=True),
        Column("residence", "Residence", "Groupe", Code(), required=True),
        Column("surface", "Surface", "Surface habitable", Text(), ("SURFHAB",), required=True),
    ),
)  # fmt: skip


@pytest.fixture(autouse=True)
def two_kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_KINDS", {LEASES.code: LEASES, LOTS.code: LOTS})


class TestTheGuess:
    @pytest.mark.parametrize(
        ("written", "column"),
        [
            ("N° contrat", "contract"), ("n°  CONTRAT", "contract"), ("No_Contrat", "contract"), ("Code ESI", "lot"),
            ("Titulaire", "name"), ("DATE D’ENTREE", "entered_on"), ("Date d'entrée dans les lieux", "entered_on"),
            ("Date entrée", "entered_on"), ("Solde compte", "balance"), ("courriel", "email"), ("Portable", "phone"),
        ],
    )  # fmt: skip
    def test_knows_the_usual_names(self, written, column):
        assert mapping.guess(LEASES, [written, "Zorglub"]) == {column: written}

    def test_gives_each_column_of_the_file_once(self):
        assert mapping.guess(LEASES, ["Contrat", "N° contrat"]) == {"contract": "Contrat"}

    @pytest.mark.parametrize("written", ["Zorglub", "Rue", "X", "Observations diverses"])
    def test_leaves_the_others_alone(self, written):
        assert mapping.guess(LEASES, [written]) == {}

    def test_yields_to_what_was_kept_and_to_what_was_taken_off(self):
        header = mapping.Header(0, 1, ("Contrat", "Machin", "Solde"))

        assert mapping.from_profile(LEASES, header, {"contract": "MACHIN", "balance": ""}) == {
            "contract": "Machin"
        }


class TestTheLineOfNames:
    def find(self, text):
        return mapping.find_header(read_table(text.encode()), [LEASES, LOTS])

    def test_is_found_under_titles(self):
        header = self.find("Édition du 01/01/2026;;\n;;\nN° contrat;Code ESI;Entrée\nC1;L1;01/01/2020\n")

        assert (header.line, header.names) == (3, ("N° contrat", "Code ESI", "Entrée"))

    def test_tells_repeated_names_apart(self):
        header = self.find("N° contrat;Titulaire;Titulaire;\nC1;A;B;x\n")

        assert (header.names, header.repeated) == (
            ("N° contrat", "Titulaire", "Titulaire (2)"),
            ("Titulaire",),
        )

    def test_must_have_lines_under_it(self):
        with pytest.raises(mapping.NoLines):
            self.find("N° contrat;Code ESI;Entrée\n;;\n")

    def test_must_be_there(self):
        with pytest.raises(mapping.HeaderNotFound):
            self.find("1;2;3\n4;5;6\n")


class TestAFileOfAnotherKind:
    def test_is_refused_with_the_kind_it_looks_like(self):
        header = mapping.Header(0, 1, ("Code ESI", "Groupe", "Surface habitable"))

        with pytest.raises(mapping.WrongKind) as refusal:
            mapping.refuse_other_kind(LEASES, header)

        assert refusal.value.fields["kind"] == "t-lots"

    def test_is_not_suspected_for_one_missing_column(self):
        header = mapping.Header(0, 1, ("N° contrat", "Rang", "Titulaire", "Code ESI"))

        mapping.refuse_other_kind(LEASES, header)
