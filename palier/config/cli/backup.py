"""`palier backup` and `palier restore`."""

from pathlib import Path

from django.utils import timezone

from palier.config.cli.framework import APPLY, Options, Output, argument, command, existing_file


@command(
    "backup",
    help="write the database and the files to one file; never the master key",
    arguments=[argument("file", type=Path, metavar="FILE")],
)
def backup(options: Options, out: Output) -> None:
    from palier.config.backup import back_up

    manifest = back_up(file=options.file.absolute(), at=timezone.now(), tell=out.remark)
    out.say(
        f"{options.file}: {len(manifest.organisations)} organisations, {len(manifest.tables)} tables,"
        f" {manifest.rows} rows, {len(manifest.files)} files"
    )
    out.remark("The master key is not in it: `palier keys export` prints it for the safe.")


@command(
    "restore",
    help="bring a backup back into an empty installation",
    arguments=[argument("file", type=existing_file, metavar="FILE"), APPLY],
)
def restore(options: Options, out: Output) -> None:
    from palier.config import backup

    manifest = backup.read_manifest(options.file)
    out.say(
        f"{options.file}: made at {manifest.made_at}, {len(manifest.organisations)} organisations,"
        f" {len(manifest.tables)} tables, {manifest.rows} rows, {len(manifest.files)} files"
    )
    _compare_keys(manifest.key_fingerprint, out)
    if not options.apply:
        backup.check_restorable(manifest)
        out.dry()
        return
    backup.restore(file=options.file, at=timezone.now(), tell=out.remark)
    out.say("Restored: same rows, same files.")


def _compare_keys(wanted: str, out: Output) -> None:
    from palier.kernel.keys import MasterKeyMissing, fingerprint

    try:
        here = fingerprint()
    except MasterKeyMissing:
        here = "absent"
    if wanted and here != wanted:
        out.remark(
            f"The master key here is {here}, the backup was made under {wanted}: sealed files stay closed"
            " until `palier keys import FILE` brings that one back."
        )
