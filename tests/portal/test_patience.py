"""Who stops in the middle of sending is answered and let go; who is merely slow is heard."""

import asyncio
import socket
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import pytest

from portal.app import make_app
from portal.patience import SLOWEST_BYTES_S, BodyPatience
from tests.portal.browsing import Browsing
from tests.support.serving_portal import served

STILL_S = 0.4
LONG_S = 10.0


async def _echo(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 (ASGI)
    """Reads the body and tells what came, or that the sender has gone."""
    del scope
    whole, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            whole, more = b"gone", False
        else:
            whole += message["body"]
            more = message.get("more_body", False)
    await send({"type": "told", "body": whole})


def _heard(pieces: list[tuple[float, bytes]], still_s: float = STILL_S) -> bytes:
    """What the application hears of pieces that come after so many seconds, none of them last."""
    told: list[bytes] = []
    left = iter(pieces)

    async def receive() -> dict[str, Any]:
        after, body = next(left)
        await asyncio.sleep(after)
        return {"type": "http.request", "body": body, "more_body": body != b"end"}

    async def send(message: dict[str, Any]) -> None:
        told.append(message["body"])

    asyncio.run(BodyPatience(_echo, still_s=still_s)({"type": "http"}, receive, send))
    return told[0]


def test_a_body_in_slow_pieces_is_heard_whole() -> None:
    assert _heard([(STILL_S / 4, b"a" * SLOWEST_BYTES_S)] * 6 + [(0, b"end")]).endswith(b"end")


def test_a_body_that_stands_still_is_given_up() -> None:
    assert _heard([(0, b"a"), (LONG_S, b"end")]) == b"gone"


def test_a_body_that_drips_is_given_up_though_it_never_stands_still() -> None:
    began = monotonic()
    assert _heard([(STILL_S / 4, b"a")] * 400) == b"gone"
    assert monotonic() - began < LONG_S


def test_after_the_body_an_answer_may_take_its_time() -> None:
    """A page that waits for what comes next must not be told that its reader has left."""

    async def waiting(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 (ASGI)
        del scope
        await receive()
        await send({"type": "told", "body": (await receive())["type"].encode()})

    told: list[bytes] = []
    pieces = iter([(0.0, "http.request"), (STILL_S * 3, "http.disconnect")])

    async def receive() -> dict[str, Any]:
        after, kind = next(pieces)
        await asyncio.sleep(after)
        return {"type": kind, "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        told.append(message["body"])

    began = monotonic()
    asyncio.run(BodyPatience(waiting, still_s=STILL_S)({"type": "http"}, receive, send))
    assert told == [b"http.disconnect"]
    assert monotonic() - began >= STILL_S * 3


@pytest.mark.parametrize("path", ["/dang-nhap", "/kiem-tra-chu-ky"])
def test_the_portal_answers_a_sender_that_stops_half_way_and_lets_the_line_go(
    browsing: Browsing, path: str
) -> None:
    patient = BodyPatience(make_app(browsing.seeded.office), still_s=STILL_S)
    with served(patient) as url, _begun(url, path) as line:
        line.settimeout(LONG_S)
        answer = b""
        while piece := line.recv(65_536):
            answer += piece
    head, _, page = answer.partition(b"\r\n\r\n")
    assert b" 408 " in head.splitlines()[0] + b" "
    assert "Kiểm tra đường truyền rồi gửi lại.".encode() in page


def _begun(url: str, path: str) -> socket.socket:
    """A connection on which a form was begun and left."""
    address = urlsplit(url)
    line = socket.create_connection((address.hostname, address.port or 0))
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: 5000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF'
    )
    line.sendall(head.encode())
    sleep(0.05)
    return line
