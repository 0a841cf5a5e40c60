"""Reading PALIER_OIDC_FILE: the identity providers of this installation, and what is wrong with the file.

A provider that cannot be used is left out and told by `palier doctor`: the others, and passwords, still work.
"""

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from palier.kernel.accounts.providers import Provider, RoleMapping

KEY = re.compile(r"^[a-z][a-z0-9-]{0,30}$")
WELL_KNOWN = "/.well-known/openid-configuration"
KNOWN = {
    "key", "label", "discovery", "client_id", "secret_file", "domains", "scopes", "vouches_for_emails",
    "second_factor_amr", "second_factor_acr", "roles",
}  # fmt: skip


class WrongProvider(ValueError):
    """A table of the file that cannot be used; the message says what to change."""


def read_providers(path: Path | None) -> tuple[tuple[Provider, ...], tuple[str, ...]]:
    """Return the providers that can be used, and one sentence for each that cannot."""
    if path is None:
        return (), ()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("provider", [])
    except OSError as trouble:
        return (), (f"{path} cannot be read: {trouble.strerror}.",)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        return (), (f"{path} is not TOML: {trouble}.",)
    providers: dict[str, Provider] = {}
    problems = [] if tables else [f"{path} holds no [[provider]]."]
    for number, table in enumerate(tables, start=1):
        try:
            one = _provider(table, path.parent)
            if one.key in providers:
                raise WrongProvider(f"two providers have the key {one.key!r}")
            providers[one.key] = one
        except WrongProvider as problem:
            problems.append(f"{path}, provider {number} ({table.get('key', '?')}): {problem}.")
    return tuple(providers.values()), tuple(problems)


def _provider(table: dict[str, Any], folder: Path) -> Provider:
    unknown = sorted(set(table) - KNOWN)
    if unknown:
        raise WrongProvider(f"unknown entries: {', '.join(unknown)}")
    key = _text(table, "key")
    if not KEY.match(key):
        raise WrongProvider("key takes lower-case letters, digits and hyphens")
    discovery = _address(_text(table, "discovery"))
    domains = tuple(one.lower().lstrip("@") for one in _texts(table, "domains"))
    vouches = table.get("vouches_for_emails", False) is True
    if vouches and not domains:
        raise WrongProvider("vouches_for_emails needs domains: else anybody there could claim any address")
    return Provider(
        key=key,
        label=_text(table, "label"),
        issuer=discovery.removesuffix(WELL_KNOWN),
        discovery_url=discovery,
        client_id=_text(table, "client_id"),
        client_secret=_secret(table, folder),
        domains=domains,
        scopes=tuple(dict.fromkeys(("openid", *(_texts(table, "scopes") or ("profile", "email"))))),
        vouches_for_emails=vouches,
        second_factor_amr=_texts(table, "second_factor_amr"),
        second_factor_acr=_texts(table, "second_factor_acr"),
        mapping=_mapping(table.get("roles")),
    )


def _text(table: dict[str, Any], name: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value.strip():
        raise WrongProvider(f"{name} is missing")
    return value.strip()


def _texts(table: dict[str, Any], name: str) -> tuple[str, ...]:
    value = table.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise WrongProvider(f"{name} is a list of texts")
    return tuple(value)


def _address(raw: str) -> str:
    """The address of the discovery document. Clear http is for a provider of this very machine."""
    url = urlsplit(raw)
    if url.scheme != "https" and not (url.scheme == "http" and url.hostname in ("127.0.0.1", "localhost")):
        raise WrongProvider("discovery is an https address")
    return raw if "/.well-known/" in raw else raw.rstrip("/") + WELL_KNOWN


def _secret(table: dict[str, Any], folder: Path) -> str:
    """The client's secret, in a file of its own; a public client, which has none, relies on PKCE alone."""
    if "secret_file" not in table:
        return ""
    path = folder / Path(_text(table, "secret_file")).expanduser()
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except OSError as trouble:
        raise WrongProvider(f"secret_file {path} cannot be read: {trouble.strerror}") from None
    if not secret:
        raise WrongProvider(f"secret_file {path} is empty")
    return secret


def _mapping(table: Any) -> RoleMapping | None:
    if table is None:
        return None
    if not isinstance(table, dict) or not isinstance(table.get("values"), dict):
        raise WrongProvider("roles takes organisation, claim, and a table of values")
    values = {str(said): tuple(roles) for said, roles in table["values"].items() if isinstance(roles, list)}
    return RoleMapping(_text(table, "organisation"), _text(table, "claim"), values)
