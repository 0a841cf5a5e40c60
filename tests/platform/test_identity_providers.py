"""PALIER_OIDC_FILE: what is read, and what is told of a file that cannot be used."""

import pytest

from palier.config.identity_providers import read_providers

GOOD = """
[[provider]]
key = "maison"
label = "Compte Maison"
discovery = "https://sso.bailleur.example/realms/bailleur"
client_id = "palier"
secret_file = "maison.secret"
domains = ["@Bailleur.example"]
second_factor_amr = ["otp"]
[provider.roles]
organisation = "bailleur"
claim = "groups"
values = { "gardiens" = ["caretaker"] }
"""


@pytest.fixture
def read(tmp_path):
    (tmp_path / "maison.secret").write_text("hunter2\n", encoding="utf-8")

    def reading(text: str):
        path = tmp_path / "providers.toml"
        path.write_text(text, encoding="utf-8")
        return read_providers(path)

    return reading


class TestReadProviders:
    def test_reads_one_with_its_secret_and_its_mapping(self, read):
        (one,), problems = read(GOOD)

        assert problems == ()
        assert (one.key, one.client_secret, one.domains) == ("maison", "hunter2", ("bailleur.example",))
        assert one.issuer == "https://sso.bailleur.example/realms/bailleur"
        assert one.discovery_url == f"{one.issuer}/.well-known/openid-configuration"
        assert one.mapping.roles_for({"groups": ["gardiens", "autres"]}) == ["caretaker"]
        assert one.mapping.roles_for({"groups": "gardiens"}) == ["caretaker"]
        assert one.mapping.roles_for({}) == []

    def test_never_prints_the_secret(self, read):
        (one,), _problems = read(GOOD)

        assert "hunter2" not in repr(one)

    def test_asks_for_nothing_without_a_file(self):
        assert read_providers(None) == ((), ())

    @pytest.mark.parametrize(
        ("changed", "told"),
        [
            (('key = "maison"', 'key = "Maison Mère"'), "key takes"),
            (('label = "Compte Maison"', ""), "label is missing"),
            (("https://sso", "http://sso"), "https address"),
            (('"maison.secret"', '"absent.secret"'), "secret_file"),
            (('domains = ["@Bailleur.example"]', "vouches_for_emails = true"), "needs domains"),
            (("second_factor_amr", "second_factor_arm"), "unknown entries: second_factor_arm"),
            (('claim = "groups"', ""), "claim is missing"),
            (("[[provider]]", "[[provider"), "is not TOML"),
        ],
    )
    def test_leaves_out_what_cannot_be_used_and_says_why(self, read, changed, told):
        providers, problems = read(GOOD.replace(*changed))

        assert providers == () and len(problems) == 1
        assert told in problems[0] and "hunter2" not in problems[0]

    def test_keeps_the_others(self, read):
        providers, problems = read(GOOD + '\n[[provider]]\nkey = "autre"\n' + GOOD)

        assert [one.key for one in providers] == ["maison"]
        assert len(problems) == 2

    def test_says_that_the_file_is_not_there(self, tmp_path):
        providers, problems = read_providers(tmp_path / "absent.toml")

        assert providers == () and "cannot be read" in problems[0]
