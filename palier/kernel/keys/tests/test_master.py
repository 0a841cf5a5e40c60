"""The master key on paper and on disk."""

import stat

import pytest

from palier.kernel import keys
from palier.kernel.keys import master


@pytest.fixture
def key_file(tmp_path, settings):
    settings.KEY_FILE = tmp_path / "safe" / "key"
    return settings.KEY_FILE


class TestMasterKey:
    def test_is_made_once_for_its_owner_alone(self, key_file):
        keys.ensure_master_key()
        first = master.master_key()

        keys.ensure_master_key()

        assert master.master_key() == first
        assert len(first) == 32
        assert stat.S_IMODE(key_file.stat().st_mode) == 0o600

    def test_says_how_to_bring_it_back_when_it_is_missing(self, key_file):
        with pytest.raises(keys.MasterKeyMissing) as refusal:
            master.master_key()

        assert "palier keys import" in str(refusal.value)
        assert not key_file.exists()

    def test_comes_back_from_paper_in_another_hand(self, key_file):
        keys.ensure_master_key()
        key, paper = master.master_key(), keys.export_for_safe()
        key_file.unlink()
        typed = paper.splitlines()[-1].lower().replace("-", "  ").replace("o", "0")

        keys.import_from_safe(typed)

        assert master.master_key() == key

    def test_refuses_a_key_with_one_wrong_letter(self, key_file):
        line = "palier-key-1 " + master.printed(bytes(range(32)))
        wrong = line[:20] + ("C" if line[20] != "C" else "D") + line[21:]

        with pytest.raises(keys.MasterKeySpoiled):
            keys.import_from_safe(wrong)

        assert not key_file.exists()

    def test_refuses_a_key_cut_short(self, key_file):
        with pytest.raises(keys.MasterKeySpoiled):
            keys.import_from_safe("palier-key-1 ABCD-EFGH")

    def test_never_replaces_another_key(self, key_file):
        keys.ensure_master_key()
        before = key_file.read_text()

        with pytest.raises(keys.MasterKeyInPlace):
            keys.import_from_safe("palier-key-1 " + master.printed(bytes(32)))

        assert key_file.read_text() == before

    def test_is_read_again_when_the_file_changes(self, key_file):
        keys.ensure_master_key()
        first = keys.fingerprint()
        key_file.unlink()
        keys.ensure_master_key()

        assert keys.fingerprint() != first
