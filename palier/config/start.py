"""Choosing the settings and the database role of a process, before Django reads them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from palier.config.environment import ENV

Role = Literal["app", "owner"]
_role: Role = "app"


def use_settings(role: Role = "app") -> None:
    """Name the settings module of `PALIER_ENV`, and the role under which this process opens the database."""
    global _role
    _role = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"palier.config.settings.{ENV.env}")


def database_role() -> Role:
    return _role


@contextmanager
def acting_as_owner() -> Iterator[None]:
    """Run the block on connections of the owner: migrations, new organisations, backup and restore."""
    from palier.config.postgres import database_settings

    with _connections_changed({**database_settings("owner"), "TAKES_ROLE": False}):
        yield


@contextmanager
def _connections_changed(wanted: dict[str, object]) -> Iterator[None]:
    from django.db import connections

    kept = ("USER", "PASSWORD", "HOST", "PORT", "TAKES_ROLE")
    before = {
        alias: {key: connections[alias].settings_dict.get(key) for key in kept} for alias in connections
    }
    try:
        for alias in connections:
            connections[alias].close()
            connections[alias].settings_dict.update({key: wanted[key] for key in kept})
        yield
    finally:
        for alias, values in before.items():
            connections[alias].close()
            connections[alias].settings_dict.update(values)
