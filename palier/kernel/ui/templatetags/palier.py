"""Tags and filters of the kit. `{% load palier %}`; every component is shown on the page /kit/."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.template import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from palier.kernel.ui import charts, panels, states, typography
from palier.kernel.ui.icons import names

register = template.Library()

TONES = ("neutral", "info", "good", "warn", "bad", "accent", "normal", "adapted", "reduced", "stopped")


def _language() -> str:
    return get_language() or "fr"


# Icons, badges


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """Draw an icon; without a label it is decorative and hidden from screen readers."""
    if name not in names():
        if getattr(settings, "TESTING", False):
            raise template.TemplateSyntaxError(f"Icon “{name}” is not in palier/kernel/ui/icons.txt.")
        return mark_safe("")
    address = f"{static('vendor/icons.svg')}#{name}"
    size_class = f" icon-{size}" if size else ""
    if label:
        return format_html(
            '<svg class="icon{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            size_class,
            label,
            address,
        )
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        size_class,
        address,
    )


@register.simple_tag
def badge(text: Any, tone: str = "neutral", icon: str = "", title: str = "") -> SafeString:
    """Draw a word in a tone, with an icon if one is given."""
    return _badge(text, tone, icon, title)


def _badge(text: Any, tone: str, icon_name: str = "", title: str = "") -> SafeString:
    tone = tone if tone in TONES else "neutral"
    drawing = icon(icon_name) if icon_name else ""
    hint = format_html(' title="{}"', title) if title else ""
    return format_html('<span class="tag tag-{}"{}>{}{}</span>', tone, hint, drawing, text)


@register.simple_tag
def state_badge(state: str, size: str = "") -> SafeString:
    """Draw the state of a service: colour, word and icon together."""
    look = states.look(state)
    size_class = f" tag-{size}" if size else ""
    return format_html(
        '<span class="tag tag-state tag-{}{}">{}{}</span>',
        look.state,
        size_class,
        icon(look.icon),
        look.label,
    )


# Addresses


@register.simple_tag
def root_url(name: str) -> str:
    """Address of a page outside organisations (profile, sign-out), from any page; empty if there is none."""
    try:
        inside = reverse(name, urlconf=settings.ROOT_URLCONF)
    except NoReverseMatch:
        return ""
    return "/" + inside.removeprefix(get_script_prefix())


# Blocks


@register.simple_block_tag
def card(
    content: str,
    title: str = "",
    icon: str = "",
    tone: str = "",
    id: str = "",
    count: int | None = None,
    action_url: str = "",
    action_label: str = "",
    flush: bool = False,
) -> SafeString:
    """Frame a block of the page. `flush` lets a table touch the edges."""
    context = {
        "content": content, "title": title, "icon": icon, "tone": tone, "id": id, "count": count,
        "action_url": action_url, "action_label": action_label, "flush": flush,
    }  # fmt: skip
    return template.loader.render_to_string("palier/_card.html", context)


@register.simple_block_tag
def capture(content: str) -> SafeString:
    """Keep what is drawn inside for later: `{% capture as name %}…{% endcapture %}`, trimmed."""
    return mark_safe(content.strip())


@register.simple_block_tag
def facts(content: str, wide: bool = False) -> SafeString:
    """Frame a definition list made of `fact` tags."""
    return format_html('<dl class="facts{}">{}</dl>', " facts-wide" if wide else "", mark_safe(content))


@register.simple_tag
def fact(label: str, value: Any = None) -> SafeString:
    """Draw one labelled value; what is not known shows a dash, never a blank."""
    shown = "—" if value is None or value == "" else value
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, shown)


@register.inclusion_tag("palier/_empty.html", name="empty_state")
@register.inclusion_tag("palier/_empty.html")
def empty(title: str, text: str = "", icon: str = "inbox", action: str = "", url: str = "") -> dict[str, Any]:
    """Say that there is nothing, and what to do first.

    `empty_state` is its name inside a `for`, which has its own `empty`.
    """
    return {"title": title, "text": text, "icon": icon, "action": action, "url": url}


@register.simple_tag
def crumb(label: str, url: str = "") -> SafeString:
    """Draw one step of the path above the title."""
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, label)
    return format_html("<li>{}</li>", label)


@register.simple_tag
def tab(label: str, url: str, active: bool = False, count: int | None = None, icon: str = "") -> SafeString:
    """Draw one tab, which is a page of its own address."""
    current = mark_safe(' aria-current="page"') if active else ""
    bubble = format_html(' <span class="count">{}</span>', number(count)) if count is not None else ""
    drawing = _icon(icon)
    return format_html('<li><a class="tab" href="{}"{}>{}{}{}</a></li>', url, current, drawing, label, bubble)


def _icon(name: str) -> str | SafeString:
    return icon(name) if name else ""


@register.simple_tag
def link_button(
    label: str, url: str, icon: str = "", primary: bool = False, tone: str = "", key: str = ""
) -> SafeString:
    """Draw a link as a button. `key` is a keyboard shortcut of one letter."""
    style = f"btn-{tone}" if tone else "btn-primary" if primary else "btn-outline"
    shortcut = format_html(' data-key="{}"', key) if key else ""
    return format_html('<a class="btn {}" href="{}"{}>{}{}</a>', style, url, shortcut, _icon(icon), label)


@register.simple_tag
def submit(label: str, icon: str = "", tone: str = "primary", name: str = "", value: str = "") -> SafeString:
    """Draw a submit button; the page disables it while its form is on its way."""
    named = format_html(' name="{}" value="{}"', name, value) if name else ""
    return format_html(
        '<button class="btn btn-{}" type="submit"{}>{}{}</button>', tone, named, _icon(icon), label
    )


# Figures


@register.inclusion_tag("palier/_stat.html")
def stat(
    label: str,
    value: Any,
    help: str = "",
    values: Sequence[Any] = (),
    tone: str = "",
    url: str = "",
    icon: str = "",
    unit: str = "",
) -> dict[str, Any]:
    """Draw a figure with its curve; a value nobody knows shows a dash."""
    shown = (
        number(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value
    )
    return {
        "label": label, "value": "—" if value is None else shown, "help": help, "tone": tone, "url": url,
        "icon": icon, "unit": unit, "curve": charts.sparkline(values) if values else None,
    }  # fmt: skip


@register.inclusion_tag("palier/_sparkline.html")
def sparkline(values: Sequence[Any], label: str = "", width: int = 96, height: int = 28) -> dict[str, Any]:
    """Draw a curve without axes, described by its label for those who cannot see it."""
    return {"curve": charts.sparkline(values, width=width, height=height), "label": label}


@register.inclusion_tag("palier/_bar.html")
def bar(value: Any, maximum: Any, label: str = "", tone: str = "accent") -> dict[str, Any]:
    """Draw a part of a whole."""
    return {
        "value": value,
        "maximum": maximum,
        "share": charts.share(value, maximum),
        "label": label,
        "tone": tone,
    }


# Forms


@register.inclusion_tag("palier/_field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Draw one field with its label, its help and its errors."""
    return {"field": bound}


