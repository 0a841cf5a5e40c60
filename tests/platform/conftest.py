"""One installation is set up for the whole run; each module works on a copy of it."""

from collections.abc import Iterator

import pytest

from tests.platform.installation import Installation, installation


@pytest.fixture(scope="session")
def prepared() -> Iterator[Installation]:
    """Set up, with the landlord `autan` and the federation `union`; its database is down. Copy it, don't change it."""
    with installation() as made:
        done = made.palier("setup")
        assert done.returncode == 0, done.stderr
        for slug, kind in (("autan", "landlord"), ("union", "federation")):
            done = made.palier(
                "organisations", "create", slug, "--name", f"Office {slug}", "--kind", kind,
                "--admin", "claire.ferrand@autan.example", "--apply",
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
        yield made
