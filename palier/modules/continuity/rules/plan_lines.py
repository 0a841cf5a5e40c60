"""On which line of a TOML text a table or a key stands, so that an error can be pointed at.

`tomllib` gives values without their place. This reader follows headers and keys only; on a layout that it
does not know (a dotted key inside an inline table), it answers with the nearest table above.
"""

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=(.*)$"""
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


def _opens_block(rest: str) -> str:
    """Return the delimiter of a multi-line text that begins here and does not end here, or nothing."""
    for mark in ('"""', "'''"):
        if rest.count(mark) == 1:
            return mark
    return ""


def lines_of(text: str) -> dict[str, int]:
    """Return {path: line number}; tables of an array are numbered from 1: `levels.3.tasks[2].delay`."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table, block = "", ""
    for number, line in enumerate(text.splitlines(), start=1):
        if block:
            block = "" if block in line else block
            continue
        if header := _HEADER.match(line):
            table = ".".join(_parts(header[2]))
            if header[1] == "[[":
                counts[table] = counts.get(table, 0) + 1
                table = f"{table}[{counts[table]}]"
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            path = ".".join([table, *_parts(key[1])]) if table else ".".join(_parts(key[1]))
            found.setdefault(path, number)
            block = _opens_block(key[2])
    return found


def line_of(path: str, lines: dict[str, int]) -> int | None:
    """Return the line of a path, else of the nearest table that contains it."""
    while path:
        if path in lines:
            return lines[path]
        path = path.rpartition(".")[0]
    return None
