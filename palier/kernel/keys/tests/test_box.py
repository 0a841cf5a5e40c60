"""What is encrypted opens with its key, for its record, unaltered; and not otherwise."""

import pytest

from palier.kernel import keys


@pytest.fixture(autouse=True)
def key_file(tmp_path, settings):
    settings.KEY_FILE = tmp_path / "key"
    keys.ensure_master_key()
    return settings.KEY_FILE


class TestDataKey:
    def test_opens_what_it_closed(self):
        made = keys.new_data_key(about="org_a:person:1")
        sealed = made.encrypt("Nadège".encode(), about="identity")

        again = keys.open_data_key(made.wrapped, about="org_a:person:1")

        assert again.decrypt(sealed, about="identity").decode() == "Nadège"
        assert b"Nad" not in sealed

    def test_does_not_open_for_another_file(self):
        made = keys.new_data_key(about="org_a:person:1")

        with pytest.raises(keys.CannotDecrypt):
            keys.open_data_key(made.wrapped, about="org_a:person:2")

    def test_does_not_open_a_field_moved_to_another(self):
        made = keys.new_data_key(about="org_a:person:1")
        sealed = made.encrypt(b"0639980101", about="phone")

        with pytest.raises(keys.CannotDecrypt):
            made.decrypt(sealed, about="name")

    def test_refuses_one_changed_byte(self):
        made = keys.new_data_key(about="x")
        sealed = bytearray(made.encrypt(b"identity", about="x"))
        sealed[-1] ^= 1

        with pytest.raises(keys.CannotDecrypt):
            made.decrypt(bytes(sealed), about="x")

    def test_never_closes_the_same_text_in_the_same_way(self):
        made = keys.new_data_key(about="x")

        assert made.encrypt(b"same", about="x") != made.encrypt(b"same", about="x")

    def test_does_not_show_its_secret_in_a_log(self):
        made = keys.new_data_key(about="x")

        assert made.secret.hex() not in repr(made)
        assert repr(made.secret) not in repr(made)


class TestMasterEncryption:
    def test_needs_the_same_master_key(self, key_file):
        sealed = keys.encrypt(b"received file", about="import:1")
        key_file.unlink()
        keys.ensure_master_key()

        with pytest.raises(keys.CannotDecrypt):
            keys.decrypt(sealed, about="import:1")

    def test_digest_depends_on_the_key_and_on_the_use(self, key_file):
        one = keys.keyed_digest("dupont 1970-01-01", about="org_a:identity")
        assert one == keys.keyed_digest("dupont 1970-01-01", about="org_a:identity")
        assert one != keys.keyed_digest("dupont 1970-01-01", about="org_b:identity")
        key_file.unlink()
        keys.ensure_master_key()
        assert one != keys.keyed_digest("dupont 1970-01-01", about="org_a:identity")
