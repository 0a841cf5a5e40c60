"""Write a plan as a TOML text that people read: comments say what may be chosen, order never changes."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import tomli_w

from palier.kernel.modes import Service
from palier.modules.continuity.rules import plan_document as plan

_LIST = re.compile(r"^(?P<key>\w+) = \[\n(?P<items>(?:    .+,\n)+)\]$", re.MULTILINE)

_WORDS = {
    "fr": {
        "head": "Plan de continuité d’activité. Ce fichier se relit et s’importe tel quel.",
        "needs": "Besoins de continuité. Délais en heures : délai visé (rto_hours) plus court que la DMIA "
        "(mtpd_hours).\nImpacts de 0 (nul) à 4 (insupportable) après {moments}.",
        "cell": "Cellule de crise.",
        "territories": "Cellules territoriales : elles adaptent les mesures à leur territoire.",
        "level": "Niveau {code} : {name}",
        "modes": "Mode de chaque service. Les valeurs vont de la plus normale à la plus protectrice.",
        "staff": "Effectif minimal : un nombre, ou un nombre par tranche de logements.",
        "tasks": "Fiches réflexes. Délai depuis l’activation : « T+4 h », « T+30 min », « J+2 ».",
        "notices": "Ce qui est dit aux locataires. Variables : {variables}.",
    },
    "en": {
        "head": "Continuity plan. This file can be edited and imported as it is.",
        "needs": "Needs for continuity. Delays in hours: the target (rto_hours) shorter than the longest "
        "tolerable\ninterruption (mtpd_hours). Impacts from 0 (none) to 4 (unbearable) after {moments}.",
        "cell": "Crisis cell.",
        "territories": "Territorial cells: they adapt the measures to their territory.",
        "level": "Level {code}: {name}",
        "modes": "Mode of each service. Values go from the most normal to the most protective.",
        "staff": "Least staff: a number, or a number for every so many dwellings.",
        "tasks": "Action cards. Delay from activation: “T+4 h”, “T+30 min”, “D+2”.",
        "notices": "What tenants are told. Variables: {variables}.",
    },
}


def write_plan(document: plan.PlanDocument, services: Iterable[Service]) -> str:
    """Return the TOML text of a plan; reading it again gives the same plan."""
    declared = {one.key: one for one in services}
    words = _WORDS[document.language]
    parts = [_comment(words["head"]), _toml(_top(document))]
    if document.chapters:
        parts.append(_toml({"chapters": _in_order(document.chapters, plan.CHAPTERS)}))
    if document.services:
        parts.append(_comment(words["needs"].format(moments=_moments(document.language))))
        parts += [
            _toml({"services": {key: _needs(document.services[key])}})
            for key in declared
            if key in document.services
        ]
    if document.cell:
        parts += [_comment(words["cell"]), *_tables("cell", document.cell)]
    if document.territorial_cells:
        parts += [_comment(words["territories"]), *_tables("territorial_cells", document.territorial_cells)]
    for level in document.ordered_levels():
        parts += _level(level, declared, words)
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def _top(document: plan.PlanDocument) -> dict[str, Any]:
    top: dict[str, Any] = {"format": plan.FORMAT, "code": document.code, "name": document.name}
    top |= {"language": document.language, "scenario": document.scenario}
    optional = {
        "summary": document.summary,
        "legal_basis": document.legal_basis,
        "distribution": list(document.distribution),
    }
    return top | {key: value for key, value in optional.items() if value}


def _level(level: plan.LevelDocument, declared: Mapping[str, Service], words: Mapping[str, str]) -> list[str]:
    title = words["level"].format(code=level.code, name=level.name)
    head: dict[str, Any] = {"name": level.name, "summary": level.summary, "posture": level.posture}
    head = {key: value for key, value in head.items() if value} | {"review_days": level.review_days}
    parts = [_banner(title), _nested(level.code, head)]
    if level.services:
        parts.append(_comment(words["modes"]))
        for key, one in declared.items():
            if key in level.services:
                mode = _nested(level.code, {"services": {key: _in_fields(one, level.services[key])}})
                parts.append(f"{_scale(one)}{mode}")
    if level.staff:
        needs = {key: _need(level.staff[key]) for key in declared if key in level.staff}
        parts += [_comment(words["staff"]), _nested(level.code, {"staff": needs})]
    if level.tasks:
        parts += [_comment(words["tasks"]), *_tables(f"levels.{level.code}.tasks", level.tasks)]
    if level.notices:
        variables = ", ".join(f"{{{name}}}" for name in plan.NOTICE_VARIABLES)
        texts = {
            language: _filled(level.notices[language])
            for language in plan.LANGUAGES
            if language in level.notices
        }
        parts += [
            _comment(words["notices"].format(variables=variables)),
            _nested(level.code, {"notices": texts}),
        ]
    return parts


def _moments(language: str) -> str:
    said = ", ".join(plan.IMPACT_MOMENTS)
    return said.replace(" d", " j") if language == "fr" else said


def _scale(service: Service) -> str:
    """Say, above each mode, what may be chosen and what it means."""
    lines = [f"# {service.name}"]
    for one in service.fields:
        lines.append(f"#   {one.key}: {' < '.join(member.value for member in one.order)}")
    return "\n".join(lines) + "\n"


def _in_fields(service: Service, values: Mapping[str, str]) -> dict[str, str]:
    return {one.key: values[one.key] for one in service.fields if one.key in values}


def _need(need: plan.StaffNeed) -> dict[str, Any]:
    return {
        "count": need.count,
        **({"per_dwellings": need.per_dwellings} if need.per_dwellings else {}),
        **({"skills": list(need.skills)} if need.skills else {}),
    }


def _needs(needs: plan.ServiceNeeds) -> dict[str, Any]:
    table = _filled(needs)
    if impact := table.pop("impact", None):
        table["impact"] = {kind: list(numbers) for kind, numbers in impact.items()}
    return table


def _filled(record: Any) -> dict[str, Any]:
    """Return the fields of a record that say something, lists as TOML has them."""
    fields = {name: getattr(record, name) for name in record.__dataclass_fields__}
    kept = {key: value for key, value in fields.items() if value not in ("", None, (), {})}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in kept.items()}


def _in_order(table: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: table[key] for key in keys if table.get(key)}


def _tables(name: str, records: Iterable[Any]) -> list[str]:
    """Write an array of tables, each under its own header: short ones would otherwise go on one line."""
    return [f"[[{name}]]\n{_toml(_filled(record))}" for record in records]


def _nested(level: str, table: Mapping[str, Any]) -> str:
    return _toml({"levels": {level: dict(table)}})


def _toml(table: Mapping[str, Any]) -> str:
    return _LIST.sub(_on_one_line, tomli_w.dumps(table, multiline_strings=True))


def _on_one_line(written: re.Match[str]) -> str:
    """Put a short list on one line; the steps of a card keep one line each."""
    items = ", ".join(line.strip().rstrip(",") for line in written["items"].splitlines())
    line = f"{written['key']} = [{items}]"
    return written[0] if written["key"] == "steps" or len(line) > 100 else line


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())


def _banner(text: str) -> str:
    rule = "# " + "─" * 76
    return f"{rule}\n# {text}\n{rule}\n"
