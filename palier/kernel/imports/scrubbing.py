"""What imports forget when a person is sealed: changes, checking area, corrections, and received files.

A received file that names her is withdrawn: re-encrypted under her key, its row and its hash kept. What a
batch did to her rows can no longer be undone: its other rows can.
"""

import polars as pl

from palier.kernel.documents import store
from palier.kernel.errors import DomainError
from palier.kernel.imports import files
from palier.kernel.imports.models import ImportBatch
from palier.kernel.imports.reading import MIXED, read_table
from palier.kernel.imports.staging import VALUE_COLUMNS, rows, run, stage_column
from palier.kernel.keys import ERASED, SealedSubject, scrubs
from palier.kernel.organisations.current import switching

# Never contained in a row, so that undoing leaves it alone; empty, so that it says nothing.
_NEVER_UNDONE = '{"█": true}'


@scrubs("import_change")
def forget_changes(subject: SealedSubject) -> int:
    """Empty what batches wrote in her rows, or about her in others."""
    # Two of her rows on one line of one batch would lead from her to her door: the line goes too.
    return run(
        """UPDATE import_change
           SET after = %(never)s::jsonb, before = CASE WHEN before IS NOT NULL THEN '{}'::jsonb END,
               line = CASE WHEN row_id = ANY(%(ids)s::uuid[]) THEN NULL ELSE line END
        WHERE row_id = ANY(%(ids)s::uuid[]) OR public.search_key(coalesce(before::text, '')) ~ %(pattern)s
           OR public.search_key(coalesce(after::text, '')) ~ %(pattern)s""",
        {"never": _NEVER_UNDONE, "ids": list(subject.record_ids), "pattern": subject.pattern},
    )


@scrubs("import_stage")
def forget_staged_lines(subject: SealedSubject) -> int:
    """Take her lines out of the checking area, with their issues and the corrections made to them."""
    values = ", ".join(stage_column(index) for index in range(VALUE_COLUMNS))
    hers = rows(
        f"""SELECT batch_id, line FROM import_stage
        WHERE public.search_key(concat_ws(' ', {values})) ~ %(pattern)s
           OR public.search_key((SELECT string_agg(value, ' ') FROM jsonb_each_text(cells))) ~ %(pattern)s
        UNION SELECT batch_id, line FROM import_issue
        WHERE public.search_key(concat_ws(' ', value, proposal)) ~ %(pattern)s""",
        {"pattern": subject.pattern},
    )
    for batch_id, line in hers:
        given = {"batch": batch_id, "line": line, "erased": ERASED}
        run("DELETE FROM import_stage WHERE batch_id = %(batch)s AND line = %(line)s", given)
        run("DELETE FROM import_issue WHERE batch_id = %(batch)s AND line = %(line)s", given)
        run(
            "UPDATE import_correction SET value = %(erased)s WHERE batch_id = %(batch)s AND line = %(line)s",
            given,
        )
    return len(hers)


@scrubs("import_correction")
def forget_corrections(subject: SealedSubject) -> int:
    return run(
        "UPDATE import_correction SET value = %(erased)s WHERE public.search_key(value) ~ %(pattern)s",
        {"erased": ERASED, "pattern": subject.pattern},
    )


@scrubs("import_absent")
def forget_absents(subject: SealedSubject) -> int:
    """Her lease, proposed as ended by some file, is no longer proposed: she is the referent's to end."""
    return run(
        """DELETE FROM import_absent WHERE row_id = ANY(%(ids)s::uuid[])
        OR public.search_key(reference || ' ' || label) ~ %(pattern)s""",
        {"ids": list(subject.record_ids), "pattern": subject.pattern},
    )


@scrubs("import_batch")
def withdraw_files(subject: SealedSubject) -> int:
    """Forget the samples of previews, and withdraw every kept file that names her."""
    changed = run(
        """UPDATE import_batch SET preview = jsonb_set(preview, '{samples}', '[]')
        WHERE jsonb_typeof(preview->'samples') = 'array' AND jsonb_array_length(preview->'samples') > 0""",
    )
    for batch in ImportBatch.objects.select_for_update(of=("self",)).filter(withdrawn_at__isnull=True):
        if _names_her(batch, subject):
            _withdraw(batch, subject)
            changed += 1
    return changed


def _names_her(batch: ImportBatch, subject: SealedSubject) -> bool:
    """Read the file again, line by line joined: a name and a given name stand in two cells."""
    if subject.mentions(batch.file_name):
        return True
    try:
        sheet, separator = batch.reading.get("sheet", ""), batch.reading.get("separator", "")
        table = read_table(files.read(batch), sheet=sheet, separator=separator)
    except files.FileWithdrawn:
        return False
    except DomainError:
        # A file that can no longer be read cannot be cleared of naming her.
        return True
    cells = [name for name in table.frame.columns if name != "line"]
    joined = pl.concat_str([pl.col(name).fill_null("") for name in cells], separator=" ")
    lines = table.frame.select(joined.str.replace_all(MIXED, "")).to_series()
    blocks = (lines.slice(start, 2_000) for start in range(0, len(lines), 2_000))
    return any(subject.mentions(" \n ".join(block)) for block in blocks)


def _withdraw(batch: ImportBatch, subject: SealedSubject) -> None:
    schema, clear_path, sealed_path = switching().schema_name, batch.file_path, f"{batch.file_path}.sealed"
    sealed = subject.key.encrypt(files.read(batch), about=f"import {batch.pk}")
    store.write(schema=schema, path=sealed_path, content=sealed)
    subject.erase_file(str(store.absolute(schema=schema, path=clear_path)))
    batch.file_path, batch.withdrawn_at, batch.withdrawn_key = sealed_path, subject.at, subject.key.wrapped
    if subject.mentions(batch.file_name):
        batch.file_name = ERASED
    batch.save(update_fields=["file_path", "file_name", "withdrawn_at", "withdrawn_key"])


@scrubs("import_undo_row")
def forget_planned_undoings(subject: SealedSubject) -> int:
    """Her rows leave the plans by which files would be undone."""
    return run(
        "DELETE FROM import_undo_row WHERE row_id = ANY(%(ids)s::uuid[])", {"ids": list(subject.record_ids)}
    )
