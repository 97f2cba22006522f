"""One guarded request for revocation data: where a certificate may make the server call.

A certificate is a stranger's: its addresses are followed only to hosts that the operator named.
"""

import ipaddress
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from typing import Final

import httpx

_PORTS: Final = {"http": 80, "https": 443}
_FORBIDDEN: Final = tuple(
    # Addresses that carry an IPv4 address inside (RFC 6052, RFC 3056, RFC 4380).
    ipaddress.ip_network(one)
    for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlinePolicy:
    """Where and how much may be fetched. The default fetches nothing."""

    hosts: frozenset[tuple[str, int]] = frozenset()
    """Host name in lower case, and port."""

    timeout_s: float = 10.0
    """For each step (connecting, sending, every piece of the answer), and for the whole body; in
    seconds."""

    size_limit: int = 2_000_000
    """Largest answer, in bytes."""

    requests: int = 6
    """How many answers may be asked for on behalf of one file."""

    total_s: float = 20.0
    """For all of them, in seconds; a name that does not resolve is waited for no longer."""

    dangerous_allow_loopback: bool = False
    """For tests alone: this machine may be called."""


def fetch(url: str, policy: OnlinePolicy, *, ocsp_request: bytes | None = None) -> bytes | None:
    """Body of the answer 200 (GET, or POST of an OCSP request, RFC 6960 A.1), or None.

    The name is resolved once and the connection goes to that address; no redirect, no proxy of
    the environment, no decompression.
    """
    try:
        target = httpx.URL(url)
        address = _address(target, policy)
        return None if address is None else _ask(target, address, policy, ocsp_request)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
        return None


def names_allowed(url: str, policy: OnlinePolicy) -> bool:
    """Whether an address is one that may be asked, by its name alone."""
    try:
        return _allowed_port(httpx.URL(url), policy) is not None
    except (httpx.InvalidURL, ValueError):
        return False


def _allowed_port(target: httpx.URL, policy: OnlinePolicy) -> int | None:
    port = target.port or _PORTS.get(target.scheme)
    if target.scheme not in _PORTS or target.userinfo or port is None:
        return None
    return port if (target.host.lower(), port) in policy.hosts else None


def _address(target: httpx.URL, policy: OnlinePolicy) -> Address | None:
    port = _allowed_port(target, policy)
    if port is None:
        return None
    answers = socket.getaddrinfo(target.host, port, type=socket.SOCK_STREAM)
    found = [ipaddress.ip_address(one[4][0]) for one in answers]
    allowed = bool(found) and all(_may_call(one, policy) for one in found)
    return found[0] if allowed else None


def _may_call(address: Address, policy: OnlinePolicy) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_loopback:
        return policy.dangerous_allow_loopback
    if address.is_multicast or address.is_reserved or any(address in one for one in _FORBIDDEN):
        return False
    return address.is_global


def _ask(
    target: httpx.URL, address: Address, policy: OnlinePolicy, ocsp_request: bytes | None
) -> bytes | None:
    headers = {"Host": target.netloc.decode("ascii"), "Accept-Encoding": "identity"}
    if ocsp_request is not None:
        headers["Content-Type"] = "application/ocsp-request"
    with (
        httpx.Client(
            verify=_trusted(), trust_env=False, follow_redirects=False, timeout=policy.timeout_s
        ) as client,
        client.stream(
            "GET" if ocsp_request is None else "POST",
            target.copy_with(host=str(address)),
            headers=headers,
            content=ocsp_request,
            extensions={"sni_hostname": target.host},
        ) as answer,
    ):
        if answer.status_code != httpx.codes.OK:
            return None
        return _limited(answer.iter_raw(), policy)


@cache
def _trusted() -> SSLContext:
    """Whom a connection trusts; to read their certificates takes as long as ten questions."""
    return httpx.create_ssl_context(trust_env=False)


def _limited(pieces: Iterable[bytes], policy: OnlinePolicy) -> bytes | None:
    body, end = bytearray(), time.monotonic() + policy.timeout_s
    for piece in pieces:
        body += piece
        if len(body) > policy.size_limit or time.monotonic() > end:
            return None
    return bytes(body)
