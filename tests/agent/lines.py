"""Lines between an agent and a portal: a slow one that breaks, and one that listens and lies."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from typing_extensions import override

from wiring.clock import sleep

_PIECE: Final = 2048


@dataclass
class BadLine:
    """Bytes pass slowly, and each of the first connections breaks after some of them."""

    portal: str
    breaks: list[int]
    """After how many bytes of answer each connection breaks, first come first; then none does."""
    pause_s: float = 0.002
    """Between two pieces of 2 KB."""
    broken: int = 0
    sent: bytearray = field(default_factory=bytearray)
    """What the agent sent, all connections one after the other."""

    @contextmanager
    def open(self) -> Iterator[str]:
        """The address of the line's near end."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=self._serve, args=(server,), daemon=True).start()
            yield f"http://127.0.0.1:{server.getsockname()[1]}"

    def _serve(self, server: socket.socket) -> None:
        with suppress(OSError):  # the server was closed
            while True:
                near, _ = server.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        parts = urlsplit(self.portal)
        far = socket.create_connection((parts.hostname or "", parts.port or 80))
        threading.Thread(target=self._pass, args=(near, far), daemon=True).start()
        limit = self.breaks.pop(0) if self.breaks else None
        passed = 0
        with near, far, suppress(OSError):
            while data := far.recv(_PIECE):
                sleep(self.pause_s)
                passed += len(data)
                if limit is not None and passed > limit:
                    self.broken += 1
                    for end in (near, far):
                        end.shutdown(socket.SHUT_RDWR)
                    return
                near.sendall(data)

    def _pass(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(_PIECE):
                self.sent += data
                far.sendall(data)


Said = dict[str, Any]
Lie = Callable[[Said], Said]


@dataclass(frozen=True)
class Asked:
    """One request as it crossed."""

    method: str
    path: str
    headers: bytes
    body: bytes


@dataclass
class Listener:
    """Writes down all that an agent sends; answers as the portal does, or as it is told to lie."""

    portal: str
    asked: list[Asked] = field(default_factory=list)
    lies: dict[str, Lie] = field(default_factory=dict)
    """End of a path, to what becomes of its JSON."""
    bytes_of: Callable[[str, bytes], bytes] = lambda _path, data: data
    """What becomes of a document."""
    holds: str = ""
    """End of a path whose request is not passed on but held, until the agent is gone."""
    swallows: str = ""
    """End of a path whose request is passed on, and whose answer is held."""
    cuts: str = ""
    """End of a path whose requests are answered by hanging up."""
    held: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def open(self) -> Iterator[str]:
        """The address at which it listens."""
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                listener.serve(self)

            def do_POST(self) -> None:
                listener.serve(self)

            def do_PUT(self) -> None:
                listener.serve(self)

            def do_DELETE(self) -> None:
                listener.serve(self)

            @override
            def log_message(self, format: str, *args: Any) -> None:
                return None

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        self.released.set()
        server.shutdown()
        server.server_close()

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length", "0")))
        self.asked.append(Asked(handler.command, handler.path, handler.headers.as_bytes(), body))
        if self.cuts and handler.path.endswith(self.cuts):
            handler.close_connection = True
            return
        if self.holds and handler.path.endswith(self.holds):
            self._hold()
            return
        answer = httpx.request(
            handler.command, self.portal + handler.path, content=body,
            headers={
                name: value
                for name, value in handler.headers.items()
                if name.lower() in {"authorization", "content-type", "range"}
            },
            timeout=60,
        )  # fmt: skip
        if self.swallows and handler.path.endswith(self.swallows):
            self._hold()
            return
        data = self._told(handler.path, answer)
        handler.send_response(answer.status_code)
        for name in ("content-type", "content-range", "etag"):
            if name in answer.headers:
                handler.send_header(name, answer.headers[name])
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def _hold(self) -> None:
        self.held.set()
        self.released.wait(60)

    def _told(self, path: str, answer: httpx.Response) -> bytes:
        if "application/json" not in answer.headers.get("content-type", ""):
            return self.bytes_of(path, answer.content)
        said = answer.json()
        for end, lie in self.lies.items():
            if path.endswith(end):
                said = lie(said)
        return json.dumps(said).encode()
