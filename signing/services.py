"""The services outside: time-stamping authority, OCSP responders, CRL servers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import aiohttp
from asn1crypto import cms, x509
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend

from signing.certificates import load
from signing.errors import TimestampUnavailableError

CLOCK_DRIFT: Final = timedelta(minutes=10)
"""How far the clocks of the services may be from ours while evidence is gathered."""


def _no_headers() -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustServices:
    """Where evidence comes from. The government's authority was seen to take 2 to 131 s."""

    tsa_url: str
    """Empty: nobody is asked, and no time stamp can be had."""

    roots: tuple[bytes, ...]
    """DER of the anchors under which our certificates and the authority's must lie."""

    intermediates: tuple[bytes, ...] = ()
    """DER of further certificates that may be needed for a chain; nothing is fetched for chains."""

    allow_fetching: bool = True
    """False: no OCSP and no CRL is asked for; then there is no evidence to embed."""

    headers: Callable[[], Mapping[str, str]] = _no_headers
    """Sent with each request; tells the demo's authority the simulated instant."""

    proxy: str | None = None
    """HTTP proxy for all requests; the demo's authority is reached through itself as proxy."""

    tsa_timeout_s: float = 180.0
    tsa_tries: int = 3
    tsa_pause_s: float = 2.0
    """Before the second try; doubled for each further one."""

    revocation_timeout_s: float = 20.0


class Session:
    """One connection to the services, for the length of one act."""

    def __init__(self, services: TrustServices, http: aiohttp.ClientSession) -> None:
        self.services = services
        self._http = http

    def context(self, *, at: datetime, known: Iterable[bytes] = ()) -> ValidationContext:
        """What gathers evidence as of `at`: revocation must be known, and must be good."""
        services = self.services
        backend = AIOHttpFetcherBackend(
            self._http, per_request_timeout=int(services.revocation_timeout_s)
        )
        return ValidationContext(
            trust_roots=[load(root) for root in services.roots],
            other_certs=[load(der) for der in (*services.intermediates, *known)],
            moment=at,
            allow_fetching=services.allow_fetching,
            revocation_mode="require",
            time_tolerance=CLOCK_DRIFT,
            fetcher_backend=backend,
        )

    async def time_stamp(self, digest: bytes) -> cms.ContentInfo:
        """An RFC 3161 token over a SHA-256 digest.

        Raises:
            TimestampUnavailableError: No usable answer after all tries.
        """
        services = self.services
        if not services.tsa_url:
            raise TimestampUnavailableError(services.tsa_url, "no address is set")
        client = HTTPTimeStamper(
            services.tsa_url, timeout=services.tsa_timeout_s, session=self._http
        )
        reason = ""
        for attempt in range(services.tsa_tries):
            if attempt:
                await asyncio.sleep(services.tsa_pause_s * 2 ** (attempt - 1))
            try:
                token = await client.async_timestamp(digest, "sha256")
            except (TimestampRequestError, aiohttp.ClientError, OSError, ValueError) as err:
                reason = f"{type(err).__name__}: {err}"
                continue
            if imprint(token) == digest:
                return token
            reason = "the token stamps another digest"
        raise TimestampUnavailableError(services.tsa_url, reason)


def imprint(token: cms.ContentInfo) -> bytes:
    """The digest that a time-stamp token stamps."""
    info = token["content"]["encap_content_info"]["content"].parsed
    return bytes(info["message_imprint"]["hashed_message"].native)


@contextlib.asynccontextmanager
async def open_session(services: TrustServices) -> AsyncIterator[Session]:
    """Connects, and closes at the end."""
    headers = dict(services.headers())
    async with aiohttp.ClientSession(headers=headers, proxy=services.proxy) as http:
        yield Session(services, http)


def certificates_of(signed_data: cms.SignedData) -> list[x509.Certificate]:
    """All X.509 certificates that travel in a CMS structure."""
    return [choice.chosen for choice in signed_data["certificates"] if choice.name == "certificate"]
