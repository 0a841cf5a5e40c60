"""The directory of partners, loaded through the whole engine."""

import pytest

from palier.kernel.geography.models import Commune, Department, Region
from palier.kernel.imports.services.applying import TooManyAbsent
from palier.kernel.imports.testing import load_rows
from palier.kernel.organisations.current import open_organisation, open_shared
from palier.modules.partners.models import Partner, PartnerContact

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
def alpha_with_places(db):
    """The communes of the examples, then the landlord, open."""
    with open_shared():
        region = Region.objects.get_or_create(code="76", defaults={"name": "Occitanie"})[0]
        aude = Department.objects.get_or_create(code="11", defaults={"name": "Aude", "region": region})[0]
        for code, name, postcode in (("11262", "Narbonne", "11100"), ("11106", "Coursan", "11110")):
            Commune.objects.get_or_create(
                code=code, defaults={"name": name, "department": aude, "postcodes": [postcode]}
            )
    with open_organisation("alpha"):
        yield


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

    def test_asks_before_it_takes_half_a_directory_out_of_use(self):
        load_rows(kind="partners", rows=[CCAS, BANK])

        with pytest.raises(TooManyAbsent):
            load_rows(kind="partners", rows=[CCAS], full=True)

        assert Partner.objects.filter(is_active=True).count() == 2

    def test_takes_out_of_use_what_a_whole_file_leaves_out_once_accepted(self):
        load_rows(kind="partners", rows=[CCAS, BANK])

        load_rows(kind="partners", rows=[CCAS], full=True, accept_absent=True)

        assert [one.reference for one in Partner.objects.filter(is_active=True)] == ["CCAS-11262"]
        assert not Partner.objects.get(reference="BA-34").is_active

    def test_leaves_a_number_that_the_file_does_not_give(self):
        load_rows(kind="partners", rows=[CCAS])

        load_rows(kind="partners", rows=[{**CCAS, "Téléphone": "", "Horaires": ""}])

        partner = Partner.objects.get()
        assert (partner.phone, partner.opening_hours) == ("+33465710010", "lun-ven 9h-12h 14h-17h")

    def test_does_not_put_back_into_use_by_an_empty_cell(self):
        load_rows(kind="partners", rows=[CCAS])
        Partner.objects.update(is_active=False)

        load_rows(kind="partners", rows=[{**CCAS, "Actif": "", "Nom": "CCAS"}])
        still_out = Partner.objects.get()
        load_rows(kind="partners", rows=[{**CCAS, "Actif": "oui"}])

        assert (still_out.name, still_out.is_active) == ("CCAS", False)
        assert Partner.objects.get().is_active
