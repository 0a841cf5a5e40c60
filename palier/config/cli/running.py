"""From the words typed to an exit code: 0 done, 1 something was refused, 2 misused."""

import os
import signal
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType

from palier.config.cli.framework import COMMANDS, Command, Misused, Options, Output

DONE, REFUSED, MISUSED = 0, 1, 2
INTERRUPTED = 130
NOT_COMMANDS = {"__init__", "__main__", "framework", "running"}


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line; reasons are printed on standard error."""
    out = Output()
    _unwind_on_signals()
    try:
        command, options = _understand(arguments)
    except Misused as misuse:
        out.refuse(misuse)
        return MISUSED
    except ValueError as problem:
        # The environment is read when the first module is imported: BadSetting says which variable is wrong.
        if type(problem).__name__ != "BadSetting":
            raise
        out.refuse(problem)
        return MISUSED
    try:
        return _carry_out(command, options, out)
    except KeyboardInterrupt:
        out.refuse("Stopped.")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our answer went away (`palier … | head`): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED


def _unwind_on_signals() -> None:
    """SIGTERM unwinds like Ctrl-C, so that what was started is stopped; a background job of a script ignores
    SIGINT unless it is told otherwise."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)
        signal.signal(signal.SIGINT, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _understand(arguments: Sequence[str]) -> tuple[Command, Options]:
    _load_commands()
    parser = _parser()
    options = parser.parse_args(list(arguments))
    if options.command is None:
        # Reached with the first word only: `palier plan`.
        options.parser.print_help(sys.stderr)
        raise SystemExit(MISUSED)
    return options.command, options


def _load_commands() -> None:
    """Set Django up, then import every file of commands."""
    from palier.config.start import use_settings

    use_settings()
    import django

    django.setup()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        if file.stem not in NOT_COMMANDS:
            import_module(f"palier.config.cli.{file.stem}")


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="palier",
        description="A continuity plan that runs. What changes something is dry without --apply.",
    )
    parser.set_defaults(command=None, parser=parser)
    first = parser.add_subparsers(metavar="COMMAND", title="commands")
    groups: dict[str, ArgumentParser] = {}
    heads = {name.split(" ")[0] for name in COMMANDS if " " in name}
    for name in sorted(COMMANDS):
        command = COMMANDS[name]
        head, _, tail = name.partition(" ")
        if head in heads:
            group = groups.get(head)
            if group is None:
                group = groups[head] = _add_group(first, head)
            if tail:
                _fill(_children(group).add_parser(tail, help=command.help, description=command.help), command)
            else:
                _fill(group, command, optional=True)
        elif command.hidden:
            _fill(first.add_parser(name, description=command.help), command)
        else:
            _fill(first.add_parser(name, help=command.help, description=command.help), command)
    return parser


def _add_group(first, head: str) -> ArgumentParser:  # type: ignore[no-untyped-def]
    names = sorted(name.partition(" ")[2] for name in COMMANDS if name.startswith(f"{head} "))
    own = COMMANDS[head].help if head in COMMANDS else f"{' · '.join(names)}"
    group: ArgumentParser = first.add_parser(head, help=own, description=own)
    group.set_defaults(command=None, parser=group)
    group.children = group.add_subparsers(metavar="ACTION", title="actions")  # type: ignore[attr-defined]
    return group


def _children(group: ArgumentParser):  # type: ignore[no-untyped-def]
    return group.children  # type: ignore[attr-defined]


def _fill(parser: ArgumentParser, command: Command, *, optional: bool = False) -> None:
    parser.set_defaults(command=command, parser=parser)
    for each in command.arguments:
        each.add_to(parser)


def _carry_out(command: Command, options: Options, out: Output) -> int:
    from django.db import DatabaseError, OperationalError

    from palier.config.postgres import NoBinaries, PostgresError
    from palier.kernel.errors import DomainError

    try:
        if command.database:
            _with_database(command, options, out)
        else:
            command.function(options, out)
    except Misused as misuse:
        out.refuse(misuse)
        return MISUSED
    except (DomainError, PostgresError, NoBinaries) as refusal:
        out.refuse(refusal)
    except OperationalError as trouble:
        out.refuse(f"The database does not answer: {str(trouble).strip()}\n`palier doctor` may say why.")
    except DatabaseError as trouble:
        if "does not exist" not in str(trouble):
            raise
        out.refuse(f"The database is not set up yet ({str(trouble).splitlines()[0]}). Run `palier setup`.")
    return REFUSED if out.refusals else DONE


def _with_database(command: Command, options: Options, out: Output) -> None:
    from django.db import connections

    from palier.config.postgres import held

    with held():
        try:
            command.function(options, out)
        finally:
            # Our own connections first, or stopping the server would cut them.
            connections.close_all()
