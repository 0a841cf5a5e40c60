"""A real browser on a real server: Chromium, a landlord of its own, and the application's database role."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread

SLUG = "vitrine"
EMAIL = "agnes.marty@vitrine.example"
PASSWORD = "un mot de passe sûr"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
AXE = settings.PROJECT_ROOT / "node_modules" / "axe-core" / "axe.min.js"


@dataclass(frozen=True)
class Site:
    """Where the server answers, and the sample records that pages are opened with."""

    url: str
    samples: dict[str, Any]

    def address(self, path: str) -> str:
        return f"{self.url}{path}"

    def inside(self, path: str = "") -> str:
        return f"{self.url}/o/{SLUG}/{path}"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The machine's Chromium, driven by Playwright."""
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found is None:
        pytest.skip("Chromium is not installed on this machine: apt install chromium")
    if not (settings.PROJECT_ROOT / "build" / "vendor").exists():
        pytest.skip("the files of the pages are not built: make test builds them")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: make test installs it"
    )
    # Playwright runs a loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def site(chromium: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """A landlord of the browser's own, filled with a little of everything, and served."""
    from tests.browser.landlord import fill

    with django_db_blocker.unblock():
        _drop()
        _create()
        samples = fill(SLUG, EMAIL)
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    with django_db_blocker.unblock():
        server.start()
        server.is_ready.wait()
    if server.error:
        raise server.error
    yield Site(f"http://127.0.0.1:{server.port}", samples)
    with django_db_blocker.unblock():
        server.terminate()
        _drop()


@pytest.fixture(autouse=True)
def _database_open(django_db_blocker: Any) -> Iterator[None]:
    """The server's threads read the database while a test of this folder runs."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def browser_page(chromium: Any, site: Site, signed_in_state: Any) -> Iterator[Callable[..., Any]]:
    """`browser_page(width=1366)`: a page of a person signed in; `signed_in=False` for a stranger."""
    contexts = []

    def opened(*, width: int = 1366, signed_in: bool = True, dark: bool = False) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            locale="fr-FR",
            color_scheme="dark" if dark else "light",
            storage_state=signed_in_state if signed_in else None,
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def signed_in_state(chromium: Any, site: Site, django_db_blocker: Any) -> Any:
    """The cookies of somebody who signed in by the page, once for every test."""
    page = chromium.new_page(locale="fr-FR")
    with django_db_blocker.unblock():
        _sign_in(page, site)
    state = page.context.storage_state()
    page.close()
    return state


def _sign_in(page: Any, site: Site) -> None:
    page.goto(site.address("/account/login/"))
    page.fill("#id_login", EMAIL)
    page.fill("#id_password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"**/o/{SLUG}/**")


def _create() -> None:
    from palier.config.start import acting_as_owner
    from palier.kernel.organisations import provision

    with acting_as_owner():
        provision.create_organisation(
            slug=SLUG,
            name="Vitrine Habitat",
            kind="landlord",
            departments=["11", "34"],
            on_call_number="0465710100",
        )


def _drop() -> None:
    from palier.config.start import acting_as_owner
    from palier.kernel.accounts.models import User
    from palier.kernel.organisations.models import Organisation
    from palier.kernel.organisations.provision import drop_organisation

    with acting_as_owner():
        User.objects.filter(email=EMAIL).delete()
        for organisation in Organisation.objects.filter(slug=SLUG):
            drop_organisation(organisation)


@contextmanager
def complaints(page: Any) -> Iterator[list[str]]:
    """What the browser's console says against the page while the block runs: errors, refused styles or scripts."""
    heard: list[str] = []

    def hear(message: Any) -> None:
        if message.type == "error":
            heard.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield heard
    page.remove_listener("console", hear)


def axe(page: Any) -> list[str]:
    """Accessibility faults of the page as it stands, one sentence each."""
    page.evaluate(Path(AXE).read_text(encoding="utf-8") + ";0")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", rules)
    return [
        f"{fault['id']}: {node['html'][:160]}" for fault in found["violations"] for node in fault["nodes"][:3]
    ]
