"""A gate before a service: while it is shut, whoever calls waits, as before a slow server."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class Gate:
    """Listens on the loopback interface and passes bytes on to a server, or keeps them waiting."""

    def __init__(self, target: str) -> None:
        where = urlsplit(target)
        self._target = (where.hostname or "", where.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open = threading.Event()
        self._open.set()
        self.waiting = threading.Event()
        """Set as soon as somebody waits before the shut gate."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def shut(self) -> None:
        self.waiting.clear()
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                threading.Thread(target=self._pass_on, args=(caller,), daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._open.set()

    def _pass_on(self, caller: socket.socket) -> None:
        if not self._open.is_set():
            self.waiting.set()
            self._open.wait()
        with caller, socket.create_connection(self._target) as server:
            back = threading.Thread(target=_copy, args=(server, caller), daemon=True)
            back.start()
            _copy(caller, server)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def gate_before(target: str) -> Iterator[Gate]:
    gate = Gate(target)
    thread = threading.Thread(target=gate.serve, daemon=True)
    thread.start()
    try:
        yield gate
    finally:
        gate.close()
        thread.join()
