"""Take the pictures of the documentation on the demonstration, so that they stay true.

    python scripts/screenshots.py                       serves a demonstration of its own, then removes it
    python scripts/screenshots.py --url http://127.0.0.1:8000     uses one that is being served

Writes docs/screenshots/NAME-WIDTH.png. Needs Chromium (apt install chromium).
"""

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "screenshots"
ORGANISATION = "corbieres"
EMAIL, PASSWORD = "demo@palier.example", "palier-demonstration"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--lang=fr-FR", "--font-render-hinting=none"]  # fmt: skip
WIDTHS = {1366: 900, 360: 780}
# How to reach each picture: an address from a page, the organisation's first address and the demonstration's files.
Find = Callable[[Page, str, Path | None], str]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", help="a demonstration already served")
    parser.add_argument("--demo-files", type=Path, help="its folder of files (PALIER_DATA/demo)")
    parser.add_argument("--only", nargs="*", help="names of the pictures to take")
    options = parser.parse_args(arguments)
    browser_path = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if browser_path is None:
        print("Chromium is not installed: apt install chromium", file=sys.stderr)
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    with _served(options.url, options.demo_files) as (url, files), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=QUIET)
        _take_all(browser, url, files, options.only)
        browser.close()
    return 0


@contextmanager
def _served(url: str | None, files: Path | None) -> Iterator[tuple[str, Path | None]]:
    """Give the address of a demonstration and its files; one of our own unless an address is given."""
    if url:
        yield url.rstrip("/"), files
        return
    with tempfile.TemporaryDirectory(prefix="palier-pictures-") as folder:
        # Root lends the database to another user, who must be able to reach it.
        Path(folder).chmod(0o711)
        port = _free_port()
        environment = {**os.environ, "PALIER_DATA": f"{folder}/data", "PALIER_KEY_FILE": f"{folder}/key/master.key",
                       "PORT": str(port)}  # fmt: skip
        command = [sys.executable, "-m", "palier.config.cli", "serve", "--prepare"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            _wait_until_ready(server)
            yield f"http://127.0.0.1:{port}", Path(folder) / "data" / "demo"
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(server: "subprocess.Popen[str]") -> None:
    for line in server.stdout or ():
        print(line, end="", file=sys.stderr)
        if line.startswith("ready "):
            return
    raise SystemExit("The demonstration could not be served: see above.")


def _take_all(browser: Browser, url: str, files: Path | None, only: list[str] | None) -> None:
    chosen = {name: show for name, show in PICTURES.items() if not only or name in only}
    for email in dict.fromkeys(AS_WHOM.get(name, EMAIL) for name in chosen):
        pictures = {name: show for name, show in chosen.items() if AS_WHOM.get(name, EMAIL) == email}
        _take_as(browser, url, files, email, pictures)


def _take_as(browser: Browser, url: str, files: Path | None, email: str, pictures: dict[str, Find]) -> None:
    state = _signed_in(browser, url, email)
    context = browser.new_context(
        storage_state=state, locale="fr-FR", viewport={"width": 1366, "height": 900}
    )
    addresses = {
        name: find(context.new_page(), f"{url}/o/{ORGANISATION}/", files) for name, find in pictures.items()
    }
    context.close()
    for width, height in WIDTHS.items():
        context = browser.new_context(
            storage_state=state,
            locale="fr-FR",
            viewport={"width": width, "height": height},
            device_scale_factor=1,
        )
        for name, address in addresses.items():
            if address:
                _take(context.new_page(), address, TARGET / f"{name}-{width}.png", full=width < 500)
        context.close()


def _signed_in(browser: Browser, url: str, email: str) -> Any:
    page = browser.new_page(locale="fr-FR")
    page.goto(f"{url}/account/login/")
    page.fill("#id_login", email)
    page.fill("#id_password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state("networkidle")
    if "/account/login" in page.url:
        raise SystemExit(f"{email} could not sign in: is this the demonstration?")
    state = page.context.storage_state()
    page.close()
    return state


def _take(page: Page, address: str, target: Path, *, full: bool) -> None:
    """One picture. A phone's is cut at three screens: a whole page would be a ribbon."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    size = page.viewport_size or {"width": 1366, "height": 900}
    whole = page.evaluate("document.documentElement.scrollHeight")
    height = min(whole, size["height"] * (2 if full else 1))
    page.set_viewport_size({"width": size["width"], "height": int(height)})
    page.screenshot(path=target)
    print(f"{target.relative_to(ROOT)} {target.stat().st_size // 1024} kB")
    page.close()


def _fixed(path: str) -> Find:
    def find(page: Page, home: str, files: Path | None) -> str:
        page.close()
        return home + path

    return find


def _first_of_list(path: str, pattern: str) -> Find:
    """The first record of a list whose address matches."""

    def find(page: Page, home: str, files: Path | None) -> str:
        page.goto(home + path)
        links = page.eval_on_selector_all("main a", "links => links.map(link => link.href)")
        page.close()
        return next((link for link in links if re.search(pattern, link)), "")

    return find


def _largest_residence(page: Page, home: str, files: Path | None) -> str:
    return _first_of_list("estate/residences/?sort=-dwellings", r"/residences/[0-9a-f-]{36}/$")(
        page, home, files
    )


def _preview(page: Page, home: str, files: Path | None) -> str:
    """Level 4, which differs from the level 3 in force."""
    page.close()
    return f"{home}continuity/levels/preview/?plan=pandemic&level=4"


def _frail_person(page: Page, home: str, files: Path | None) -> str:
    """Somebody with a marker: the page has something to say. The list leads to the marker, under the person."""
    marker = _first_of_list("people/markers/", r"/people/[0-9a-f-]{36}/")(page, home, files)
    return re.sub(r"(/people/[0-9a-f-]{36}/).*", r"\1", marker)


def _presence_of_a_team(page: Page, home: str, files: Path | None) -> str:
    page.goto(f"{home}staff/teams/")
    team = page.locator("main td a[href*='/teams/']").first.get_attribute("href")
    page.goto(f"{home.split('/o/')[0]}{team}")
    fill = page.locator(".heading-actions a[href*='presence']").first
    address = str(fill.evaluate("link => link.href")) if fill.count() else page.url
    page.close()
    return address


def _import_with_errors(page: Page, home: str, files: Path | None) -> str:
    """Load a spoiled rent roll and stop where its errors are shown."""
    if files is None:
        page.close()
        return ""
    with tempfile.TemporaryDirectory() as folder:
        spoiled = Path(folder) / "locatif-abime.csv"
        script = [
            sys.executable,
            str(ROOT / "scripts" / "spoil_locatif.py"),
            str(files / ORGANISATION),
            str(spoiled),
        ]
        subprocess.run(script, check=True, stdout=subprocess.DEVNULL)
        page.goto(f"{home}imports/new/")
        # The browser reads the file when the form goes, not before.
        page.set_input_files("#id_file", str(spoiled))
        page.check("input[name=kind][value=locatif]")
        page.click("main form button[type=submit]")
        page.wait_for_load_state("networkidle")
    if "/mapping/" in page.url:
        page.click("main form button[type=submit].btn-primary")
    page.wait_for_selector("main .tabs", timeout=120_000)
    address = page.url
    page.close()
    return address


def _first_household(page: Page, home: str, files: Path | None) -> str:
    """The desk with a household in hand: taking one is a click."""
    page.goto(f"{home}calls/desk/")
    take = page.locator("main form[action$='/take/'] button[type=submit]")
    if take.count():
        take.first.click()
        page.wait_for_load_state("networkidle")
    address = page.url
    page.close()
    return address


PICTURES: dict[str, Find] = {
    "board": _fixed("continuity/"),
    "preview": _preview,
    "import": _import_with_errors,
    "residence": _largest_residence,
    "person": _frail_person,
    "presence": _presence_of_a_team,
    "desk": _first_household,
    "team": _fixed("calls/team/"),
    "campaign": _first_of_list("calls/campaigns/", r"/calls/campaigns/[0-9a-f-]{36}/$"),
    "referrals": _fixed("referrals/"),
    "accompaniment": _first_of_list("support/files/", r"/support/files/[0-9a-f-]{36}/$"),
}

# The desk of somebody who calls, the file of somebody who accompanies; everything else as who sees it all.
AS_WHOM = {"desk": "clientele@corbieres.example", "accompaniment": "social@corbieres.example"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
