"""The client of a sign-on service: OpenID Connect, authorization code with PKCE.

Sources: OpenID Connect Core 1.0, 3.1; Discovery 1.0, 4; RFC 7636 (PKCE); RFC 9207 (`iss`). Secret,
code and tokens are never logged; of an ID token only the claims below are kept.
"""

import secrets
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote, urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from wiring.errors import SettingsError, SignOnRefusedError, SignOnUnavailableError
from wiring.settings import Settings

if TYPE_CHECKING:
    from joserfc.jwk import KeySetSerialization

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
"""Of ID tokens: by the service's own key; never `none`, never our secret."""
SCOPE: Final = "openid email"
KNOWN_FOR: Final = timedelta(hours=1)
"""How long what the service says of itself is believed."""
LEEWAY_S: Final = 60
LARGEST_ANSWER: Final = 1024 * 1024
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What the way to the service and the way back are held together by."""

    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """For whom the service vouches."""

    issuer: str
    subject: str
    email: str
    """Empty unless the service says that it verified it."""


def new_promise() -> Promise:
    """Returns what one sign-in is held together by."""
    return Promise(nonce=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48))


class SignOn:
    """One sign-on service, as the settings name it."""

    def __init__(self, settings: Settings) -> None:
        self._sso = settings.sso
        self._issuer = settings.sso.issuer or ""
        self._client_id = settings.sso.client_id or ""
        self._secret_file = settings.sso_secret_file
        self._lock = threading.Lock()
        self._known: tuple[datetime, Mapping[str, Any]] | None = None

    @property
    def issuer(self) -> str:
        """How the service names itself."""
        return self._issuer

    def address(self, *, redirect: str, state: str, promise: Promise, at: datetime) -> str:
        """Returns where the browser goes.

        Raises:
            SignOnUnavailableError: the service does not say where that is.
        """
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect,
            "scope": SCOPE,
            "state": state,
            "nonce": promise.nonce,
            "code_challenge": create_s256_code_challenge(promise.verifier),
            "code_challenge_method": "S256",
        }
        target = str(self._metadata(at)["authorization_endpoint"])
        return f"{target}{'&' if urlsplit(target).query else '?'}{urlencode(asked)}"

    def redeem(
        self, *, code: str, issuer: str, redirect: str, promise: Promise, at: datetime
    ) -> Vouched:
        """Takes the code that came back for whom the service vouches.

        Args:
            code: of the browser's way back.
            issuer: the `iss` beside it; empty where the service sends none.
            redirect: where it came back to.
            promise: of the way there.
            at: aware, UTC.

        Raises:
            SignOnUnavailableError: the service does not answer.
            SignOnRefusedError: the code or the ID token is no good.
            SettingsError: the file with the secret cannot be used.
        """
        known = self._metadata(at)
        if issuer != self._issuer and (
            issuer or known.get("authorization_response_iss_parameter_supported")
        ):
            raise SignOnRefusedError("wrong_issuer")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": promise.verifier,
        }
        # RFC 6749, 2.3.1: both are form-encoded before they become a Basic header.
        who = (quote(self._client_id, safe=""), quote(self._secret(), safe=""))
        status, given = self._call("POST", str(known["token_endpoint"]), data=form, auth=who)
        if status != httpx.codes.OK:
            refused = str(given.get("error", ""))[:40] or str(status)
            raise SignOnRefusedError(f"token_endpoint: {refused}")
        _, keys = self._call("GET", str(known["jwks_uri"]))
        claims = self._claims(given, keys, promise, at)
        verified = claims.get("email_verified") is True
        return Vouched(
            issuer=self._issuer,
            subject=str(claims["sub"]),
            email=str(claims.get("email") or "") if verified else "",
        )

    def _claims(
        self, given: Mapping[str, Any], keys: Mapping[str, Any], promise: Promise, at: datetime
    ) -> Mapping[str, Any]:
        """The ID token's claims, once signature, issuer, audience, times and nonce were checked."""
        try:
            known = KeySet.import_key_set(cast("KeySetSerialization", dict(keys)))
            token = jwt.decode(str(given["id_token"]), known, algorithms=ALGORITHMS)
            found = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": self._client_id},
                    "sub": {"essential": True},
                    "nonce": {"essential": True, "value": promise.nonce},
                },
                params={
                    "nonce": promise.nonce,
                    "client_id": self._client_id,
                    "access_token": given.get("access_token"),
                },
            )
            found.validate(now=int(at.timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError, KeyError, TypeError) as err:
            raise SignOnRefusedError(f"id_token: {type(err).__name__}") from err
        return dict(token.claims)

    def _metadata(self, at: datetime) -> Mapping[str, Any]:
        with self._lock:
            if self._known is not None and abs(at - self._known[0]) < KNOWN_FOR:
                return self._known[1]
        address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        status, found = self._call("GET", address)
        if status != httpx.codes.OK or found.get("issuer") != self._issuer:
            raise SignOnUnavailableError("the service names itself otherwise")
        for name in _ENDPOINTS:
            parts = urlsplit(str(found.get(name, "")))
            if parts.scheme != "https" and parts.netloc != urlsplit(self._issuer).netloc:
                raise SignOnUnavailableError(f"{name} is not protected")
        with self._lock:
            self._known = (at, found)
        return found

    def _call(self, method: str, address: str, **more: Any) -> tuple[int, Mapping[str, Any]]:  # noqa: ANN401 (as httpx takes)
        authorities = self._sso.authorities
        context = ssl.create_default_context(cafile=str(authorities) if authorities else None)
        try:
            with httpx.Client(
                verify=context, timeout=self._sso.timeout_s, trust_env=False,
                follow_redirects=False,
            ) as client:  # fmt: skip
                answer = client.request(method, address, **more)
                if len(answer.content) > LARGEST_ANSWER:
                    raise SignOnUnavailableError("an answer of more than a megabyte")
                found = answer.json()
        except (httpx.HTTPError, ValueError) as err:
            raise SignOnUnavailableError(type(err).__name__) from err
        if not isinstance(found, dict):
            raise SignOnUnavailableError("an answer that is no object")
        return answer.status_code, found

    def _secret(self) -> str:
        path = self._secret_file
        try:
            if path.stat().st_mode & 0o077:
                raise SettingsError("TRINHKY_SSO__SECRET", f"chỉ chủ tệp được đọc {path}.")
            found = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as err:
            raise SettingsError("TRINHKY_SSO__SECRET", f"không đọc được tệp {path}.") from err
        if not found:
            raise SettingsError("TRINHKY_SSO__SECRET", f"tệp {path} trống.")
        return found
