"""Somebody who signs in by the pages, and sets up an app by them."""

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

PASSWORD = "un mot de passe sûr"


def sign_in(member, client=None):
    client = client or Client()
    client.post("/account/login/", {"login": member.user.email, "password": PASSWORD})
    return client


def code_of(secret: str, *, step: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def enrol(client) -> tuple[str, list[str]]:
    """Set up an app by the pages and return its secret and the recovery codes."""
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page)[1]
    client.post("/account/2fa/totp/activate/", {"code": code_of(secret)})
    codes = re.findall(r"<code>(\d{8})</code>", client.get("/account/2fa/recovery-codes/").content.decode())
    return secret, codes
