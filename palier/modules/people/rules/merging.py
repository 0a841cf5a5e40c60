"""What a merged person keeps: one value a field, and of two rows that say the same, the one that protects most."""

from collections.abc import Mapping
from datetime import date
from typing import Any

FIELDS = (
    "civility", "family_name", "given_names", "birth_name", "legal_name", "birth_on", "deceased_on", "language",
    "reference", "household_id",
)  # fmt: skip
"""What somebody chooses, field by field."""

KEPT, GONE = "kept", "gone"
_ROLES = ("holder", "co_holder", "occupant", "guarantor")


def default_choices(kept: Mapping[str, Any], gone: Mapping[str, Any]) -> dict[str, str]:
    """Choose the kept person's value, and the other's where the kept person has none."""
    return {name: GONE if _is_empty(kept[name]) and not _is_empty(gone[name]) else KEPT for name in FIELDS}


def chosen_values(
    kept: Mapping[str, Any], gone: Mapping[str, Any], choices: Mapping[str, str]
) -> dict[str, Any]:
    """Return the fields of the merged person. A choice that would lose the only known value is not followed."""
    usual = default_choices(kept, gone)
    values = {}
    for name in FIELDS:
        wanted = choices.get(name, usual[name])
        side = gone if wanted == GONE else kept
        value = side[name]
        if _is_empty(value):
            value = kept[name] if side is gone else gone[name]
        values[name] = value
    return values


def differing(kept: Mapping[str, Any], gone: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields for which both have a value, and not the same."""
    return tuple(
        name
        for name in FIELDS
        if not _is_empty(kept[name]) and not _is_empty(gone[name]) and kept[name] != gone[name]
    )


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


def stronger_role(one: str, other: str) -> str:
    """Return the role that binds most: a holder written twice in one lease stays its holder."""
    return min((one, other), key=_ROLES.index)


def later_end(one: date | None, other: date | None) -> date | None:
    """Return the end that comes last; no end comes after all."""
    return None if one is None or other is None else max(one, other)


def consent_that_stays(kept_kind: str, gone_kind: str) -> str:
    """Say whose word stays open when both said something on one topic: an objection always wins.

    Legal: RGPD art. 21 (an objection is never lost), art. 7 (a consent is proven or is not).
    """
    return GONE if gone_kind == "opt_out" and kept_kind != "opt_out" else KEPT
