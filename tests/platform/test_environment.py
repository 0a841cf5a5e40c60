"""Settings: read once, checked, documented."""

import stat
from pathlib import Path

import pytest

from palier.config.environment import (
    PROJECT_ROOT,
    BadSetting,
    read_environment,
    settings_table,
    signing_secret,
)


class TestReading:
    def test_takes_what_is_given_and_the_defaults_for_the_rest(self):
        env = read_environment({"HOME": "/srv/zoé", "PORT": "8001", "PALIER_PG": "wheel"})

        assert (env.port, env.pg, env.base_url) == (8001, "wheel", "http://127.0.0.1:8001")
        assert env.data == Path("/srv/zoé/.local/share/palier")
        assert env.key_file == Path("/srv/zoé/.config/palier/master.key")
        assert env.embedded

    def test_counts_an_empty_variable_as_absent(self):
        assert read_environment({"PORT": " ", "HOME": "/x"}).port == 8000

    def test_names_every_variable_that_cannot_be_used(self):
        with pytest.raises(BadSetting) as refusal:
            read_environment({"PORT": "99999", "PALIER_DATA": "here", "PALIER_ENV": "staging"})

        assert [line.split("=")[0] for line in str(refusal.value).splitlines()] == [
            "PALIER_DATA",
            "PALIER_ENV",
            "PORT",
        ]

    def test_does_not_show_a_password_in_a_refusal(self):
        with pytest.raises(BadSetting) as refusal:
            read_environment({"DATABASE_URL": "mysql://palier:hunter2@host/palier"})

        assert "DATABASE_URL" in str(refusal.value)
        assert "hunter2" not in str(refusal.value)

    def test_wants_both_addresses_of_a_server_or_none(self):
        with pytest.raises(BadSetting, match="go together"):
            read_environment({"DATABASE_URL": "postgresql://palier_app@host/palier"})

    @pytest.mark.parametrize(("said", "meant"), [("yes", True), ("1", True), ("No", False), ("off", False)])
    def test_understands_yes_and_no(self, said, meant):
        assert read_environment({"PALIER_BEHIND_PROXY": said}).behind_proxy is meant

    def test_hides_secrets_where_settings_are_shown(self):
        env = read_environment({"PALIER_SMTP_PASSWORD": "hunter2"})

        assert env.rundown["PALIER_SMTP_PASSWORD"] == "(set)"
        assert env.rundown["PALIER_SECRET_KEY"] == ""


class TestTheSigningSecret:
    def test_is_made_once_beside_the_master_key_for_its_owner_alone(self, tmp_path):
        env = read_environment({"PALIER_KEY_FILE": str(tmp_path / "k" / "master.key")})

        first, second = signing_secret(env), signing_secret(env)

        assert first == second and len(first) >= 50
        assert stat.S_IMODE(env.session_key_file.stat().st_mode) == 0o600


def test_the_documentation_lists_every_setting_as_it_is():
    written = (PROJECT_ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    assert settings_table() in written, (
        "run: python -m palier.config.environment, and put it in docs/settings.md"
    )
