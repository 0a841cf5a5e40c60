"""A real OpenID provider of the tests' own, on loopback, and somebody who walks through its pages."""

import http.cookiejar
import json
import shutil
import socket
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit

from django.conf import settings

from palier.kernel.accounts.providers import Provider

SECRET = "a secret & of: the tests"
KEY = "maison"


@dataclass
class RunningProvider:
    """The process of the provider and what a test may ask of it."""

    process: subprocess.Popen[str]
    port: int

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self, **changed: object) -> Provider:
        fields: dict[str, object] = {
            "key": KEY,
            "label": "Maison",
            "issuer": self.issuer,
            "discovery_url": f"{self.issuer}/.well-known/openid-configuration",
            "client_id": "palier",
            "client_secret": SECRET,
        }
        return Provider(**{**fields, **changed})  # type: ignore[arg-type]

    def behave(self, **wanted: object) -> None:
        """Spoil its tokens (`spoil`), say how people signed in there (`amr`), or change its key (`key`)."""
        request = urllib.request.Request(f"{self.issuer}/__test", data=json.dumps(wanted).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()

    def sign_in(self, address: str, person: str) -> str:
        """Walk from the authorization address to the answer: the address to which the browser is sent back."""
        opener = urllib.request.build_opener(
            _Stop, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        while urlsplit(address).netloc == urlsplit(self.issuer).netloc:
            if "/interaction/" in address:
                address += f"?as={person}"
            address = _next(opener, address, self.issuer)
        return address


class _Stop(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:  # type: ignore[override]
        return None


def _next(opener: urllib.request.OpenerDirector, address: str, issuer: str) -> str:
    try:
        with opener.open(address, timeout=10) as answer:
            raise AssertionError(f"{address} stayed: {answer.read()[:300]!r}")
    except HTTPError as answer:
        with answer:
            assert answer.code in (302, 303), (address, answer.code, answer.read()[:400])
            target = answer.headers["Location"]
    return target if target.startswith("http") else issuer + target


def start() -> RunningProvider:
    """Run the provider; it answers within a second."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    assert node, "node is missing from the environment: run `make test`, which installs it"
    assert (settings.PROJECT_ROOT / "node_modules" / "oidc-provider").exists(), (
        "the OpenID provider of the tests is not installed: run `make test`, which installs it"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    back = f"{settings.BASE_URL}/account/oidc/{KEY}/callback/"
    process = subprocess.Popen(
        [node, str(Path(__file__).with_name("provider.mjs")), str(port), back],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready", "the OpenID provider of the tests did not start"
    return RunningProvider(process, port)


def stop(running: RunningProvider) -> None:
    running.process.terminate()
    running.process.wait(timeout=10)
    if running.process.stdout:
        running.process.stdout.close()
