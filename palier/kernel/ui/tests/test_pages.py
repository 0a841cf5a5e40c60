"""The frame, the errors and the sign-in pages, as the server writes them."""

import re

import pytest
from django.conf import settings
from django.template.loader import get_template, render_to_string

ERRORS = ("400", "403", "403_csrf", "404", "429", "500")
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son[a-z]+=", re.IGNORECASE)


def _sources():
    root = settings.PROJECT_ROOT / "palier"
    return sorted(path for path in root.rglob("templates/**/*.html"))


class TestTemplates:
    def test_hold_no_inline_style_nor_script(self):
        guilty = [str(path) for path in _sources() if INLINE.search(path.read_text(encoding="utf-8"))]

        assert guilty == []

    def test_can_all_be_read(self):
        for path in _sources():
            folder = next(up for up in path.parents if up.name == "templates")
            get_template(str(path.relative_to(folder)))


class TestErrorPages:
    @pytest.mark.parametrize("name", ERRORS)
    def test_are_drawn_without_a_request(self, name):
        page = render_to_string(f"{name}.html")

        assert "<h1>" in page
        assert page.count("</html>") == 1

    def test_answer_404_in_the_frame(self, client, db):
        answer = client.get("/no-such-page/")

        assert answer.status_code == 404
        assert "There is nothing at this address" in answer.content.decode()


class TestSignIn:
    def test_refuses_a_wrong_password_without_saying_which_part_is_wrong(self, client, db):
        answer = client.post("/account/login/", {"login": "nobody@alpha.example", "password": "wrong"})

        assert answer.status_code == 200
        assert 'role="alert"' in answer.content.decode()

    def test_brings_no_third_party_host(self, client, db):
        page = client.get("/account/login/").content.decode()

        assert re.findall(r'(?:src|href)="https?://', page) == []


class TestKit:
    def test_shows_every_component(self, client, db):
        page = client.get("/kit/").content.decode()

        for mark in (
            "tag-stopped",
            "sparkline",
            "empty-state",
            "progress",
            "table-list",
            "events",
            "facts",
            "stat-warn",
        ):
            assert mark in page

    def test_answers_a_wrong_form_with_422_and_its_errors(self, client, db):
        answer = client.post("/kit/form/", {})

        assert answer.status_code == 422
        assert answer.content.decode().count('class="errors"') >= 3

    def test_answers_the_list_alone_to_htmx_with_its_address(self, client, db):
        answer = client.get(
            "/kit/?q=ecluse&commune=", headers={"HX-Request": "true", "HX-Target": "list-kit"}
        )

        assert answer["HX-Push-Url"] == "/kit/?q=ecluse"
        assert "<html" not in answer.content.decode()
