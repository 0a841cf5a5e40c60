"""What a command is made of: its declaration, its arguments, and the way it speaks."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from palier.kernel.access import Actor
    from palier.kernel.organisations.models import Organisation

Options = Namespace


class Misused(Exception):
    """The command line cannot be carried out as written; exit 2."""


@dataclass(frozen=True)
class Argument:
    """One argument, as `ArgumentParser.add_argument` takes it."""

    flags: tuple[str, ...]
    settings: dict[str, Any]

    def add_to(self, parser: ArgumentParser) -> None:
        parser.add_argument(*self.flags, **self.settings)


def argument(*flags: str, **settings: Any) -> Argument:
    return Argument(flags, settings)


def existing_file(raw: str) -> Path:
    """Argument type: a file that can be read."""
    path = Path(raw)
    if not path.is_file():
        raise Misused(f"There is no file {raw}.")
    return path


def moment(raw: str) -> datetime:
    """Argument type: a date and time (ISO 8601); without an offset it is Paris time."""
    from django.utils.timezone import get_default_timezone, is_naive, make_aware

    try:
        value = datetime.fromisoformat(raw)
    except ValueError:
        raise Misused(f"{raw!r} is not a date and time such as 2026-11-22T14:30.") from None
    return make_aware(value, get_default_timezone()) if is_naive(value) else value


def day(raw: str) -> date:
    """Argument type: a date (ISO 8601)."""
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise Misused(f"{raw!r} is not a date such as 2026-11-22.") from None


ORGANISATION = argument("--organisation", required=True, metavar="SLUG", help="the organisation, by its slug")
APPLY = argument("--apply", action="store_true", help="do it; without this, only say what would be done")
JSON = argument("--json", action="store_true", help="answer in JSON on standard output")


@dataclass
class Output:
    """How a command speaks: answers on standard output, remarks and refusals on standard error."""

    answers: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    remarks: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True, stderr=True))
    refusals: list[str] = field(default_factory=list)

    def say(self, line: str = "") -> None:
        """A line of the answer."""
        self.answers.print(line, markup=False)

    def remark(self, line: str) -> None:
        """Something for the person at the terminal, that is not the answer."""
        self.remarks.print(line, markup=False)

    def refuse(self, reason: object) -> None:
        """Say what was refused and go on; the command will exit 1."""
        self.refusals.append(str(reason))
        self.remarks.print(str(reason), markup=False, style="red")

    def json(self, value: Any) -> None:
        """Answer in JSON, with dates in ISO 8601 and exact decimals as numbers where they are whole."""
        self.answers.out(json.dumps(value, ensure_ascii=False, indent=2, default=_plain), highlight=False)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[object]], *, title: str = "") -> None:
        """A table of the answer."""
        drawn = Table(*columns, title=title or None, title_justify="left", header_style="bold")
        for row in rows:
            drawn.add_row(*("" if cell is None else str(cell) for cell in row))
        self.answers.print(drawn, markup=False)

    def dry(self) -> None:
        """The last word of a command that was not told `--apply`."""
        self.remark("Nothing was changed. Add --apply to do it.")

    @contextmanager
    def progress(self, title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """A bar on standard error; the value yielded is called with the steps done."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        if not self.remarks.is_terminal:
            self.remark(f"{title}…")
        with Progress(*columns, console=self.remarks, disable=not self.remarks.is_terminal) as bar:
            task = bar.add_task(title, total=total)

            def advance(steps: int = 1) -> None:
                bar.advance(task, steps)

            yield advance


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, UUID | Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    return str(value)


CommandFunction = Callable[[Options, Output], None]


@dataclass(frozen=True)
class Command:
    """A declared command. `name` is one word or two."""

    name: str
    help: str
    arguments: tuple[Argument, ...]
    function: CommandFunction
    database: bool
    hidden: bool


COMMANDS: dict[str, Command] = {}


def command(
    name: str,
    *,
    help: str,
    arguments: Sequence[Argument] = (),
    database: bool = True,
    hidden: bool = False,
) -> Callable[[CommandFunction], CommandFunction]:
    """Declare a command; its function says its answer through `out` and returns nothing."""

    def declare(function: CommandFunction) -> CommandFunction:
        if name in COMMANDS and COMMANDS[name].function.__module__ != function.__module__:
            raise ValueError(f"Two files declare the command “{name}”.")
        COMMANDS[name] = Command(name, help, tuple(arguments), function, database, hidden)
        return function

    return declare


def find_organisation(slug: str) -> "Organisation":
    """The organisation of a `--organisation` argument.

    Raises: Misused.
    """
    from palier.kernel.organisations.current import organisation_by_slug
    from palier.kernel.organisations.models import Organisation

    try:
        return organisation_by_slug(slug)
    except Organisation.DoesNotExist:
        raise Misused(f"No organisation is called {slug!r}: see `palier organisations`.") from None


@contextmanager
def opened(slug: str) -> "Iterator[Organisation]":
    """Run the block in the schema of the `--organisation` argument.

    Raises: Misused.
    """
    from palier.kernel.organisations.current import open_organisation

    with open_organisation(find_organisation(slug)) as organisation:
        yield organisation


def acting(slug: str, email: str | None = None) -> "Actor":
    """The member for whom a command acts: `--decided-by`, else the organisation's first administrator.

    The actor's `via` is `command`, and the journal says so.
    Raises: Misused when there is no such member.
    """
    from palier.kernel.access.membership import actor_for
    from palier.kernel.access.roles import Role
    from palier.kernel.accounts.models import Membership
    from palier.kernel.organisations.current import open_shared

    with open_shared():
        members = Membership.objects.filter(organisation__slug=slug, is_active=True, user__is_active=True)
        members = members.select_related("user", "organisation").order_by("created_at", "id")
        if email:
            member = members.filter(user__email__iexact=email).first()
        else:
            member = members.filter(roles__contains=[Role.ADMINISTRATOR]).first()
        if member is None:
            who = f"{email} does not work" if email else "No administrator works"
            raise Misused(f"{who} for {slug}: see its page of members.")
        return actor_for(member.user, member, via="command")
