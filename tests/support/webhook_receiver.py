"""A receiver of webhooks on loopback: checks signatures, knows repeats, misbehaves on request."""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from typing_extensions import override

from delivery.webhook_signing import KEY, Checked, check_signature

SECRET = b"mot-bi-mat-dai-it-nhat-ba-muoi-hai-ky-tu"


Answering = Callable[[BaseHTTPRequestHandler, bytes], bool]


class Receiver:
    """A context manager; it can be stopped and started again at its port."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.port = 0
        self.taken: dict[str, bytes] = {}
        """Bodies by Idempotency-Key: what arrived and was proved."""
        self.calls: list[tuple[str, dict[str, str]]] = []
        """Path and headers of every request, proved or not."""
        self.answer: Answering | None = None
        """Answers in its own way, before anything is taken; True where that was all."""
        self.checked: list[Checked] = []
        self._tls = tls
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/nhan"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._server = _Server(("127.0.0.1", self.port), self, self._tls)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        for connection in self._server.open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join()
        self._server = self._thread = None

    def take(self, handler: BaseHTTPRequestHandler, body: bytes) -> int:
        """Does what docs/channels.md asks of a receiver; returns the status."""
        found = check_signature(
            dict(handler.headers.items()), body, secret=SECRET, at=datetime.now(UTC)
        )
        self.checked.append(found)
        if found is not Checked.GENUINE:
            return 401
        known = self.taken.setdefault(handler.headers[KEY], body)
        return 202 if known is body else 409


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(
        self, address: tuple[str, int], receiver: Receiver, tls: ssl.SSLContext | None
    ) -> None:
        self.receiver = receiver
        self.open: list[socket.socket] = []
        super().__init__(address, _Handler)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.append(request)
        super().process_request(request, client_address)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is none of our business."""


class _Handler(BaseHTTPRequestHandler):
    timeout = 5
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.calls.append((self.path, dict(self.headers.items())))
        if receiver.answer is not None and receiver.answer(self, body):
            self.close_connection = True
            return
        status = receiver.take(self, body)
        said = b"da nhan" if status == 202 else b"da co" if status == 409 else b"sai chu ky"
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal."""


def says(status: int, body: bytes = b"", **headers: str) -> Answering:
    """Always the same answer, whatever came."""

    def answer(handler: BaseHTTPRequestHandler, taken: bytes) -> bool:
        del taken
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
        return True

    return answer


def silent(receiver: Receiver, times: int = 1) -> Answering:
    """Takes the whole message and hangs up without a word, so many times."""
    left = [times]

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        left[0] -= 1
        return left[0] >= 0 and bool(receiver.take(handler, body))

    return answer


def drips(handler: BaseHTTPRequestHandler, taken: bytes) -> bool:
    """Answers one byte at a time, without end, until the client goes."""
    del taken
    try:
        while True:
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        return True
