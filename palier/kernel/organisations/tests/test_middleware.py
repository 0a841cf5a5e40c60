"""From the address to the organisation: who passes, who does not, and what is left behind."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import translation

from palier.kernel.access.roles import Role
from palier.kernel.accounts.models import Membership
from palier.kernel.accounts.testing import make_member
from palier.kernel.organisations.models import Organisation

pytestmark = pytest.mark.django_db


class TestOrganisationMiddleware:
    def test_sends_a_stranger_to_the_sign_in_page(self, client):
        response = client.get("/o/alpha/access/")

        assert response.status_code == 302
        assert response.url.startswith("/account/login/?next=/o/alpha/access/")

    def test_hides_an_organisation_from_those_who_do_not_work_there(self, sign_in):
        client = sign_in("alpha", Role.ADMINISTRATOR)

        assert client.get("/o/beta/access/").status_code == 404
        assert client.get("/o/nowhere/access/").status_code == 404
        assert client.get("/o/alpha/access/").status_code == 200

    def test_shuts_out_a_suspended_member_at_the_next_page(self, client):
        member = make_member("alpha", Role.ADMINISTRATOR)
        client.force_login(member.user)
        assert client.get("/o/alpha/access/").status_code == 200

        Membership.objects.filter(pk=member.pk).update(is_active=False)

        assert client.get("/o/alpha/access/").status_code == 404

    def test_lets_one_person_work_for_two_organisations_with_different_rights(self, client):
        member = make_member("alpha", Role.ADMINISTRATOR)
        Membership.objects.create(
            user=member.user, organisation=Organisation.objects.get(slug="beta"), roles=[Role.OBSERVER]
        )
        client.force_login(member.user)

        assert client.get("/o/alpha/access/").status_code == 200
        assert client.get("/o/beta/access/").status_code == 403
        assert "Bêta Logement" in client.get("/o/alpha/access/").content.decode()

    def test_comes_back_to_the_shared_schema_even_after_a_refusal(self, sign_in):
        client = sign_in("alpha", Role.OBSERVER)

        for address in ("/o/alpha/jobs/", "/o/alpha/access/", "/o/alpha/unknown/"):
            client.get(address)
            assert connection.schema_name == "public"

    def test_writes_addresses_under_the_organisation(self, sign_in):
        page = sign_in("alpha").get("/o/alpha/access/").content.decode()

        assert 'href="/o/alpha/access/invite/"' in page
        assert 'action="/account/logout/"' in page


class TestReadingAPage:
    def test_cannot_write(self, alpha, actor):
        from django.db import DatabaseError, transaction

        from palier.kernel.access import bind_actor
        from palier.modules.estate.models import Agency

        with pytest.raises(DatabaseError, match="read-only transaction"), transaction.atomic():
            bind_actor(actor, read_only=True)
            Agency.objects.create(code="A1", name="Agence Nord")


class TestSignIn:
    @pytest.fixture(autouse=True)
    def _count_from_zero(self):
        cache.clear()

    def test_limits_wrong_passwords(self, client):
        member = make_member("alpha", email="claire.petit@alpha.example")
        wrong = {"login": member.user.email, "password": "ce n’est pas le bon"}

        for _ in range(6):
            client.post("/account/login/", wrong)
        response = client.post("/account/login/", {**wrong, "password": "un mot de passe sûr"})

        assert "_auth_user_id" not in client.session
        assert "Too many" in response.content.decode() or response.status_code == 429

    def test_opens_the_session_of_somebody_known(self, client):
        member = make_member("alpha", email="claire.petit@alpha.example")

        response = client.post(
            "/account/login/", {"login": member.user.email, "password": "un mot de passe sûr"}
        )

        assert response.status_code == 302
        assert client.session["_auth_user_id"] == str(member.user.pk)

    def test_lets_nobody_sign_up_alone(self, client):
        response = client.post(
            "/account/signup/", {"email": "x@y.example", "password1": "quatre mots sans rapport"}
        )

        assert "_auth_user_id" not in client.session
        assert response.status_code in (200, 403)


class TestARefusalNobodyCaught:
    def test_is_said_in_words_and_undone(self, sign_in, monkeypatch):
        from palier.kernel.errors import DomainError
        from palier.kernel.jobs import services

        def refuse(**_):
            raise DomainError

        monkeypatch.setattr(services, "recent_runs", refuse)

        client = sign_in("alpha")
        response = client.get("/o/alpha/jobs/")

        assert response.status_code == 422
        with translation.override("fr"):
            said = str(DomainError())
        assert said in response.content.decode()
