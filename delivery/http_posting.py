"""Posting bytes to hosts that the operator named, and to no other.

An address comes from the data of an organisation, so it is not trusted: only hosts of the list are
called, redirects are never followed, no proxy or password of the environment is used, and an answer
is read only as far as people would read it.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httpx

from delivery.looping import OwnLoop

LOOPBACK: Final = frozenset(("127.0.0.1", "localhost", "::1"))
_PORTS: Final = {"https": 443, "http": 80}
_ANSWER_BYTES: Final = 4096
_SHOWN: Final = 300


class AddressRefusedError(ValueError):
    """The address may not be called; ``code`` is a word, the message says what to do."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side answered."""

    status: int
    words: str
    """The beginning of the body on one line, with Retry-After where the server gave it."""
    headers: Mapping[str, str]
    """In lower case."""


class Poster:
    """Posts over one kept connection per host; for one thread at a time."""

    def __init__(
        self,
        *,
        hosts: frozenset[tuple[str, int]],
        tls_context: ssl.SSLContext | None = None,
        allow_http: bool = False,
        timeout_s: float = 30.0,
        total_s: float = 120.0,
    ) -> None:
        """Keep the settings; nothing is opened yet.

        Args:
            hosts: host in lower case and port; no other is ever called.
            tls_context: whom to trust; the system's certificates by default.
            allow_http: let hosts other than this machine be called without TLS.
            timeout_s: for each step: connection, sending, each part of the answer.
            total_s: for the whole, against servers that answer a byte at a time.
        """
        self._hosts, self._allow_http = hosts, allow_http
        self._context = tls_context
        self._timeout_s, self._total_s = timeout_s, total_s
        self._loop = OwnLoop()
        self._client: httpx.AsyncClient | None = None

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post a body and return the answer, whatever its status.

        Raises:
            AddressRefusedError: the address is none that may be called.
            httpx.TransportError: no connection, or no answer.
            TimeoutError: the whole took longer than ``total_s``.
        """
        self.check(url)
        return self._loop.run(self._post(url, body, headers), at_most_s=self._total_s)

    def check(self, url: str) -> None:
        """Say whether an address may be called.

        Raises:
            AddressRefusedError: no web address, a host that is not on the list, or without TLS.
        """
        parts = _split(url)
        host, port = (parts.hostname or "").lower(), parts.port or _PORTS[parts.scheme]
        if (host, port) not in self._hosts:
            raise AddressRefusedError(
                "host_not_allowed", f"máy chủ {host}:{port} chưa có trong danh sách được phép gọi"
            )
        if parts.scheme == "http" and not self._allow_http and host not in LOOPBACK:
            raise AddressRefusedError("without_tls", "địa chỉ phải bắt đầu bằng https://")

    def close(self) -> None:
        """Close the connections. Idempotent."""
        client, self._client = self._client, None
        if client is not None:
            self._loop.run(client.aclose(), at_most_s=self._timeout_s)
        self._loop.close()

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        client = self._client = self._client or self._open()
        async with client.stream("POST", url, content=body, headers=dict(headers)) as answer:
            said = b""
            async for chunk in answer.aiter_raw():
                said += chunk
                if len(said) >= _ANSWER_BYTES:
                    break
            kept = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(status=answer.status_code, words=_words(answer, said), headers=kept)

    def _open(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=self._context or ssl.create_default_context(),
            follow_redirects=False,
            trust_env=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "trinh-ky"},
            timeout=self._timeout_s,
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=8),
        )


def read_hosts(text: str) -> frozenset[tuple[str, int]]:
    """Return host and port of a list such as ``a.example,b.example:8443``; 443 where none is."""
    found = set[tuple[str, int]]()
    for one in filter(None, (part.strip() for part in text.lower().split(","))):
        host, _, port = one.rpartition(":") if re.search(r":\d+$", one) else (one, "", "443")
        found.add((host.strip("[]"), int(port)))
    return frozenset(found)


def _split(url: str) -> SplitResult:
    """Take an address apart, and leave nothing in it to be read in two ways."""
    wrong = AddressRefusedError(
        "not_an_address", "địa chỉ phải có dạng https://may-chu/duong-dan, không có tên người dùng"
    )
    if not re.fullmatch(r"[!-~]{1,300}", url) or "\\" in url:
        raise wrong
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise wrong
    return parts


def _words(answer: httpx.Response, said: bytes) -> str:
    text = " ".join(said.decode("utf-8", "replace").replace("\0", "�").split())[:_SHOWN]
    after = answer.headers.get("Retry-After", "")[:40]
    text = text or answer.reason_phrase or "không có lời"
    return f"{text} (Retry-After: {after})" if after else text
