"""The one place that reads the process environment; everything else imports `ENV`.

Every setting is one field of `Environment`, with its variable, its parser, its default and the sentence that
documents it. `docs/settings.md` is written from this table (`python -m palier.config.environment`), and a
test compares the two.
"""

import os
import pwd
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PROJECT_ROOT = Path(__file__).resolve().parents[2]

Parser = Callable[[str], Any]

SECRETS = frozenset({"secret_key", "smtp_password", "database_url", "database_owner_url"})


class BadSetting(ValueError):
    """One or more environment variables hold a value that cannot be used; the message names each of them."""


def text(raw: str) -> str:
    return raw


def folder(raw: str) -> Path:
    """Read a path; `~` is understood, a relative one is refused because commands run from anywhere."""
    path = Path(raw).expanduser()
    if not path.is_absolute():
        raise ValueError("give an absolute path")
    return path


def whole(low: int, high: int) -> Parser:
    """Build a parser of whole numbers between two bounds, both allowed."""

    def parse(raw: str) -> int:
        if not raw.lstrip("-").isdigit() or not low <= int(raw) <= high:
            raise ValueError(f"give a whole number from {low} to {high}")
        return int(raw)

    return parse


def one_of(*choices: str) -> Parser:
    def parse(raw: str) -> str:
        if raw not in choices:
            raise ValueError(f"give one of: {', '.join(choices)}")
        return raw

    return parse


def switch(raw: str) -> bool:
    """Read yes or no in the usual spellings."""
    known = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if raw.lower() not in known:
        raise ValueError("give yes or no")
    return known[raw.lower()]


