"""OpenID Connect, the relying party's side: the code flow with PKCE, state and nonce, and a verified ID token.

Written on PyJWT rather than on allauth's provider, which sends no nonce and leaves the signature of a token that
it fetched itself unchecked. Everything here takes the time as an argument and knows nothing of pages.
OpenID Connect Core 1.0, 3.1; RFC 7636 (PKCE); RFC 9700 (best practice).
"""

import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import structlog
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from palier.kernel.accounts.providers import Provider
from palier.kernel.errors import DomainError

log = structlog.get_logger(__name__)

#: Only signatures whose key is public: with HS256 or "none" a token could be forged from what is known.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
TIMEOUT_SECONDS = 8
MAX_ANSWER_BYTES = 512 * 1024
DISCOVERY_SECONDS = 3600
#: Clocks of two servers differ a little.
LEEWAY_SECONDS = 60
#: Somebody who walks away in the middle begins again.
FLOW_SECONDS = 600


class ProviderUnreachable(DomainError):
    code = "accounts.provider-unreachable"
    message = _("{label} does not answer. Try again in a minute, or sign in with your password.")


class ProviderRefused(DomainError):
    code = "accounts.provider-refused"
    message = _("{label} did not let you in. Begin again; if it lasts, tell your administrator.")


class FlowLost(DomainError):
    code = "accounts.flow-lost"
    message = _("This sign-in was begun in another window or too long ago. Begin again.")


class IdentityRefused(DomainError):
    code = "accounts.identity-refused"
    message = _(
        "What {label} says of you could not be verified, so you were not let in. Tell your administrator the time"
        " and this code: {reason}."
    )


@dataclass(frozen=True)
class Flow:
    """One sign-in under way: what the browser's session keeps until the provider answers."""

    state: str
    nonce: str
    verifier: str
    begun_at: float

    @property
    def challenge(self) -> str:
        return _base64url(hashlib.sha256(self.verifier.encode("ascii")).digest())


@dataclass(frozen=True)
class Identity:
    """Whom the provider says this is, once its word is verified."""

    provider: Provider
    issuer: str
    subject: str
    email: str
    is_email_verified: bool
    name: str
    has_second_factor: bool
    claims: dict[str, Any]


def new_flow(at: datetime) -> Flow:
    return Flow(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        begun_at=at.timestamp(),
    )


def authorization_url(provider: Provider, flow: Flow, *, redirect_uri: str) -> str:
    """Where to send the browser. Raises: ProviderUnreachable."""
    return _with(
        configuration(provider)["authorization_endpoint"],
        response_type="code",
        client_id=provider.client_id,
        redirect_uri=redirect_uri,
        scope=" ".join(provider.scopes),
        state=flow.state,
        nonce=flow.nonce,
        code_challenge=flow.challenge,
        code_challenge_method="S256",
        **({"acr_values": " ".join(provider.second_factor_acr)} if provider.second_factor_acr else {}),
    )


def sign_out_url(provider: Provider, *, return_to: str) -> str | None:
    """The provider's own sign-out, where it has one. Raises: ProviderUnreachable."""
    endpoint = configuration(provider).get("end_session_endpoint")
    return (
        _with(endpoint, client_id=provider.client_id, post_logout_redirect_uri=return_to)
        if endpoint
        else None
    )


def identify(
    provider: Provider, flow: Flow | None, answer: dict[str, str], *, redirect_uri: str, at: datetime
) -> Identity:
    """Turn the provider's answer to the browser into a verified identity.

    Raises: FlowLost, ProviderRefused, ProviderUnreachable, IdentityRefused.
    """
    if flow is None or at.timestamp() - flow.begun_at > FLOW_SECONDS:
        raise FlowLost()
    if not secrets.compare_digest(answer.get("state", ""), flow.state):
        raise FlowLost()
    # RFC 9207: an answer that names another issuer was mixed up on the way.
    if "iss" in answer and answer["iss"] != configuration(provider)["issuer"]:
        raise IdentityRefused(label=provider.label, reason="issuer")
    if "error" in answer or not answer.get("code"):
        log.info("oidc.refused", provider=provider.key, error=answer.get("error", "")[:60])
        raise ProviderRefused(label=provider.label)
    tokens = _exchange(provider, flow, answer["code"], redirect_uri)
    claims = verified_claims(provider, str(tokens.get("id_token", "")), nonce=flow.nonce, at=at)
    if "email" not in claims and tokens.get("access_token"):
        claims = _with_user_info(provider, claims, str(tokens["access_token"]))
    return _identity(provider, claims)


def verified_claims(provider: Provider, token: str, *, nonce: str, at: datetime) -> dict[str, Any]:
    """Check an ID token whole: signature by one of the provider's keys, issuer, audience, times, nonce.

    Raises: IdentityRefused with the check that failed, ProviderUnreachable.
    """
    try:
        key = _key_for(provider, jwt.get_unverified_header(token))
        claims = jwt.decode(
            token, key=key, algorithms=[key.algorithm_name], options={"verify_exp": False, "verify_iat": False,
            "verify_nbf": False, "require": ["iss", "sub", "aud", "exp", "iat"]},
            audience=provider.client_id, issuer=configuration(provider)["issuer"],
        )  # fmt: skip
    except jwt.PyJWTError as problem:
        raise _refused(provider, type(problem).__name__) from problem
    now = at.timestamp()
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    checks = {
        "expired": now <= float(claims["exp"]) + LEEWAY_SECONDS,
        "issued-later": float(claims["iat"]) <= now + LEEWAY_SECONDS,
        "nonce": secrets.compare_digest(str(claims.get("nonce", "")), nonce),
        "authorized-party": len(audience) == 1 or claims.get("azp") == provider.client_id,
        "subject": bool(claims["sub"]),
    }
    failed = next((name for name, holds in checks.items() if not holds), None)
    if failed:
        raise _refused(provider, failed)
    return claims


