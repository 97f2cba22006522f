"""The services outside: time-stamping authorities, OCSP responders, CRL servers."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
from asn1crypto import cms
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend

from signing.certificates import load
from signing.mechanism import Digest
from signing.timestamps import Asking, TimestampService, clock_from

CLOCK_DRIFT: Final = timedelta(minutes=10)
"""How far the clocks of the services may be from ours while evidence is gathered."""


def _no_headers() -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustServices:
    """Where time stamps and evidence come from."""

    timestamps: tuple[TimestampService, ...] = ()
    """In the order in which they are asked. None: no time stamp can be had."""

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

    slots: Path | None = None
    """Folder that all processes of an office share: calls at once are counted across them."""

    revocation_timeout_s: float = 20.0


class Session:
    """One connection to the services, for the length of one act."""

    def __init__(self, services: TrustServices, http: aiohttp.ClientSession, at: datetime) -> None:
        self.services = services
        self._http = http
        self.now = clock_from(at)
        """The instant of now; a slow service may let minutes go by."""

    def context(self, *, known: Iterable[bytes] = ()) -> ValidationContext:
        """What gathers evidence as of now: revocation must be known, and must be good."""
        backend = AIOHttpFetcherBackend(
            self._http, per_request_timeout=int(self.services.revocation_timeout_s)
        )
        return self._context(
            known,
            allow_fetching=self.services.allow_fetching,
            revocation_mode="require",
            fetcher_backend=backend,
        )

    def _context(self, known: Iterable[bytes] = (), **terms: Any) -> ValidationContext:  # noqa: ANN401 (the library's own terms)
        services = self.services
        return ValidationContext(
            trust_roots=[load(root) for root in services.roots],
            other_certs=[load(der) for der in (*services.intermediates, *known)],
            moment=self.now(),
            time_tolerance=CLOCK_DRIFT,
            **terms,
        )

    def _silent_context(self) -> ValidationContext:
        return self._context(allow_fetching=False, revocation_mode="soft-fail")

    async def time_stamp(
        self,
        digest: bytes,
        algorithm: Digest = Digest.SHA256,
        *,
        thorough: ValidationContext | None = None,
    ) -> cms.ContentInfo:
        """An RFC 3161 token over a digest, checked. See `signing.timestamps`.

        Args:
            digest: Of what is to be stamped.
            algorithm: Its hash.
            thorough: Of `context`, where the revocation of the token's certificates must be known.

        Raises:
            TimestampUnavailableError: No service gave a usable answer.
        """
        asking = Asking(
            services=self.services.timestamps,
            http=self._http,
            now=self.now,
            context=self._silent_context,
            slots=self.services.slots,
        )
        return await asking.stamp(digest, algorithm, thorough=thorough)


@contextlib.asynccontextmanager
async def open_session(services: TrustServices, *, at: datetime) -> AsyncIterator[Session]:
    """Connects, and closes at the end.

    Args:
        services: Whom to ask.
        at: The instant of now, aware.
    """
    headers = dict(services.headers())
    async with aiohttp.ClientSession(headers=headers, proxy=services.proxy) as http:
        yield Session(services, http, at)