@register.simple_tag
def widget(bound: BoundField) -> SafeString:
    """Draw the input of a field with the kit's classes."""
    kind = bound.field.widget
    if isinstance(kind, CheckboxSelectMultiple | RadioSelect):
        return bound.as_widget()
    name = "form-check-input" if isinstance(kind, CheckboxInput) else "form-control"
    name = "form-select" if isinstance(kind, Select) else name
    own = kind.attrs.get("class", "")
    invalid = " is-invalid" if bound.errors else ""
    return bound.as_widget(attrs={"class": f"{name} {own}{invalid}".replace("  ", " ").strip()})


@register.filter
def is_checkbox(bound: BoundField) -> bool:
    """Whether a field is a single box, whose label stands after it."""
    return isinstance(bound.field.widget, CheckboxInput)


# Panels and lists


@register.simple_tag(takes_context=True)
def panel_area(context: Context, area: str, subject: Any = None) -> SafeString:
    """Draw what higher modules registered for this area, each in a card."""
    drawn = panels.draw_area(context["request"], area, subject)
    return format_html_join("", "{}", ((_panel_card(one),) for one in drawn))


def _panel_card(one: panels.DrawnPanel) -> SafeString:
    context = {"content": one.html, "title": one.title, "icon": one.icon, "panel": one.name}
    return template.loader.render_to_string("palier/_card.html", context)


