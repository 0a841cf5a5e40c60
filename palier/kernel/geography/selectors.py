"""Questions that any module may ask about the official places of France. Answers are plain values."""

from dataclasses import dataclass

from django.db.models import QuerySet

from palier.kernel.geography.models import Commune, Department, FormerCommune, Region
from palier.kernel.search.matching import best_matches

LONGEST_LIST = 20


@dataclass(frozen=True, slots=True)
class CommuneFacts:
    """A commune. `population` in inhabitants; `lon` and `lat` in degrees (WGS 84), None where not known."""

    code: str
    name: str
    department: str
    department_name: str
    region: str
    intercommunality: str
    population: int | None
    postcodes: tuple[str, ...]
    lon: float | None
    lat: float | None


def commune(code: str) -> CommuneFacts | None:
    """The commune of an Insee code; a former code leads to the commune of today. None when it never was."""
    return communes([code]).get(code)


def communes(codes: list[str]) -> dict[str, CommuneFacts]:
    """The communes of many codes at once, keyed by the code asked for. Unknown codes are absent."""
    former = dict(FormerCommune.objects.filter(code__in=codes).values_list("code", "commune_id"))
    today = {code: former.get(code, code) for code in codes}
    found = {row.code: _facts(row) for row in _rows().filter(code__in=set(today.values()))}
    return {code: found[now] for code, now in today.items() if now in found}


def communes_of_postcode(postcode: str) -> list[CommuneFacts]:
    """Every commune that a postcode serves, the most populous first; districts follow their commune."""
    rows = _rows().filter(postcodes__contains=[postcode]).order_by("-population", "code")
    return [_facts(row) for row in rows]


def communes_named(text: str, *, limit: int = LONGEST_LIST) -> list[CommuneFacts]:
    """Communes whose name resembles what was typed, accents and small errors forgiven."""
    return [_facts(row) for row in best_matches(_rows(), text, limit=limit)]


def departments() -> list[tuple[str, str]]:
    """Code and name of every department, by code."""
    return list(Department.objects.order_by("code").values_list("code", "name"))


def department_name(code: str) -> str:
    """Name of a department, the code itself when it is unknown."""
    return Department.objects.filter(code=code).values_list("name", flat=True).first() or code


def regions() -> list[tuple[str, str]]:
    """Code and name of every region, by name."""
    return list(Region.objects.order_by("name").values_list("code", "name"))


def departments_of_region(region: str) -> list[str]:
    """Codes of a region's departments, by code."""
    return list(Department.objects.filter(region_id=region).order_by("code").values_list("code", flat=True))


def _rows() -> QuerySet[Commune]:
    return Commune.objects.select_related("department", "intercommunality")


def _facts(row: Commune) -> CommuneFacts:
    return CommuneFacts(
        code=row.code,
        name=row.name,
        department=row.department_id,
        department_name=row.department.name,
        region=row.department.region_id,
        intercommunality=row.intercommunality.name if row.intercommunality else "",
        population=row.population,
        postcodes=tuple(row.postcodes),
        lon=row.lon,
        lat=row.lat,
    )
