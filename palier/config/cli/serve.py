"""`palier serve`, `palier setup`, and the workers that serve starts."""

from palier.config.cli.framework import COMMANDS, Options, Output, argument, command
from palier.config.environment import ENV
from palier.kernel.errors import DomainError
from palier.kernel.jobs.registry import QUEUES

DEMO = argument("--demo", action="store_true", help="load the demonstration if the database is empty")


class NotSetUp(DomainError):
    code = "serve.not-set-up"
    message = "The database waits for this version's tables. Run `palier setup`, or `make run`."


@command("setup", help="bring files, tables and reference data to this version", arguments=[DEMO])
def setup(options: Options, out: Output) -> None:
    _prepare(out, with_demonstration=options.demo)
    out.remark("Palier is set up.")


@command(
    "serve",
    help="serve the pages and do the jobs, until Ctrl-C",
    arguments=[
        argument("--prepare", action="store_true", help="set up first, and load the demonstration if empty")
    ],
)
def serve(options: Options, out: Output) -> None:
    from palier.config.serving import Supervisor, check_port
    from palier.config.setup import is_migrated

    check_port()
    if options.prepare:
        _prepare(out, with_demonstration=True)
    elif not is_migrated():
        raise NotSetUp()
    Supervisor(tell=out.remark).run(when_ready=lambda: _tell_ready(out))


@command(
    "worker",
    help="do the jobs of one queue, until SIGTERM",
    arguments=[argument("queue", choices=QUEUES)],
    hidden=True,
)
def worker(options: Options, out: Output) -> None:
    from palier.config.workers import serve_queue

    serve_queue(options.queue)


def _prepare(out: Output, *, with_demonstration: bool) -> None:
    from palier.config.assets import AssetsError
    from palier.config.setup import (
        demonstration_is_wanted,
        load_demonstration,
        prepare_database,
        prepare_files,
    )

    try:
        prepare_files(out.remark)
    except AssetsError as trouble:
        raise CannotPrepare(reason=str(trouble)) from trouble
    prepare_database(out.remark)
    if with_demonstration and ENV.env != "prod" and demonstration_is_wanted() and "demo" in COMMANDS:
        out.remark("Loading the demonstration…")
        load_demonstration(lambda: _load_demo(out))


def _load_demo(out: Output) -> None:
    demo = COMMANDS["demo"]
    defaults = {
        each.settings.get("dest") or _dest(each.flags): _default(each.settings) for each in demo.arguments
    }
    demo.function(Options(**{**defaults, "apply": True}), out)


def _dest(flags: tuple[str, ...]) -> str:
    return flags[0].lstrip("-").replace("-", "_")


def _default(settings: dict[str, object]) -> object:
    return settings.get("default", False if settings.get("action") == "store_true" else None)


def _tell_ready(out: Output) -> None:
    from palier.config.serving import local_address
    from palier.config.setup import demonstration_sign_ins

    out.remark("")
    out.remark(f"Palier is at {ENV.base_url}")
    for line in demonstration_sign_ins():
        out.remark(f"  {line}")
    out.remark("Ctrl-C stops everything.")
    out.say(f"ready {local_address()}")


class CannotPrepare(DomainError):
    code = "setup.cannot-prepare"
    message = "{reason}"
