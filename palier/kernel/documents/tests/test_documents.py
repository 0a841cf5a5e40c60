"""Documents: whole on the disk, proven by their hash, handed out under a right."""

import io
from datetime import UTC, datetime

import pytest
from django.db import connection
from pypdf import PdfReader

from palier.kernel.access import Actor
from palier.kernel.documents import selectors, services, store
from palier.kernel.documents.house import grouped_siren, house_of, privacy_text
from palier.kernel.documents.models import Document
from palier.kernel.documents.render import TemplateUnknown, render, template_version
from palier.kernel.errors import NotFound
from palier.kernel.models import new_id
from palier.kernel.organisations.current import open_organisation
from palier.kernel.organisations.models import Organisation

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DATA = {
    "made_on": "Tours, le 22 novembre 2026",
    "signatory": "Camille Ferrand",
    "capacity": "Directrice",
    "text": "Bonjour.",
}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"


def specimen(actor, **changes):
    given = {
        "template": "documents/specimen.typ",
        "data": DATA,
        "title": "Spécimen",
        "kind": "specimen",
        "by": actor,
        "at": AT,
        **changes,
    }
    return services.produce(**given)


class TestRendering:
    def test_gives_a_tagged_pdf_with_its_title_and_its_language(self):
        made = render(
            template="documents/specimen.typ", data={**DATA, "house": {}, "paper": {"title": "Spécimen"}}
        )
        reader = PdfReader(io.BytesIO(made.content))

        assert made.tagged
        assert reader.metadata.title == "Spécimen"
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert str(reader.trailer["/Root"]["/Lang"]).startswith("fr")

    def test_never_reads_a_typed_text_as_markup(self):
        hostile = '#panic("no") *gras* $x$ @preview/x \\ #include "/etc/passwd"'
        made = render(
            template="documents/specimen.typ", data={**DATA, "text": hostile, "paper": {"title": hostile}}
        )

        assert hostile in PdfReader(io.BytesIO(made.content)).pages[0].extract_text().replace("\n", " ")

    def test_still_gives_a_document_when_a_sign_has_no_glyph(self):
        made = render(
            template="documents/specimen.typ", data={**DATA, "text": "ᚠᛇᚻ", "paper": {"title": "x"}}
        )

        assert not made.tagged
        assert made.content.startswith(b"%PDF")

    def test_keeps_the_signs_of_french(self):
        text = "Cœur, Œuvre, Ÿ, « 1\u202f234,56\u00a0€ », l’été, n° 3, 1\u202f%"
        made = render(template="documents/specimen.typ", data={**DATA, "text": text, "paper": {"title": "x"}})

        assert made.tagged

    def test_refuses_a_template_that_is_not_ours(self):
        with pytest.raises(TemplateUnknown):
            render(template="../../etc/passwd", data={})

    def test_says_which_version_made_it(self):
        assert template_version("documents/specimen.typ").startswith("1-")


@pytest.mark.django_db
class TestProducing:
    def test_keeps_the_file_and_its_proof(self, alpha, actor):
        kept = specimen(actor)

        content = store.read(schema=connection.schema_name, path=kept.path)
        assert store.digest(content) == kept.sha256
        assert kept.filename == "specimen.pdf"
        assert kept.made_by_name == "Camille Ferrand"
        assert kept.template_version == template_version("documents/specimen.typ")

    def test_makes_it_once_for_a_key(self, alpha, actor):
        first, second = specimen(actor, key="k"), specimen(actor, key="k")

        assert first.pk == second.pk
        assert Document.objects.count() == 1

    def test_leaves_no_half_written_file_behind(self, alpha, actor, settings, monkeypatch):
        monkeypatch.setattr(
            "palier.kernel.documents.store.os.fsync", lambda _fd: (_ for _ in ()).throw(OSError("disk full"))
        )

        with pytest.raises(OSError, match="disk full"):
            specimen(actor)

        assert [f for f in settings.FILES_FOLDER.rglob("*") if f.is_file()] == []
        assert not Document.objects.exists()


@pytest.mark.django_db
class TestHandingOut:
    def test_gives_the_file_to_who_has_the_right(self, alpha, actor):
        kept = specimen(actor, permission="continuity:log:read")
        reader = Actor(new_id(), "R", "r@alpha.example", "alpha", frozenset({"continuity:log:read"}))

        assert selectors.document_file(document_id=kept.pk, actor=reader).content.startswith(b"%PDF")

    def test_hides_it_from_who_has_not(self, alpha, actor):
        kept = specimen(actor, permission="continuity:log:read")
        stranger = Actor(new_id(), "S", "s@alpha.example", "alpha", frozenset())

        with pytest.raises(NotFound):
            selectors.document_file(document_id=kept.pk, actor=stranger)
        assert list(selectors.visible_documents(stranger)) == []

    def test_says_that_a_file_was_altered(self, alpha, actor):
        kept = specimen(actor)
        path = store.absolute(schema=connection.schema_name, path=kept.path)
        path.write_bytes(path.read_bytes() + b" ")

        with pytest.raises(selectors.DocumentAltered):
            selectors.document_file(document_id=kept.pk, actor=actor)
        assert [p.state for p in selectors.file_problems()] == [selectors.FileState.ALTERED]

    def test_says_that_a_file_is_missing(self, alpha, actor):
        kept = specimen(actor)
        store.absolute(schema=connection.schema_name, path=kept.path).unlink()

        with pytest.raises(selectors.DocumentMissing) as refusal:
            selectors.document_file(document_id=kept.pk, actor=actor)
        assert "Spécimen" in str(refusal.value)

    def test_is_a_page_that_checks(self, actor, sign_in):
        with open_organisation("alpha"):
            kept = specimen(actor)
        page = f"/o/alpha/documents/{kept.pk}/"

        whole = sign_in("alpha").get(page)
        assert whole.status_code == 200
        assert whole["Content-Disposition"].startswith("inline")

        store.absolute(schema="org_alpha", path=kept.path).write_bytes(b"%PDF-other")
        altered = sign_in("alpha").get(page)
        assert altered.status_code == 409
        assert "Spécimen" in altered.content.decode()

    def test_lists_documents_and_changes_mentions(self, sign_in):
        client = sign_in("alpha")

        assert client.get("/o/alpha/documents/").status_code == 200
        assert client.post("/o/alpha/documents/mentions/", {"registration": "RCS Tours"}).status_code == 302
        assert "RCS Tours" in client.get("/o/alpha/documents/mentions/").content.decode()
        assert client.post("/o/alpha/documents/mentions/specimen/", follow=True).status_code == 200


class TestMentions:
    def test_name_the_sender_as_the_law_asks(self):
        organisation = Organisation(
            name="Habitat du Val", siren="732829320", legal_family="oph", dpo_contact="dpo@val.example"
        )
        house = house_of(organisation, None)

        assert "établissement public" in house["legal_form"]
        assert house["siren"] == "732\u00a0829\u00a0320"
        assert "dpo@val.example" in privacy_text(house, purpose="vous informer")
        assert "CNIL" in privacy_text(house, purpose="vous informer")
        assert "Personal data" in privacy_text(house, purpose="telling you", language="en")

    def test_group_a_siren_by_three(self):
        assert grouped_siren("732 829 320") == "732\u00a0829\u00a0320"
        assert grouped_siren("12") == "12"
