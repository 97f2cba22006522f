"""What every answer carries, and how large a request may be. Plain ASGI: nothing is buffered."""

from collections.abc import Iterable
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.problem_words import PROBLEM_TYPE, as_members

_POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
CONTENT_SECURITY_POLICY: Final = "; ".join(_POLICY)
"""Nothing inline, nothing from elsewhere."""

HEADERS: Final = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
STRICT_TRANSPORT: Final = ("Strict-Transport-Security", "max-age=31536000")
FORM_BODY_BYTES: Final = 512 * 1024
"""Largest body where no file is expected."""


class SecurityHeaders:
    """Adds the headers to every answer; pages are never kept by a browser or a proxy."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = (*HEADERS, STRICT_TRANSPORT) if https else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers:
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BodyLimit:
    """Gives up on bodies that are too large where no file is expected.

    Paths that take files look after themselves, with the office's own limit.
    """

    def __init__(self, app: ASGIApp, *, file_paths: Iterable[str]) -> None:
        self._app = app
        self._file_paths = tuple(file_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http" or scope["path"].startswith(self._file_paths):
            await self._app(scope, receive, send)
            return
        if _declared(scope) > FORM_BODY_BYTES:
            await _too_large(scope["path"])(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > FORM_BODY_BYTES:
                # To the application the sender has gone; nothing of the body is used.
                return {"type": "http.disconnect"}
            return message

        await self._app(scope, counted, send)


def _too_large(path: str) -> Response:
    sentence = "Yêu cầu quá lớn."
    if not path.startswith("/api/"):
        return PlainTextResponse(sentence, 413)
    return JSONResponse(as_members(413, "too_large", sentence), 413, media_type=PROBLEM_TYPE)


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
