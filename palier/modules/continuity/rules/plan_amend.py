"""Apply one change to a plan, and give the plan that results. The text of a version in force is never touched."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from unidecode import unidecode

from palier.modules.continuity.rules.plan_document import ActionCard, LevelDocument, PlanDocument, StaffNeed


class ChangeImpossible(ValueError):
    """The plan has changed since: what was to be amended is no longer there. The argument names it."""


def amended(document: PlanDocument, change: Mapping[str, Any]) -> PlanDocument:
    """Give the plan with one change made. Raises: ChangeImpossible."""
    level = document.levels.get(str(change["level"]))
    if level is None:
        raise ChangeImpossible(str(change["level"]))
    made = _CHANGES[change["what"]](document, level, change)
    return replace(document, levels={**document.levels, level.code: made})


def _delay(_document: PlanDocument, level: LevelDocument, change: Mapping[str, Any]) -> LevelDocument:
    return _card(level, change["code"], delay=change["delay"])


def _role(_document: PlanDocument, level: LevelDocument, change: Mapping[str, Any]) -> LevelDocument:
    return _card(level, change["code"], role=change["role"], deputy=change["deputy"])


def _deputy(_document: PlanDocument, level: LevelDocument, change: Mapping[str, Any]) -> LevelDocument:
    return _card(level, change["code"], deputy=change["deputy"])


def _review_days(_document: PlanDocument, level: LevelDocument, change: Mapping[str, Any]) -> LevelDocument:
    return replace(level, review_days=int(change["days"]))


def _staff(_document: PlanDocument, level: LevelDocument, change: Mapping[str, Any]) -> LevelDocument:
    need = level.staff.get(change["service"])
    if need is None:
        raise ChangeImpossible(change["service"])
    new: StaffNeed = replace(need, count=int(change["count"]), per_dwellings=change["per_dwellings"])
    return replace(level, staff={**level.staff, need.service: new})


def _new_card(_document: PlanDocument, level: LevelDocument, change: Mapping[str, Any]) -> LevelDocument:
    card = ActionCard(
        code=new_code(change["title"], {one.code for one in level.tasks}),
        title=change["title"],
        role=change["role"],
        delay=change["delay"],
        deputy=change["deputy"],
        steps=tuple(change["steps"]),
    )
    return replace(level, tasks=(*level.tasks, card))


def _put_card(_document: PlanDocument, level: LevelDocument, change: Mapping[str, Any]) -> LevelDocument:
    """Write a card over the one that has its code; without a code, add it at the end."""
    said = change["card"]
    given: dict[str, Any] = {name: said[name] for name in ("title", "role", "delay", "deputy")}
    given |= {name: tuple(said[name]) for name in ("after", "services", "steps")}
    if not change["code"]:
        code = new_code(said["title"], {one.code for one in level.tasks})
        return replace(level, tasks=(*level.tasks, ActionCard(code=code, **given)))
    if all(one.code != change["code"] for one in level.tasks):
        raise ChangeImpossible(change["code"])
    card = ActionCard(code=change["code"], **given)
    return replace(level, tasks=tuple(card if one.code == card.code else one for one in level.tasks))


def _drop_card(_document: PlanDocument, level: LevelDocument, change: Mapping[str, Any]) -> LevelDocument:
    """Take a card out; what waited for it waits no more."""
    gone = change["code"]
    if all(one.code != gone for one in level.tasks):
        raise ChangeImpossible(gone)
    kept = (one for one in level.tasks if one.code != gone)
    freed = (replace(one, after=tuple(code for code in one.after if code != gone)) for one in kept)
    return replace(level, tasks=tuple(freed))


def _words(_document: PlanDocument, level: LevelDocument, change: Mapping[str, Any]) -> LevelDocument:
    said = {name: change[name] for name in ("name", "summary", "posture")}
    return replace(level, review_days=int(change["days"]), **said)


def _mode(_document: PlanDocument, level: LevelDocument, change: Mapping[str, Any]) -> LevelDocument:
    """Give a service its mode; without values it works as usual."""
    others = {key: values for key, values in level.services.items() if key != change["service"]}
    asked = {change["service"]: dict(change["values"])} if change["values"] else {}
    return replace(level, services={**others, **asked})


def new_code(title: str, taken: set[str]) -> str:
    """A code made of the first words of a title, unlike those of the level's other cards."""
    words = "".join(one if one.isalnum() else " " for one in unidecode(title).lower()).split()
    stem = "-".join(words[:5])[:36].strip("-") or "card"
    code, rank = stem, 2
    while code in taken:
        code, rank = f"{stem}-{rank}", rank + 1
    return code


def _card(level: LevelDocument, code: str, **given: str) -> LevelDocument:
    if all(one.code != code for one in level.tasks):
        raise ChangeImpossible(code)
    tasks = tuple(replace(one, **given) if one.code == code else one for one in level.tasks)  # type: ignore[arg-type]
    return replace(level, tasks=tasks)


_CHANGES: dict[str, Callable[[PlanDocument, LevelDocument, Mapping[str, Any]], LevelDocument]] = {
    "delay": _delay,
    "role": _role,
    "deputy": _deputy,
    "review_days": _review_days,
    "staff": _staff,
    "card": _new_card,
    "put_card": _put_card,
    "drop_card": _drop_card,
    "level": _words,
    "mode": _mode,
}
