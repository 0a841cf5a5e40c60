"""House rules that a linter cannot see."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import module_has_submodule

from palier.kernel.access.roles import Role, catalogue

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
URLCONFS = [settings.ROOT_URLCONF, *settings.ORGANISATION_URLCONFS.values()]
# Views of a library: sign-in pages are open to whoever has no session yet.
LIBRARY_VIEWS = ("allauth.", "django.")


def routes(urlconf: str) -> Iterator[tuple[str, Any]]:
    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, prefix + str(one.pattern))
            elif isinstance(one, URLPattern):
                yield prefix + str(one.pattern), one.callback

    return walk(get_resolver(urlconf).url_patterns, "")


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("palier.")]


def tiers() -> dict[str, int]:
    contract = next(
        c for c in PYPROJECT["tool"]["importlinter"]["contracts"] if c["name"].startswith("tiers")
    )
    levels = list(reversed(contract["layers"]))
    return {name: level for level, names in enumerate(levels) for name in re.findall(r"\w+", names)}


class TestEveryView:
    @pytest.mark.parametrize("urlconf", URLCONFS)
    def test_declares_its_permission_or_that_it_is_public(self, urlconf):
        undeclared = [
            f"{route} ({view.__module__}.{getattr(view, '__name__', view)})"
            for route, view in routes(urlconf)
            if not hasattr(view, "permissions") and not view.__module__.startswith(LIBRARY_VIEWS)
        ]

        assert undeclared == []

    def test_asks_for_permissions_that_exist(self):
        known = set(catalogue())
        unknown = {
            (route, name)
            for urlconf in URLCONFS
            for route, view in routes(urlconf)
            for name in getattr(view, "permissions", ())
            if name not in known
        }

        assert unknown == set()


class TestEveryPermission:
    def test_reads_module_resource_action(self):
        odd = [name for name in catalogue() if not re.fullmatch(r"[a-z_]+:[a-z_]+:[a-z_]+", name)]

        assert odd == []

    def test_has_a_label_for_people(self):
        unlabelled = [line.name for line in catalogue().values() if str(line.label) == line.name]

        assert unlabelled == []

    def test_is_granted_to_some_role(self):
        """Or its module says aloud that nobody has it by default: `GIVEN_TO_NOBODY`."""
        nobodys = {line.name for line in catalogue().values() if not line.default_roles & set(Role.values)}

        assert nobodys == said_to_be_nobodys()


def said_to_be_nobodys():
    declared = set()
    for config in apps.get_app_configs():
        if config.name.startswith("palier.") and module_has_submodule(config.module, "permissions"):
            permissions = import_module(f"{config.name}.permissions")
            declared |= {one.value for one in getattr(permissions, "GIVEN_TO_NOBODY", ())}
    return declared


class TestForeignKeys:
    def test_never_cross_from_an_organisation_to_the_shared_schema(self):
        shared = set(settings.TENANT_TYPES["public"]["APPS"])
        crossing = [
            f"{model._meta.label}.{field.name}"
            for model in own_models()
            for field in model._meta.get_fields()
            if isinstance(field, models.ForeignKey)
            and (apps.get_app_config(model._meta.app_label).name in shared)
            != (apps.get_app_config(field.related_model._meta.app_label).name in shared)
        ]

        assert crossing == []

    def test_between_modules_point_down_without_a_way_back(self):
        level = tiers()
        wrong = [
            f"{model._meta.label}.{field.name}"
            for model in own_models()
            for field in model._meta.get_fields()
            if isinstance(field, models.ForeignKey)
            and model.__module__.startswith("palier.modules.")
            and field.related_model.__module__.startswith("palier.modules.")
            and (here := model._meta.app_label) != (there := field.related_model._meta.app_label)
            and (level[there] >= level[here] or not field.remote_field.hidden)
        ]

        assert wrong == []


class TestTheSources:
    def test_have_no_room_for_everything(self):
        forbidden = {"utils.py", "helpers.py", "base.py", "misc.py", "common.py"}
        allowed = {
            ROOT / "palier/config/settings/base.py",
            ROOT / "palier/kernel/organisations/backend/base.py",
        }
        found = [p for p in (ROOT / "palier").rglob("*.py") if p.name in forbidden and p not in allowed]

        assert found == []

    def test_read_the_environment_in_one_place(self):
        allowed = {ROOT / "palier/config/environment.py", ROOT / "palier/config/start.py"}
        readers = [
            str(path.relative_to(ROOT))
            for path in (ROOT / "palier").rglob("*.py")
            if path not in allowed and "tests" not in path.parts and _reads_environment(path)
        ]

        assert readers == []

    def test_name_no_registry_and_no_folder_of_a_machine(self):
        banned = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|npmjs\.org|/home/\w+/|/work/")
        suffixes = {".py", ".md", ".toml", ".txt", ".json", ".in", ".html", ".js", ".css", ".po", ".yml", ""}
        found = [
            str(path.relative_to(ROOT))
            for path in _tracked_like()
            if path.suffix in suffixes
            and path != Path(__file__)
            and banned.search(path.read_text(encoding="utf-8", errors="ignore"))
        ]

        assert found == []


class TestEveryTemplate:
    def test_is_free_of_inline_scripts_and_styles(self):
        """The Content-Security-Policy would refuse them in the browser: better here."""
        inline = re.compile(
            r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=\"|\son(click|change|submit|load)=", re.IGNORECASE
        )
        found = [
            str(path.relative_to(ROOT))
            for path in (ROOT / "palier").rglob("templates/**/*.html")
            if inline.search(path.read_text(encoding="utf-8"))
        ]

        assert found == []


class TestEveryEvent:
    def test_that_is_subscribed_to_exists(self):
        from palier.kernel import events

        known = events.known_events()
        orphans = [
            name for name in events._subscribers if name not in known and not name.startswith("tests.")
        ]

        assert orphans == []


class TestModules:
    def test_declare_labels_with_their_permissions(self):
        for config in apps.get_app_configs():
            if config.name.startswith("palier.") and module_has_submodule(config.module, "permissions"):
                declared = import_module(f"{config.name}.permissions")

                assert set(declared.LABELS) == set(declared.Permission), config.name
                assert isinstance(declared.ROLE_GRANTS, dict), config.name


def _reads_environment(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in ("environ", "getenv")
        for node in ast.walk(tree)
    )


def _tracked_like() -> Iterator[Path]:
    """Every file of the project except what set-up makes."""
    skipped = {
        ".git",
        ".venv",
        "node_modules",
        "build",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".hypothesis",
    }
    for path in ROOT.rglob("*"):
        if path.is_file() and not skipped & set(path.relative_to(ROOT).parts):
            yield path
