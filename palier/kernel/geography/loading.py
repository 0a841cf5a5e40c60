"""Fill the reference tables from the package of the official codes, in one transaction, set-based."""

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from palier.kernel.geography.models import Edition

CENTROIDS = Path(__file__).with_name("facts") / "centroids.csv"
PACKAGE = Path("@etalab") / "decoupage-administratif"
FILES = ("regions", "departements", "epci", "communes")
SOURCE = "Insee, DGCL, La Poste (package @etalab/decoupage-administratif), IGN"

Row = tuple[Any, ...]

TABLES: dict[str, tuple[str, ...]] = {
    "geography_region": ("code", "name"),
    "geography_department": ("code", "name", "region_id", "seat"),
    "geography_intercommunality": ("code", "name", "kind"),
    "geography_commune": (
        "code",
        "name",
        "department_id",
        "intercommunality_id",
        "within_id",
        "population",
        "postcodes",
        "lon",
        "lat",
    ),
    "geography_former_commune": ("code", "name", "commune_id"),
}


class PackageMissing(RuntimeError):
    """The package of the official codes is not in node_modules: set-up has not been run."""


def load_geography(
    *, node_modules: Path, at: datetime, tell: Callable[[str], None] = lambda line: None
) -> bool:
    """Bring the reference tables to the edition at hand. False when it was loaded already.

    Nothing is deleted: a commune that an edition no longer lists may still be named by somebody's records.
    Raises: PackageMissing.
    """
    folder = node_modules / PACKAGE / "data"
    fingerprint = _fingerprint(folder)
    if Edition.objects.filter(source=SOURCE, fingerprint=fingerprint).exists():
        return False
    rows = _rows(folder)
    with transaction.atomic():
        for table, columns in TABLES.items():
            tell(f"{table}: {len(rows[table])}")
            _merge(table, columns, rows[table])
        Edition.objects.update_or_create(
            source=SOURCE, defaults={"fingerprint": fingerprint, "loaded_at": at}
        )
    return True


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256(CENTROIDS.read_bytes() + Path(__file__).read_bytes())
    try:
        for name in FILES:
            digest.update((folder / f"{name}.json").read_bytes())
    except FileNotFoundError as missing:
        raise PackageMissing(
            f"{missing.filename} is missing: run `palier setup`, or `make run`."
        ) from missing
    return digest.hexdigest()


def _rows(folder: Path) -> dict[str, list[Row]]:
    regions, departments, groups, communes = (_read(folder, name) for name in FILES)
    group_of = {member["code"]: group["code"] for group in groups for member in group["membres"]}
    return {
        "geography_region": [(each["code"], each["nom"]) for each in regions],
        "geography_department": [
            (each["code"], each["nom"], each["region"], each.get("chefLieu", "")) for each in departments
        ],
        "geography_intercommunality": [(each["code"], each["nom"], each["type"]) for each in groups],
        "geography_commune": list(_communes(communes, group_of)),
        "geography_former_commune": list(_former(communes)),
    }


def _read(folder: Path, name: str) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return content


def _communes(communes: Iterable[dict[str, Any]], group_of: dict[str, str]) -> Iterator[Row]:
    points = _points()
    # Communes come before the districts that point to them.
    kinds = ("commune-actuelle", "arrondissement-municipal")
    for each in sorted(
        (one for one in communes if one["type"] in kinds), key=lambda one: kinds.index(one["type"])
    ):
        within = each.get("commune")
        group = group_of.get(within or each["code"])
        lon, lat = points.get(each["code"], (None, None))
        postcodes = each.get("codesPostaux", [])
        yield (
            each["code"],
            each["nom"],
            each["departement"],
            group,
            within,
            each.get("population"),
            postcodes,
            lon,
            lat,
        )


def _points() -> dict[str, tuple[float, float]]:
    with CENTROIDS.open(encoding="utf-8", newline="") as stream:
        return {row["code"]: (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(stream)}


def _former(communes: list[dict[str, Any]]) -> Iterator[Row]:
    """Former codes: of communes that merged, and of those kept as delegated or associated ones."""
    current = {each["code"] for each in communes if each["type"] == "commune-actuelle"}
    named = {
        each["code"]: each for each in communes if each["type"] in ("commune-deleguee", "commune-associee")
    }
    leads_to: dict[str, str] = {}
    for each in communes:
        if each["type"] == "commune-actuelle":
            leads_to |= {old: each["code"] for old in each.get("anciensCodes", []) if old not in current}
    for code, each in named.items():
        if code not in current and each.get("chefLieu") in current:
            leads_to.setdefault(code, each["chefLieu"])
    for code, today in sorted(leads_to.items()):
        # 20xxx were Corsica's codes before 1976: today they are a typing error (a postcode, most often).
        if code.startswith("20"):
            continue
        yield code, named[code]["nom"] if code in named else "", today


def _merge(table: str, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    """Copy to a temporary table, then write only what differs."""
    listed = ", ".join(columns)
    others = columns[1:]
    changes = ", ".join(f"{name} = excluded.{name}" for name in others)
    before = ", ".join(f"{table}.{name}" for name in others)
    after = ", ".join(f"excluded.{name}" for name in others)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS SELECT {listed} FROM {table} LIMIT 0"
        )
        with cursor.copy(f"COPY incoming ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO {table} ({listed}) SELECT {listed} FROM incoming"
            f" ON CONFLICT (code) DO UPDATE SET {changes} WHERE ({before}) IS DISTINCT FROM ({after})"
        )
        cursor.execute("DROP TABLE incoming")
