"""One line to a remote signing service: JSON over HTTPS, bounded in time and size.

Nothing is tried twice, no redirect is followed (it would carry the office's bearer token to
somebody else), nothing is decompressed, no proxy of the environment is used.
Source: CSC API 1.0.4, 6 to 10 (Cloud Signature Consortium, Architectures and protocols for remote
signature applications).
"""

from __future__ import annotations

import asyncio
import json
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import aiohttp
from typing_extensions import override

from signing.errors import KeyRefusedError, KeyUnavailableError

SIZE_LIMIT: Final = 1024 * 1024
"""Largest answer, in bytes; the largest that is right has some hundred kilobytes."""
_PIECE: Final = 64 * 1024
PATH: Final = "/csc/v1/"
_OVERLOADED: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
_UNAUTHORISED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteService:
    """Where a service is and how the office shows itself."""

    name: str
    """As people call it."""
    url: str
    """Base address, without `/csc/v1`."""
    bearer: Bearer | None = None
    authorities: Path | None = None
    """PEM of those who vouch for the service's own certificate; by default the machine's."""
    proxy: str | None = None
    """HTTP proxy on the way to it."""
    timeout_s: float = 30.0
    """For each answer, all of it."""
    consent_timeout_s: float = 180.0
    """For leave to sign; a person may have to confirm on a telephone."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A bearer token that shows itself in no `repr`."""

    token: str

    @override
    def __repr__(self) -> str:
        return "Bearer(***)"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a service says when it refuses. Source: CSC API 1.0.4, 10.1."""

    status: int
    words: str
    """`error` and `error_description`, in lower case; a stranger's text, never shown."""


class ServiceComplainedError(Exception):
    """Inside this room only: the service refused, and its answer says why."""

    def __init__(self, complaint: Complaint) -> None:
        self.complaint = complaint
        super().__init__(f"HTTP {complaint.status}")


class ServiceLine:
    """A connection that is kept open; one caller at a time. Close it."""

    def __init__(self, service: RemoteService) -> None:
        """Calls nobody yet.

        Raises:
            KeyUnavailableError: The file of authorities cannot be read.
        """
        self.service = service
        self._vouched = _vouched(service)
        self._runner = asyncio.Runner()
        self._http: aiohttp.ClientSession | None = None

    def ask(self, method: str, body: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        """Calls a method of the service.

        Raises:
            KeyUnavailableError: No answer in time, or the service is in trouble.
            KeyRefusedError: `unauthorised` or `wrong_answer`.
            ServiceComplainedError: It refused in the protocol's own way.
        """
        try:
            status, data = self._runner.run(self._ask(method, body, timeout_s))
        except (TimeoutError, aiohttp.ClientError, OSError):
            raise self._silent() from None
        if status in _UNAUTHORISED and not _names_the_pin(data):
            raise KeyRefusedError(
                "unauthorised",
                f"Dịch vụ ký từ xa “{self.service.name}” không nhận mã truy cập của cơ quan. "
                "Việc cần làm: báo người vận hành xem lại TRINHKY_REMOTE__BEARERS.",
            )
        if status in _OVERLOADED or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise self._silent()
        answer = _read(data)
        if status != HTTPStatus.OK:
            raise ServiceComplainedError(Complaint(status, _words(answer)))
        if answer is None:
            raise wrong_answer(self.service)
        return answer

    async def _ask(self, method: str, body: dict[str, Any], timeout_s: float) -> tuple[int, bytes]:
        http = self._http = self._http or self._connect()
        async with http.post(
            self.service.url.rstrip("/") + PATH + method,
            json=body,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=timeout_s),
        ) as response:
            data = b""
            async for piece in response.content.iter_chunked(_PIECE):
                data += piece
                if len(data) > SIZE_LIMIT:
                    return HTTPStatus.OK, b""
            return response.status, data

    def _connect(self) -> aiohttp.ClientSession:
        headers = {"Accept-Encoding": "identity"}
        if self.service.bearer is not None:
            headers["Authorization"] = f"Bearer {self.service.bearer.token}"
        return aiohttp.ClientSession(
            headers=headers,
            proxy=self.service.proxy,
            auto_decompress=False,
            connector=aiohttp.TCPConnector(ssl=self._vouched, limit=1),
            cookie_jar=aiohttp.DummyCookieJar(loop=self._runner.get_loop()),
        )

    def _silent(self) -> KeyUnavailableError:
        return KeyUnavailableError(
            f"dịch vụ {self.service.name}",
            f"Dịch vụ ký từ xa “{self.service.name}” không trả lời hoặc đang có sự cố; chưa có gì "
            "được ký. Việc cần làm: ký lại sau ít phút; báo người vận hành nếu kéo dài.",
        )

    def close(self) -> None:
        """Gives the connection back."""
        http, self._http = self._http, None
        if http is not None:
            self._runner.run(http.close())
        self._runner.close()


def _vouched(service: RemoteService) -> ssl.SSLContext:
    file = str(service.authorities) if service.authorities else None
    try:
        return ssl.create_default_context(cafile=file)
    except OSError:  # of which ssl.SSLError is one
        raise KeyUnavailableError(
            f"dịch vụ {service.name}",
            f"Không đọc được tệp chứng thư {file} dùng để nhận ra dịch vụ ký từ xa. "
            "Việc cần làm: báo người vận hành xem lại TRINHKY_REMOTE__AUTHORITIES.",
        ) from None


def _read(data: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _words(answer: dict[str, Any] | None) -> str:
    if answer is None:
        return ""
    return f"{answer.get('error', '')} {answer.get('error_description', '')}".lower()


def _names_the_pin(data: bytes) -> bool:
    """Some services answer a wrong PIN by 401 or 403, too."""
    return "pin" in _words(_read(data)).replace("_", " ").split()


def wrong_answer(service: RemoteService) -> KeyRefusedError:
    """What a service gave is not what was asked for."""
    return KeyRefusedError(
        "wrong_answer",
        f"Dịch vụ ký từ xa “{service.name}” trả về kết quả không đúng với văn bản hoặc chứng thư; "
        "kết quả đã bị loại bỏ. "
        "Việc cần làm: không ký tiếp qua dịch vụ này; báo ngay người vận hành.",
    )
