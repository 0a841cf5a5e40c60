"""Words for the machine reasons of a line, and the sentence of a query. Pure; the labels choose the language.

A reason is `{"code": …, …}` as the candidates' query writes it: `{"code": "age", "years": 82}`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from palier.modules.outreach.enums import Reason, SegmentInput, Wants
from palier.modules.outreach.rules.criteria import NUMBERS, Condition, Criteria

Label = Callable[[str], str]


def worded(reasons: Iterable[Mapping[str, Any]], *, marker_label: Label) -> list[str]:
    """Return the reasons as people read them: « 82 ans », « vit seule », « sans contact depuis 40 jours »."""
    return [text for one in reasons if (text := _word(one, marker_label))]


def _word(reason: Mapping[str, Any], marker_label: Label) -> str:
    try:
        code = Reason(str(reason.get("code", "")))
    except ValueError:
        return ""
    said = {key: value for key, value in reason.items() if key != "code"}
    if code == Reason.MARKER:
        label = marker_label(str(said.get("nature", "")))
        return label[:1].lower() + label[1:]
    if code == Reason.DAYS_WITHOUT_CONTACT:
        code = {0: Reason.REACHED_TODAY, 1: Reason.REACHED_YESTERDAY}.get(int(said["days"]), code)
    return str(code.label).format(**said)


def brought_up_to_date(
    reasons: Iterable[Mapping[str, Any]], days_without_contact: int | None
) -> list[Mapping[str, Any]]:
    """Return reasons with what they say of the last contact as it is now, not as it was when the list was made."""
    said = list(reasons)
    if days_without_contact is None:
        return said
    kept = [one for one in said if one.get("code") not in (Reason.NEVER_REACHED, Reason.DAYS_WITHOUT_CONTACT)]
    return [*kept, {"code": Reason.DAYS_WITHOUT_CONTACT.value, "days": max(days_without_contact, 0)}]


def sentence(criteria: Criteria, *, marker_label: Label) -> list[list[str]]:
    """Return the query as phrases: one list a group (any of them is enough), every phrase of which must hold."""
    return [[condition_text(one, marker_label=marker_label) for one in group] for group in criteria.groups]


def condition_text(condition: Condition, *, marker_label: Label) -> str:
    """Return how one condition reads."""
    if condition.input in NUMBERS:
        return _number_text(condition)
    markers = " / ".join(marker_label(one) for one in condition.among)
    return str(Wants(condition.input.value).label).format(markers=markers)


def _number_text(condition: Condition) -> str:
    least, most = condition.at_least, condition.at_most
    if least is not None and most is not None:
        is_exact = least == most and condition.input == SegmentInput.HOUSEHOLD_SIZE
        form = "exact" if is_exact else "between"
    else:
        form = "from" if least is not None else "to"
    return str(Wants(f"{condition.input.value}_{form}").label).format(at_least=least, at_most=most)


def because(reasons: Sequence[str]) -> str:
    """Return the reasons in one line, for a file or a tooltip."""
    return ", ".join(reasons)
