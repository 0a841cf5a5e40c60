"""`palier keys`: the master key, printed for the safe and brought back from it."""

from palier.config.cli.framework import Options, Output, argument, command, existing_file


@command("keys export", help="print the master key, for the safe", database=False)
def export(options: Options, out: Output) -> None:
    from palier.kernel.keys import export_for_safe

    out.say(export_for_safe().rstrip("\n"))


@command(
    "keys import",
    help="bring the master key back from what was printed",
    arguments=[argument("file", type=existing_file, metavar="FILE")],
    database=False,
)
def import_key(options: Options, out: Output) -> None:
    from palier.kernel.keys import fingerprint, import_from_safe

    path = import_from_safe(options.file.read_text(encoding="utf-8", errors="replace"))
    out.say(f"The master key {fingerprint()} is at {path}.")