@register.simple_tag(takes_context=True)
def bare_area(context: Context, area: str, subject: Any = None) -> SafeString:
    """Draw an area without cards: the header, a line of a page."""
    drawn = panels.draw_area(context["request"], area, subject)
    return format_html_join("", "{}", ((mark_safe(one.html),) for one in drawn))


@register.simple_tag
def cell(one: Any) -> str | SafeString:
    """Draw a cell of a list by the kind of its column."""
    shown = _cell_value(one.column.kind, one.value)
    return format_html('<a href="{}">{}</a>', one.url, shown) if one.url else shown


def _cell_value(kind: str, value: Any) -> str | SafeString:
    if value is None or value == "":
        return "—"
    match kind:
        case "badge":
            return _badge(*value) if isinstance(value, tuple) else _badge(value, "neutral")
        case "state":
            return state_badge(value)
        case "bool":
            return icon("check", label=_("Yes")) if value else "—"
        case "number":
            return number(value)
        case "money":
            return money(value)
        case "date":
            return short_day(value)
        case "datetime":
            return short_moment(value)
        case "phone":
            return phone(value)
        case _:
            return str(value)


# Typography


@register.filter
def number(value: Any, places: int = 0) -> str:
    """6043 → 6 043; what is not known → —."""
    return (
        "—" if value is None or value == "" else typography.number(value, places=places, language=_language())
    )


@register.filter
def money(value: Any) -> str:
    """1234.56 → 1 234,56 €."""
    return "—" if value is None or value == "" else typography.money(value, language=_language())


@register.filter
def percent(rate: Any, places: int = 0) -> str:
    """0.875 → 88 %."""
    return (
        "—" if rate is None or rate == "" else typography.percent(rate, places=places, language=_language())
    )


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _local_day(value: date) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


@register.filter
def day(value: date | None) -> str:
    """→ lundi 16 mars 2020."""
    return "—" if not value else typography.day(_local_day(value), language=_language())


@register.filter
def short_day(value: date | None) -> str:
    """→ 16/03/2020."""
    return "—" if not value else typography.short_day(_local_day(value), language=_language())


@register.filter
def moment(value: datetime | None) -> str:
    """→ lundi 16 mars 2020 à 8 h 30."""
    return "—" if not value else typography.moment(_local(value), language=_language())


@register.filter
def short_moment(value: datetime | None) -> str:
    """→ 16/03/2020 à 8 h 30."""
    return "—" if not value else typography.short_moment(_local(value), language=_language())


@register.filter
def hour(value: datetime | None) -> str:
    """→ 8 h 30."""
    return "—" if not value else typography.hour(_local(value), language=_language())


@register.filter
def duration(value: timedelta | None) -> str:
    """→ 2 j 4 h."""
    return "—" if value is None else typography.duration(value, language=_language())


@register.filter
def phone(value: str | None) -> str:
    """→ 06 39 98 12 34."""
    return typography.phone(value) if value else "—"


@register.filter
def tel(value: str | None) -> str:
    """Number as a `tel:` link wants it: digits and a leading plus alone."""
    return "".join(sign for sign in value or "" if sign.isdigit() or sign == "+")
