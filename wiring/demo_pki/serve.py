"""Answers for the demo authority on the loopback interface: time stamps, OCSP, CRL.

Run: `python -m wiring.demo_pki.serve FOLDER --port N` (0 takes a free port). It prints one line
`demo-pki: http://127.0.0.1:PORT` once it answers, and stops on SIGTERM.

Whoever asks may say at which instant the answer is to be given, in the header `CLOCK_HEADER` (ISO
8601); without it the answer is of the real time. Clients use the server as an HTTP proxy.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel
from typing_extensions import override
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from wiring.demo_pki.build import load_architecture
from wiring.demo_pki.recipe import ARCH

CLOCK_HEADER: Final = "X-Certomancer-Fake-Time"
LOOPBACK: Final = "127.0.0.1"


class _QuietHandler(WSGIRequestHandler):
    """Writes no access log: the callers log what they ask."""

    @override
    def log(self, type: str, message: str, *args: Any) -> None:
        del type, message, args


class _Authority:
    """The authority as its files say it; certomancer fills caches and knows no threads."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self._read_at, self._app = self._opened()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        with self._lock:
            if self._written_at() != self._read_at:
                self._read_at, self._app = self._opened()  # somebody got a certificate since
            answer: Iterable[bytes] = self._app(environ, start_response)
            return answer

    def _written_at(self) -> int:
        return (self._folder / "recipe.json").stat().st_mtime_ns

    def _opened(self) -> tuple[int, Animator]:
        at = self._written_at()
        store = AnimatorArchStore({ArchLabel(ARCH): load_architecture(self._folder)})
        return at, Animator(store, with_web_ui=False, allow_time_override=True)


def clock_headers(at: datetime) -> dict[str, str]:
    """Asks for the answer of an instant (aware)."""
    return {CLOCK_HEADER: at.isoformat()}


def make_demo_server(folder: Path, *, port: int = 0) -> BaseWSGIServer:
    """A server bound to the loopback interface; `serve_forever` and `shutdown` are the caller's."""
    return make_server(
        LOOPBACK, port, _Authority(folder), threaded=True, request_handler=_QuietHandler
    )


@contextlib.contextmanager
def serving(folder: Path, *, port: int = 0) -> Iterator[str]:
    """Serves in a thread of this process until the block ends; gives the address."""
    server = make_demo_server(folder, port=port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def main(arguments: list[str]) -> int:
    """Serves until SIGTERM or SIGINT; exit status 0."""
    parser = argparse.ArgumentParser(prog="wiring.demo_pki.serve", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serving(options.folder, port=options.port) as address:
        sys.stdout.write(f"demo-pki: {address}\n")
        sys.stdout.flush()
        stop.wait()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
