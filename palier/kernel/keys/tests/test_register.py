"""The register of sealings survives the database."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from palier.kernel import keys

ANNE, ZOE = UUID(int=1), UUID(int=2)
AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def key_file(tmp_path, settings):
    settings.KEY_FILE = tmp_path / "key"


class TestRegister:
    def test_says_who_is_sealed_and_nothing_else(self):
        keys.record_sealing(schema="org_a", person_id=ANNE, at=AT)
        keys.record_sealing(schema="org_b", person_id=ZOE, at=AT)

        assert [line.person_id for line in keys.sealings("org_a")] == [ANNE]
        assert len(keys.sealings()) == 2

    def test_forgets_who_was_unsealed_and_remembers_who_was_sealed_again(self):
        keys.record_sealing(schema="org_a", person_id=ANNE, at=AT)
        keys.record_unsealing(schema="org_a", person_id=ANNE, at=AT)
        assert keys.sealings("org_a") == []

        keys.record_sealing(schema="org_a", person_id=ANNE, at=AT)
        assert [line.person_id for line in keys.sealings("org_a")] == [ANNE]

    def test_outlives_a_line_cut_by_a_power_failure(self):
        keys.record_sealing(schema="org_a", person_id=ANNE, at=AT)
        with keys.register_path().open("a") as handle:
            handle.write('{"schema": "org_a", "per')

        keys.record_sealing(schema="org_a", person_id=ZOE, at=AT)

        assert {line.person_id for line in keys.sealings("org_a")} == {ANNE, ZOE}
