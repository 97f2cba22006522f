"""The guarded request, against a real server on this machine."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from signing.online import OnlinePolicy, fetch


@dataclass
class Served:
    """A running server and the paths it was asked for."""

    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def policy(self) -> OnlinePolicy:
        """Allows this server."""
        hosts = frozenset({("localhost", self.port), ("127.0.0.1", self.port)})
        return OnlinePolicy(
            hosts=hosts, timeout_s=0.5, size_limit=1000, dangerous_allow_loopback=True
        )

    def url(self, path: str) -> str:
        """Address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture
def served() -> Iterator[Served]:
    state = Served()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            if self.path == "/slow":
                time.sleep(1)
            self.send_response(302 if self.path == "/redirect" else 200)
            self.send_header("Location", "/good")
            self.end_headers()
            for _ in range(8 if self.path == "/drip" else 0):
                self.wfile.write(b"x")
                time.sleep(0.1)
            self.wfile.write(b"x" * ({"/big": 1001, "/drip": 1}.get(self.path, 1000)))

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield state
        server.shutdown()


def test_an_allowed_host_is_asked_and_its_answer_taken(served: Served) -> None:
    assert fetch(served.url("/good"), served.policy) == b"x" * 1000
    assert served.asked == ["/good"]


@pytest.mark.parametrize("path", ["/big", "/slow", "/drip"])
def test_a_big_or_slow_answer_is_dropped(served: Served, path: str) -> None:
    assert fetch(served.url(path), served.policy) is None
    assert served.asked == [path]


def test_a_redirect_is_not_followed(served: Served) -> None:
    assert fetch(served.url("/redirect"), served.policy) is None
    assert served.asked == ["/redirect"]


def test_nothing_is_called_by_default(served: Served) -> None:
    assert fetch(served.url("/good"), OnlinePolicy()) is None
    assert served.asked == []


def test_an_allowed_name_that_leads_to_this_machine_is_not_called(served: Served) -> None:
    policy = replace(served.policy, dangerous_allow_loopback=False)
    assert fetch(f"http://localhost:{served.port}/good", policy) is None
    assert served.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://[::ffff:127.0.0.1]:{port}/good",
        "http://user@127.0.0.1:{port}/good",
        "http://2130706433:{port}/good",
        "ftp://127.0.0.1:{port}/good",
        "http://127.0.0.1:{port}x/good",
    ],
)
def test_another_spelling_of_an_allowed_host_is_not_called(served: Served, url: str) -> None:
    assert fetch(url.format(port=served.port), served.policy) is None
    assert served.asked == []


@pytest.mark.parametrize(
    "host",
    ["10.0.0.1", "169.254.169.254", "224.0.0.1", "240.0.0.1", "::1", "fe80::1", "64:ff9b::a00:1"],
)
def test_an_inner_address_is_refused_although_allowed_by_name(host: str) -> None:
    policy = OnlinePolicy(hosts=frozenset({(host, 80)}), timeout_s=5)
    shown = f"[{host}]" if ":" in host else host
    started = time.monotonic()
    assert fetch(f"http://{shown}/", policy) is None
    assert time.monotonic() - started < 1