def _refused(provider: Provider, reason: str) -> IdentityRefused:
    log.warning("oidc.identity-refused", provider=provider.key, reason=reason)
    return IdentityRefused(label=provider.label, reason=reason)


def _identity(provider: Provider, claims: dict[str, Any]) -> Identity:
    email = str(claims.get("email") or "").strip().lower()
    return Identity(
        provider=provider,
        issuer=claims["iss"],
        subject=claims["sub"],
        email=email,
        is_email_verified=claims.get("email_verified") is True or provider.vouches_for_emails,
        name=str(claims.get("name") or email.partition("@")[0])[:120],
        has_second_factor=provider.showed_second_factor(claims),
        claims=claims,
    )


def _with_user_info(provider: Provider, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
    """Some providers keep the e-mail for their user-info address; its subject must be the token's (Core, 5.3.2)."""
    endpoint = configuration(provider).get("userinfo_endpoint")
    if not endpoint:
        return claims
    told = _fetch(provider, endpoint, headers={"Authorization": f"Bearer {access_token}"})
    if told.get("sub") != claims["sub"]:
        raise _refused(provider, "user-info")
    return {**told, **claims}


def _exchange(provider: Provider, flow: Flow, code: str, redirect_uri: str) -> dict[str, Any]:
    """Change the code for tokens, proving by PKCE that the flow is ours, and by the secret that we are."""
    known = configuration(provider)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": flow.verifier,
        "client_id": provider.client_id,
    }
    headers = {}
    methods = known.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if provider.client_secret and "client_secret_basic" in methods:
        pair = f"{_quoted(provider.client_id)}:{_quoted(provider.client_secret)}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        del form["client_id"]
    elif provider.client_secret:
        form["client_secret"] = provider.client_secret
    return _fetch(provider, known["token_endpoint"], data=urlencode(form).encode(), headers=headers)


def configuration(provider: Provider, *, fresh: bool = False) -> dict[str, Any]:
    """The provider's discovery document, kept for an hour. Its issuer must be the one that it was asked of.

    Raises: ProviderUnreachable, IdentityRefused.
    """
    kept = f"oidc:discovery:{_digest(provider)}"
    known = None if fresh else cache.get(kept)
    if known is None:
        known = _fetch(provider, provider.discovery_url)
        wanted = {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"}
        if not wanted <= known.keys() or known["issuer"].rstrip("/") != provider.issuer.rstrip("/"):
            raise _refused(provider, "discovery")
        cache.set(kept, known, DISCOVERY_SECONDS)
    return known


def _key_for(provider: Provider, header: dict[str, Any]) -> jwt.PyJWK:
    """The provider's key that the token names; asked for again once, because providers change their keys."""
    if header.get("alg") not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError("not an accepted algorithm")
    for is_fresh in (False, True):
        for one in _keys(provider, fresh=is_fresh):
            if header.get("kid") in (None, one.key_id) and one.algorithm_name == header["alg"]:
                return one
    raise jwt.InvalidKeyError("no such key")


def _keys(provider: Provider, *, fresh: bool) -> list[jwt.PyJWK]:
    kept = f"oidc:keys:{_digest(provider)}"
    raw = None if fresh else cache.get(kept)
    if raw is None:
        # A token of an unknown key must not let anybody make this server ask the provider without end.
        if fresh and not cache.add(f"{kept}:asked", "y", timeout=5):
            return []
        raw = _fetch(provider, configuration(provider)["jwks_uri"])
        cache.set(kept, raw, DISCOVERY_SECONDS)
    return list(_usable(raw.get("keys", [])))


def _usable(raw: list[dict[str, Any]]) -> Any:
    for one in raw:
        if one.get("use", "sig") == "sig" and one.get("kty") in ("RSA", "EC", "OKP"):
            try:
                yield jwt.PyJWK(one)
            except jwt.PyJWTError:
                continue


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A server that answers "elsewhere" would receive the code or the secret there."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def _fetch(
    provider: Provider, address: str, *, data: bytes | None = None, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    if urlsplit(address).scheme not in ("https", urlsplit(provider.discovery_url).scheme):
        raise ProviderUnreachable(label=provider.label)
    request = urllib.request.Request(
        address, data=data, headers={"Accept": "application/json", **(headers or {})}
    )
    try:
        with _opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            answer = json.loads(response.read(MAX_ANSWER_BYTES))
    except urllib.error.HTTPError as refused:
        log.warning("oidc.refused", provider=provider.key, status=refused.code)
        refused.close()
        # 4xx is about this code or this client; 5xx about the provider's health.
        error = ProviderRefused if refused.code < 500 else ProviderUnreachable
        raise error(label=provider.label) from None
    except (OSError, ValueError) as trouble:
        log.warning("oidc.unreachable", provider=provider.key, trouble=type(trouble).__name__)
        raise ProviderUnreachable(label=provider.label) from trouble
    if not isinstance(answer, dict):
        raise ProviderUnreachable(label=provider.label)
    return answer


def _with(address: str, **parameters: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"


def _quoted(text: str) -> str:
    """RFC 6749, 2.3.1: both halves of the pair are form-encoded first."""
    return urlencode({"x": text})[2:]


def _digest(provider: Provider) -> str:
    return hashlib.sha256(provider.discovery_url.encode()).hexdigest()[:24]


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
