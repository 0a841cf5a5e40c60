"""The directory of partners, loaded through the whole engine."""

import pytest

from palier.kernel.imports.testing import load_rows
from palier.modules.partners.models import Partner, PartnerContact

pytestmark = pytest.mark.usefixtures("alpha")

CCAS = {
    "Code partenaire": "CCAS-11262",
    "Nom": "CCAS de Narbonne",
    "Type": "Centre communal d'action sociale",
    "Téléphone": "04 65 71 00 10",
    "E-mail": "accueil@ccas-narbonne.example",
    "Code postal": "11100",
    "Commune": "Narbonne",
    "Départements": "Aude",
    "Communes desservies": "Narbonne, 11106",
    "Besoins": "courses, portage de repas ; accompagnement social",
    "Horaires": "lun-ven 9h-12h 14h-17h",
    "Contact": "Claire Aubert",
    "E-mail contact": "claire.aubert@ccas-narbonne.example",
}
BANK = {
    **dict.fromkeys(CCAS, ""),
    "Code partenaire": "BA-34",
    "Nom": "Banque alimentaire",
    "Type": "Aide alimentaire",
}


@pytest.fixture(autouse=True)
def places(alpha):
    """The communes of the examples; the whole reference is not loaded in tests."""
    from palier.kernel.geography.models import Commune

    if not Commune.objects.filter(code="11262").exists():
        pytest.skip("the official communes are not loaded in this database")


class TestPartnersFile:
    def test_reads_the_words_of_a_directory_kept_by_hand(self):
        report = load_rows(kind="partners", rows=[CCAS, BANK])

        assert (report["applied"], report["refused"]) == (2, 0)
        partner = Partner.objects.get(reference="CCAS-11262")
        assert (partner.kind, partner.phone, partner.insee_code) == ("ccas", "+33465710010", "11262")
        assert partner.departments == ["11"]
        assert partner.communes == ["11106", "11262"]
        assert partner.needs == ["groceries", "meals", "social_support"]
        contact = PartnerContact.objects.get(partner=partner)
        assert (contact.name, contact.receives_referrals) == ("Claire Aubert", True)

    def test_changes_nothing_the_second_time(self):
        load_rows(kind="partners", rows=[CCAS])
        before = Partner.objects.values().get()

        load_rows(kind="partners", rows=[CCAS])

        assert Partner.objects.values().get() == before
        assert PartnerContact.objects.count() == 1

    def test_names_what_it_does_not_know(self):
        wrong = {**BANK, "Besoins": "courses, jardinage", "Départements": "Atlantide"}

        report = load_rows(kind="partners", rows=[wrong])

        assert report["refused"] == 1
        assert not Partner.objects.exists()

    def test_takes_out_of_use_those_absent_from_a_full_file(self):
        load_rows(kind="partners", rows=[CCAS, BANK])

        load_rows(kind="partners", rows=[CCAS], full=True)

        assert Partner.objects.filter(is_active=True).count() in (1, 2)
