"""`palier load`: a landlord's own file, from a terminal or from cron."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.utils import timezone

from palier.config.cli.framework import (
    APPLY,
    JSON,
    ORGANISATION,
    Options,
    Output,
    acting,
    argument,
    command,
    existing_file,
    opened,
)

KINDS = ("patrimoine", "locatif", "staff", "coverage", "rpls", "partners")
SHOWN_ERRORS = 40
NOTHING: dict[str, Any] = {"read": 0, "applied": 0, "unchanged": 0, "refused": 0, "set_aside": 0, "absent": 0}


@command(
    "load",
    help="load a file of the landlord: property, leases, staff, coverage, RPLS or partners (CSV, XLSX, ODS)",
    arguments=[
        argument("kind", metavar="KIND", choices=KINDS, help="what the file holds: " + ", ".join(KINDS)),
        argument(
            "file", metavar="FILE", type=existing_file, help="the file, in any usual encoding and separator"
        ),
        ORGANISATION,
        argument("--full", action="store_true", help="the file is whole: what it no longer has has ended"),
        argument(
            "--profile", default="", metavar="NAME", help="read it with the mapping kept under this name"
        ),
        argument("--all-or-nothing", action="store_true", help="apply nothing if a single line is refused"),
        argument(
            "--accept-absent", action="store_true", help="end what a full file leaves out, however much"
        ),
        APPLY,
        JSON,
    ],
)
def load(options: Options, out: Output) -> None:
    from palier.kernel.errors import DomainError
    from palier.kernel.imports import selectors

    by = acting(options.organisation)
    with opened(options.organisation):
        try:
            batch = _load(options, out, by)
        except DomainError as refusal:
            _refuse(options, out, refusal)
            return
        report = selectors.report(batch)
        if batch.refused:
            out.refuse(f"{batch.refused} lines were refused.")
        _answer(options, out, report)
        if not options.apply:
            _forget(batch, by)
            out.dry()


def _load(options: Options, out: Output, by: Any) -> Any:
    """Receive, check, and apply if asked; a load that was killed goes on where it was."""
    from palier.kernel.imports import services
    from palier.kernel.imports.enums import BatchState, Coverage

    now, data = timezone.now(), options.file.read_bytes()
    coverage = Coverage.FULL if options.full else Coverage.PARTIAL
    same = {
        "kind": options.kind,
        "data": data,
        "coverage": coverage,
        "all_or_nothing": options.all_or_nothing,
    }
    batch = services.find_unfinished(**same) if options.apply else None
    if batch is not None:
        out.remark("A load of this file was interrupted: it goes on.")
    else:
        batch = services.receive(
            **same,
            file_name=options.file.name,
            by=by,
            at=now,
            day=timezone.localdate(now),
            profile=options.profile,
            accept_absent=options.accept_absent,
            limited=False,
        )
    if batch.state != BatchState.APPLYING:
        with ExitStack() as bars:
            batch = services.check_batch(
                batch_id=batch.pk, by=by, at=now, progress=_bars(out, bars), preview=not options.apply
            )
    if not options.apply:
        _say_what_would_stop(batch, options, out)
        return batch
    if batch.state == BatchState.CHECKED:
        services.begin_apply(batch_id=batch.pk, by=by, at=now)
    with ExitStack() as bars:
        return services.apply_batch(batch_id=batch.pk, by=by, at=now, progress=_bars(out, bars))


def _bars(out: Output, bars: ExitStack) -> Callable[[int, int, str], None]:
    """One progress bar per part of the work."""
    titles = {
        "lines": "Reading and checking",
        "preview": "Working out what would change",
        "merge": "Applying",
    }
    opened_bars: dict[str, list[Any]] = {}

    def tell(done: int, total: int, note: str) -> None:
        if note not in titles:
            return
        if note not in opened_bars:
            opened_bars[note] = [bars.enter_context(out.progress(titles[note], total)), 0]
        advance, before = opened_bars[note]
        advance(done - before)
        opened_bars[note][1] = done

    return tell


def _say_what_would_stop(batch: Any, options: Options, out: Output) -> None:
    """A dry run says what `--apply` would refuse."""
    from palier.kernel.errors import DomainError
    from palier.kernel.imports.services.applying import AllOrNothing, refuse_unanswered_absent

    try:
        refuse_unanswered_absent(batch)
    except DomainError as refusal:
        out.refuse(refusal)
    if options.all_or_nothing and batch.refused:
        out.refuse(AllOrNothing(refused=batch.refused))


def _refuse(options: Options, out: Output, refusal: Any) -> None:
    """A file that is refused as a whole: the reason on standard error, and in the JSON where a program reads it."""
    out.refuse(refusal)
    if options.json:
        error = {"line": None, "column": None, "code": refusal.code, "severity": "error", "value": None}
        fields = {
            name: number
            for name, number in refusal.fields.items()
            if name in NOTHING and isinstance(number, int)
        }
        out.json({**NOTHING, **fields, "errors": [{**error, "message": str(refusal), "remedy": ""}]})


def _answer(options: Options, out: Output, report: dict[str, Any]) -> None:
    if options.json:
        out.json(report)
        return
    names = {
        "read": "lines read",
        "applied": "applied" if options.apply else "would be applied",
        "unchanged": "change nothing",
        "refused": "refused",
        "set_aside": "set aside for the referent",
        "absent": "absent from the file",
    }
    out.table(["lines", "number"], [(label, report[key]) for key, label in names.items()])
    errors = report["errors"]
    if errors:
        shown = [
            (e["line"], e["column"], e["value"], f"{e['message']} {e['remedy']}")
            for e in errors[:SHOWN_ERRORS]
        ]
        out.table(["line", "column", "cell", "what is wrong, what to do"], shown)
    if len(errors) > SHOWN_ERRORS:
        out.remark(f"… and {len(errors) - SHOWN_ERRORS} more: --json gives them all.")


def _forget(batch: Any, by: Any) -> None:
    """A dry run leaves nothing behind: neither the file nor what was staged."""
    from palier.kernel.imports import services

    services.discard(batch_id=batch.pk, by=by, at=timezone.now())