def names(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def postgresql_url(raw: str) -> str:
    url = urlsplit(raw)
    if url.scheme not in ("postgresql", "postgres") or not url.path.strip("/"):
        raise ValueError("give postgresql://user:password@host:5432/database")
    return raw


def web_url(raw: str) -> str:
    url = urlsplit(raw)
    if url.scheme not in ("http", "https") or not url.netloc:
        raise ValueError("give an address such as https://palier.example")
    return raw.rstrip("/")


def setting(name: str, parser: Parser, doc: str, *, default: Any = None, shown: str = "") -> Any:
    """Declare a field of `Environment`. A callable default receives the raw environment."""
    return field(default=default, metadata={"name": name, "parser": parser, "doc": doc, "shown": shown})


def _account_home() -> Path:
    try:
        return Path(pwd.getpwuid(os.geteuid()).pw_dir)
    except KeyError:
        return Path("/")


def _is_root_at_home(raw: Mapping[str, str]) -> bool:
    """Root in its own home keeps its things where the system does, since no other user may enter /root."""
    return os.geteuid() == 0 and Path(raw.get("HOME") or "/root") == _account_home()


def _user_folder(raw: Mapping[str, str], xdg: str, under_home: str, of_system: str) -> Path:
    base = raw.get(xdg, "")
    if base.startswith("/"):
        return Path(base) / "palier"
    if _is_root_at_home(raw):
        return Path(of_system)
    return Path(raw.get("HOME") or _account_home()) / under_home / "palier"


def _default_data(raw: Mapping[str, str]) -> Path:
    return _user_folder(raw, "XDG_DATA_HOME", ".local/share", "/var/lib/palier")


def _default_key(raw: Mapping[str, str]) -> Path:
    return _user_folder(raw, "XDG_CONFIG_HOME", ".config", "/etc/palier") / "master.key"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The settings of this process, read once. Paths are absolute; numbers and choices are checked."""

    data: Path = setting(
        "PALIER_DATA",
        folder,
        "Folder of the embedded database and of the files kept by Palier. Back it up with `palier backup`.",
        default=_default_data,
        shown="`~/.local/share/palier` (`/var/lib/palier` for root)",
    )
    key_file: Path = setting(
        "PALIER_KEY_FILE",
        folder,
        "File of the master key that opens sealed files. It must lie outside `PALIER_DATA` and is in no"
        " backup: print it for the safe with `palier keys export`.",
        default=_default_key,
        shown="`~/.config/palier/master.key` (`/etc/palier/master.key` for root)",
    )
    database_url: str | None = setting(
        "DATABASE_URL",
        postgresql_url,
        "Your own PostgreSQL server instead of the embedded one: the application's role, which owns nothing.",
        shown="the embedded database",
    )
    database_owner_url: str | None = setting(
        "DATABASE_OWNER_URL",
        postgresql_url,
        "The same database under the role that owns every schema (LOGIN, CREATEROLE). Set both or neither.",
        shown="the embedded database",
    )
    pg: str = setting(
        "PALIER_PG",
        one_of("auto", "wheel"),
        "Where the embedded PostgreSQL comes from: `auto` takes Debian's when it is installed, else the one"
        " that comes with Palier; `wheel` always takes the latter.",
        default="auto",
    )
    env: str = setting(
        "PALIER_ENV",
        one_of("dev", "test", "prod"),
        "Which settings to use. `prod` asks for https, refuses debug pages and sends messages by SMTP.",
        default="dev",
    )
    host: str = setting("PALIER_HOST", text, "Address on which the web server listens.", default="127.0.0.1")
    port: int = setting("PORT", whole(1, 65535), "Port on which the web server listens.", default=8000)
    base_url: str = setting(
        "PALIER_BASE_URL",
        web_url,
        "Address that people type, used in the links of messages and documents.",
        default=lambda raw: f"http://127.0.0.1:{raw.get('PORT') or 8000}",
        shown="`http://127.0.0.1:PORT`",
    )
    allowed_hosts: tuple[str, ...] = setting(
        "PALIER_ALLOWED_HOSTS",
        names,
        "Other host names under which Palier answers, separated by commas.",
        default=(),
        shown="the host of `PALIER_BASE_URL`",
    )
    behind_proxy: bool = setting(
        "PALIER_BEHIND_PROXY",
        switch,
        "Yes when a proxy of yours ends TLS and sets X-Forwarded-Proto and X-Forwarded-For.",
        default=False,
        shown="no",
    )
    web_workers: int = setting(
        "PALIER_WORKERS", whole(1, 64), "Web server processes: one per core is a good number.", default=2
    )
    web_threads: int = setting(
        "PALIER_THREADS", whole(1, 16), "Threads of each web server process.", default=2
    )
    secret_key: str | None = setting(
        "PALIER_SECRET_KEY",
        text,
        "Secret that signs sessions and links. Without it, one is made and kept in `session.key` beside the"
        " master key.",
        shown="made at first start",
    )
    smtp_host: str | None = setting(
        "PALIER_SMTP_HOST",
        text,
        "Mail server. Without it messages are kept and read on a page, and nothing leaves the machine.",
        shown="none",
    )
    smtp_port: int = setting("PALIER_SMTP_PORT", whole(1, 65535), "Port of the mail server.", default=587)
    smtp_user: str = setting(
        "PALIER_SMTP_USER", text, "Account on the mail server.", default="", shown="none"
    )
    smtp_password: str = setting(
        "PALIER_SMTP_PASSWORD", text, "Password of that account.", default="", shown="none"
    )
    smtp_security: str = setting(
        "PALIER_SMTP_SECURITY",
        one_of("starttls", "tls", "none"),
        "How the connection to the mail server is protected.",
        default="starttls",
    )
    mail_from: str = setting(
        "PALIER_MAIL_FROM",
        text,
        "Sender of the messages.",
        default="Palier <palier@localhost>",
    )
    session_hours: int = setting(
        "PALIER_SESSION_HOURS",
        whole(1, 72),
        "Hours after which a person signs in again, whatever they do meanwhile.",
        default=12,
    )
    session_idle_minutes: int = setting(
        "PALIER_SESSION_IDLE_MINUTES",
        whole(5, 4320),
        "Minutes without any page, open screens included, after which a person signs in again.",
        default=240,
    )
    password_length: int = setting(
        "PALIER_PASSWORD_LENGTH",
        whole(12, 64),
        "Shortest password accepted, in characters (CNIL, délibération 2022-100: never below 12 here; 14 is"
        " better where no second factor is asked for).",
        default=12,
    )
    oidc_file: Path | None = setting(
        "PALIER_OIDC_FILE",
        folder,
        "File (TOML) of the identity providers through which people may sign in with OpenID Connect: see"
        " [accounts.md](accounts.md).",
        shown="none",
    )
    pack_folder: Path | None = setting(
        "PALIER_PACK_FOLDER",
        folder,
        "Folder, best on another machine, where the nightly encrypted pack of each organisation is pushed.",
        shown="none",
    )
    upload_mb: int = setting(
        "PALIER_UPLOAD_MB",
        whole(1, 4096),
        "Largest file that a page accepts, in megabytes; `palier load` has no limit.",
        default=200,
    )
    language: str = setting(
        "PALIER_LANGUAGE", one_of("fr", "en"), "Language before a person has chosen one.", default="fr"
    )
    log_level: str = setting(
        "PALIER_LOG_LEVEL",
        one_of("debug", "info", "warning", "error"),
        "How much the processes say on standard error.",
        default="info",
    )
    chromium: Path | None = setting(
        "PALIER_CHROMIUM",
        folder,
        "Chromium used by the browser tests and the screenshots.",
        shown="the one found on the machine",
    )

    def __post_init__(self) -> None:
        if (self.database_url is None) != (self.database_owner_url is None):
            raise BadSetting(
                "DATABASE_URL and DATABASE_OWNER_URL go together: set both (your server) or neither."
            )

    @property
    def embedded(self) -> bool:
        """True when Palier runs its own PostgreSQL."""
        return self.database_url is None

    @property
    def files(self) -> Path:
        """Folder of kept documents, one sub-folder per schema."""
        return self.data / "files"

    @property
    def hosts(self) -> tuple[str, ...]:
        """Host names under which the web server answers."""
        known = (urlsplit(self.base_url).hostname or "", "127.0.0.1", "localhost", *self.allowed_hosts)
        return tuple(dict.fromkeys(name for name in known if name))

    @property
    def session_key_file(self) -> Path:
        """Where the signing secret is kept when `PALIER_SECRET_KEY` is not given."""
        return self.key_file.with_name("session.key")

    @property
    def rundown(self) -> dict[str, str]:
        """What `palier doctor` shows: every setting as text, with secrets hidden."""
        shown = {}
        for each in fields(self):
            value = getattr(self, each.name)
            shown[each.metadata["name"]] = "(set)" if each.name in SECRETS and value else str(value or "")
        return shown


def read_environment(raw: Mapping[str, str]) -> Environment:
    """Turn raw variables into settings. An empty variable counts as absent.

    Raises: BadSetting, with one line per variable that cannot be used.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for each in fields(Environment):
        name, given = each.metadata["name"], raw.get(each.metadata["name"], "").strip()
        try:
            values[each.name] = each.metadata["parser"](given) if given else _default_of(each, raw)
        except ValueError as problem:
            # A refused address of a database may hold a password: its value is not shown.
            shown = name if each.name in SECRETS else f"{name}={given!r}"
            problems.append(f"{shown} cannot be used: {problem}.")
    if problems:
        raise BadSetting("\n".join(problems))
    return Environment(**values)


def _default_of(each: Any, raw: Mapping[str, str]) -> Any:
    if each.default is MISSING:
        raise ValueError("it has no default")
    return each.default(raw) if callable(each.default) else each.default


def signing_secret(env: Environment) -> str:
    """Return the secret that signs sessions, making and keeping one at first use (mode 0600)."""
    if env.secret_key:
        return env.secret_key
    kept = env.session_key_file
    try:
        return kept.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _make_secret(kept)


def _make_secret(kept: Path) -> str:
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = kept.with_name(f"{kept.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(os.urandom(48).hex() + "\n")
    try:
        # Two processes may start together: the first link wins and both read the same secret.
        os.link(draft, kept)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return kept.read_text(encoding="ascii").strip()


def settings_table() -> str:
    """The Markdown table of docs/settings.md."""
    rows = ["| variable | default | what it does |", "|---|---|---|"]
    for each in fields(Environment):
        shown = each.metadata["shown"] or f"`{each.default}`"
        rows.append(f"| `{each.metadata['name']}` | {shown} | {each.metadata['doc']} |")
    return "\n".join(rows) + "\n"


ENV = read_environment(os.environ)


def child_environment(defaults: Mapping[str, str] | None = None, /, **changes: str) -> dict[str, str]:
    """A copy of this process's environment for a child process: defaults for what is absent, then changes."""
    return {**(defaults or {}), **os.environ, **changes}


if __name__ == "__main__":
    print(settings_table(), end="")
