"""The navigation: each module says what it adds, in its AppConfig; pages draw what the actor may open."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from django.apps import apps
from django.urls import NoReverseMatch, reverse

from palier.kernel.words import Text


class Permitted(Protocol):
    """Anything that answers whether it has a permission (an actor)."""

    def may(self, permission: str) -> bool: ...


@dataclass(frozen=True)
class Link:
    """One entry of the menu. Without a permission, every member of the organisation sees it."""

    label: Text
    url_name: str
    permission: str | None = None
    icon: str = ""


@dataclass(frozen=True)
class Section:
    """What one module adds to the menu: a title, an icon and its links, in order."""

    label: Text
    icon: str
    order: int
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class DrawnLink:
    """A link as the page draws it."""

    label: str
    url: str
    icon: str
    active: bool


@dataclass(frozen=True)
class DrawnSection:
    """A section as the page draws it; open when the page being read is one of its own."""

    label: str
    icon: str
    links: tuple[DrawnLink, ...] = field(default=())

    @property
    def active(self) -> bool:
        return any(link.active for link in self.links)

    @property
    def url(self) -> str:
        return self.links[0].url


def declared() -> list[Section]:
    """Sections of every installed application, in order."""
    sections: list[Section] = []
    for config in apps.get_app_configs():
        found = getattr(config, "navigation", ())
        sections += [found] if isinstance(found, Section) else list(found)
    return sorted(sections, key=lambda section: (section.order, str(section.label)))


def menu(actor: Permitted, path: str, sections: Iterable[Section] | None = None) -> list[DrawnSection]:
    """Draw the menu for an actor reading a path (with its script prefix).

    A link whose page does not exist in this kind of organisation (a landlord's page in a federation) is left out.
    """
    drawn = []
    for section in declared() if sections is None else sections:
        pairs = [
            (link, _url(link)) for link in section.links if not link.permission or actor.may(link.permission)
        ]
        known = [(link, url) for link, url in pairs if url]
        current = _current(path, [url for _, url in known])
        links = tuple(DrawnLink(str(link.label), url, link.icon, url == current) for link, url in known)
        if links:
            drawn.append(DrawnSection(str(section.label), section.icon, links))
    return _only_one_open(drawn)


def _url(link: Link) -> str:
    try:
        return reverse(link.url_name)
    except NoReverseMatch:
        return ""


def _current(path: str, urls: list[str]) -> str:
    """The longest link that the path begins with: a page under a list keeps the list lit."""
    return max((url for url in urls if path.startswith(url)), key=len, default="")


def _only_one_open(sections: list[DrawnSection]) -> list[DrawnSection]:
    """Keep the deepest match alone, when two sections begin the same path."""
    active = [link.url for section in sections for link in section.links if link.active]
    deepest = max(active, key=len, default="")
    return [
        DrawnSection(
            section.label,
            section.icon,
            tuple(
                DrawnLink(li.label, li.url, li.icon, li.active and li.url == deepest) for li in section.links
            ),
        )
        for section in sections
    ]
