"""Communes that the tests' files name; the test database has no reference tables of its own."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from palier.kernel.geography.models import Commune, Department, Edition, Region
from palier.kernel.keys.master import ensure_master_key
from palier.kernel.organisations.current import open_shared

COMMUNES = (
    ("11262", "Narbonne", "11", ["11100"]),
    ("11206", "Limoux", "11", ["11300"]),
    ("31555", "Toulouse", "31", ["31000", "31100", "31200"]),
)


@pytest.fixture
def communes(db: None) -> None:
    """Three communes of Occitanie, in the shared schema."""
    with open_shared():
        Region.objects.get_or_create(code="76", defaults={"name": "Occitanie"})
        Department.objects.get_or_create(code="11", defaults={"name": "Aude", "region_id": "76"})
        Department.objects.get_or_create(code="31", defaults={"name": "Haute-Garonne", "region_id": "76"})
        for code, name, department, postcodes in COMMUNES:
            Commune.objects.get_or_create(
                code=code, defaults={"name": name, "department_id": department, "postcodes": postcodes}
            )
        Edition.objects.get_or_create(
            source="tests", defaults={"fingerprint": "tests", "loaded_at": datetime(2026, 1, 1, tzinfo=UTC)}
        )


@pytest.fixture
def imports(communes: None, settings: Any, tmp_path: Path) -> None:
    """Received files are kept encrypted: a key and a folder of the test's own."""
    settings.KEY_FILE, settings.FILES_FOLDER = tmp_path / "key", tmp_path / "files"
    ensure_master_key()
