"""How pages of plans and levels say hours, impacts, staff and contributions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from palier.kernel.modes import Contribution, UnknownService, service
from palier.kernel.previews import PreviewedAct, Undoing, preview_items
from palier.kernel.ui import states
from palier.kernel.ui.templatetags.palier import icon
from palier.kernel.ui.typography import short_moment
from palier.modules.continuity.rules.plan_document import IMPACT_HOURS, IMPACT_MOMENTS, ServiceNeeds
from palier.modules.continuity.selectors.preview import Preview

register = template.Library()

UNDOINGS = {
    Undoing.REVERSIBLE: _("can be undone"),
    Undoing.COMPENSABLE: _("a correction can be sent"),
    Undoing.FINAL: _("cannot be undone"),
}


@register.filter
def hours(number: int) -> str:
    """Say a number of hours: hours up to two days, then days."""
    if number <= 48:
        return gettext("{number} h").format(number=number)
    days = number / 24
    shown = int(days) if days == int(days) else round(days, 1)
    return ngettext("{number} day", "{number} days", int(days)).format(number=shown)


@register.filter
def moment_label(moment: str) -> str:
    """Say a moment of the impact grid: “4 h”, “3 days”."""
    return hours(IMPACT_HOURS[IMPACT_MOMENTS.index(moment)])


@register.filter
def worst_impacts(needs: ServiceNeeds) -> list[int | str]:
    """The worst impact of an interruption at each moment; a dash where nothing is said."""
    if not needs.impact:
        return ["–"] * len(IMPACT_MOMENTS)
    return [max(numbers[rank] for numbers in needs.impact.values()) for rank in range(len(IMPACT_MOMENTS))]


@register.simple_tag
def state_mark(state: str) -> SafeString:
    """Draw a state in little room: colour and icon, and its word for whoever does not see them."""
    look = states.look(state)
    return format_html(
        '<span class="tag tag-state tag-{}" title="{}">{}<span class="visually-hidden">{}</span></span>',
        look.state,
        look.label,
        icon(look.icon),
        look.label,
    )


@register.filter
def staff_tone(numbers: Any) -> str:
    """Warn where a service is below its minimum."""
    return "warn" if numbers.short else ""


@register.filter
def service_name(key: str) -> str:
    try:
        return str(service(key).name)
    except UnknownService:
        return key


@dataclass(frozen=True)
class ActShown:
    label: Any
    count: int
    help: str
    icon: str


@register.filter
def acts(preview: Preview) -> list[ActShown]:
    """What other modules will do, each with whether it can be undone."""
    labels = {item.key: item.label for item in preview_items()}
    return [_act(labels[key], act) for key, act in preview.acts.items() if act is not None]


def _act(label: Any, act: PreviewedAct) -> ActShown:
    return ActShown(label, act.count, str(UNDOINGS[act.undoing]), "list-check")


@register.filter
def contribution(one: Contribution, links: Mapping[str, str]) -> SafeString:
    """Say who asked for a mode and since when, with a link to the decision, or the reason of an override."""
    change = one.change
    moment = short_moment(change.since or change.effective_at)
    if change.beats_activations:
        return format_html(
            "{} · {} · {} · {}", gettext("Crisis cell"), change.scope_label, moment, change.reason
        )
    return format_html(
        '<a href="{}">{}</a> {} · {} · {}',
        reverse("continuity:activation", args=[change.source_id]),
        links.get(change.source_id, ""),
        change.label,
        change.scope_label,
        moment,
    )
