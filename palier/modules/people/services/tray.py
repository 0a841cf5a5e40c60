"""Lines of a loaded file that name a sealed person: no screen shows them, the referent's tray receives
them.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from palier.kernel import keys
from palier.modules.people.models import SealedIdentity, TrayLine
from palier.modules.people.selectors.sealed import files_named_by
from palier.modules.people.services.reading import line_about
from palier.modules.people.services.sealing import key_about


def fill_tray(*, batch_id: UUID, rows: Sequence[dict[str, Any]], at: datetime) -> None:
    """Encrypt each line under the key of each person it names. A file staged twice leaves one line.

    `rows`: `{"line": 12, "values": {"contract": "C1", …}, "cells": {"N° contrat": "C1", …}}`.
    """
    TrayLine.objects.filter(batch_id=batch_id, state="waiting").delete()
    for row in rows:
        for file_id in files_named_by(row["values"], row["cells"].values()):
            _put(file_id, batch_id=batch_id, row=row, at=at)


def _put(file_id: UUID, *, batch_id: UUID, row: dict[str, Any], at: datetime) -> None:
    file = SealedIdentity.objects.get(pk=file_id)
    key = keys.open_data_key(file.wrapped_key, about=key_about(file))
    line = TrayLine(file=file, batch_id=batch_id, received_at=at)
    content = json.dumps({"line": row["line"], "cells": row["cells"]}, ensure_ascii=False).encode()
    line.content = key.encrypt(content, about=line_about(line))
    line.save(force_insert=True)
