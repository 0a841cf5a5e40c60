"""The menu: what the actor may open, with one page lit."""

from palier.kernel.access import Actor
from palier.kernel.ui.navigation import Link, Section, menu

SECTIONS = (
    Section(
        "Account",
        "user",
        10,
        (Link("Sign in", "account_login"), Link("Out", "account_logout", "tests:out:view")),
    ),
    Section("Nowhere", "x", 20, (Link("Missing", "tests:no-such-page"),)),
)


def drawn(path="/", *permissions):
    return menu(Actor(None, "Léa", "", "alpha", frozenset(permissions)), path, SECTIONS)


class TestMenu:
    def test_leaves_out_links_without_the_right_or_without_a_page(self):
        assert [[link.label for link in section.links] for section in drawn()] == [["Sign in"]]

    def test_shows_what_the_right_opens(self):
        labels = [link.label for section in drawn("/", "tests:out:view") for link in section.links]

        assert labels == ["Sign in", "Out"]

    def test_lights_the_page_that_the_path_is_under(self):
        sections = drawn("/account/login/help/")

        assert sections[0].active
        assert [link.active for link in sections[0].links] == [True]

    def test_lights_nothing_elsewhere(self):
        assert not drawn("/elsewhere/")[0].active

    def test_every_declared_link_leads_to_a_page_of_some_kind_of_organisation(self, settings):
        from django.urls import NoReverseMatch, reverse

        from palier.kernel.ui.navigation import declared

        def leads(name):
            for urlconf in settings.ORGANISATION_URLCONFS.values():
                try:
                    return reverse(name, urlconf=urlconf)
                except NoReverseMatch:
                    continue
            return ""

        names = [link.url_name for section in declared() for link in section.links]
        assert names
        assert [name for name in names if not leads(name)] == []
