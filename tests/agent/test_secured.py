"""Whom the agent believes to be its portal, before anything of it is sent."""

import base64
import hashlib
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID
from typing_extensions import override

from cli.agent.errors import (
    PortalAddressError,
    PortalKeyChangedError,
    PortalRefusedError,
    PortalUnclearError,
    PortalUnreachableError,
)
from cli.agent.home import Home, KeyPlace, Pairing, write_private
from cli.agent.line import TRIES, Line
from cli.agent.secured import checked_address, checked_pin
from wiring.clock import SystemClock


@dataclass
class Server:
    """A server with a key of its own that nobody vouches for."""

    url: str
    pin: str
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "may-chu-khac")])
    now = SystemClock().now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1)).sign(key, SHA256())
    )  # fmt: skip
    file = tmp_path / "server.pem"
    file.write_bytes(
        certificate.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    made = Server("", hashlib.sha256(spki).hexdigest())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.headers.get("authorization", ""))
            status, data = made.answers.pop(0) if made.answers else (200, b"{}")
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        @override
        def log_message(self, format: str, *args: Any) -> None:
            return None

    class Quiet(HTTPServer):
        @override
        def handle_error(self, request: Any, client_address: Any) -> None:
            return None

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    listening = Quiet(("127.0.0.1", 0), Handler)
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
    made.url = f"https://127.0.0.1:{listening.server_address[1]}"
    yield made
    listening.shutdown()
    listening.server_close()


def line(server: Server, pin: str, pauses: list[float] | None = None) -> Line:
    waited: list[float] = [] if pauses is None else pauses
    return Line(server.url, token="tka_thu", pin=pin, pause=waited.append)


def test_a_pinned_key_is_believed_and_no_other(server: Server) -> None:
    with line(server, server.pin) as good:
        assert good.ask("GET", "/waiting") == {}
    with line(server, "0" * 64) as bad, pytest.raises(PortalKeyChangedError):
        bad.ask("GET", "/waiting")
    assert server.asked == ["Bearer tka_thu"]


def test_without_a_pin_the_system_must_vouch(server: Server) -> None:
    with line(server, "") as strange, pytest.raises(PortalUnreachableError, match="tin cậy"):
        strange.ask("GET", "/waiting")
    assert server.asked == []


def test_a_busy_portal_is_asked_again_and_a_refusal_is_not(server: Server) -> None:
    waited: list[float] = []
    busy = (503, b'{"code": "unavailable", "message": "Ban."}')
    server.answers += [busy, busy, (200, b'{"state": "keyed"}')]
    with line(server, server.pin, waited) as patient:
        assert patient.ask("GET", "/x") == {"state": "keyed"}
        assert len(waited) == 2
        server.answers.append((409, b'{"code": "wrong_state", "message": "Da ky."}'))
        with pytest.raises(PortalRefusedError, match="wrong_state"):
            patient.ask("GET", "/x")
        server.answers += [busy] * TRIES
        with pytest.raises(PortalRefusedError, match="unavailable"):
            patient.ask("GET", "/x")
        server.answers.append(busy)
        with pytest.raises(PortalRefusedError):
            patient.ask("GET", "/x", again=False)
    assert server.answers == []


@pytest.mark.parametrize("data", [b"", b"[]", b"<html>", b'{"code": 1}', b"[" * 100_000])
def test_an_answer_that_is_none_is_not_understood(server: Server, data: bytes) -> None:
    server.answers += [(500, data), (200, data or b"null")]
    with line(server, server.pin) as patient:
        for _ in range(2):
            if server.answers[0] == (200, b'{"code": 1}'):
                break
            with pytest.raises(PortalUnclearError):
                patient.ask("GET", "/x")


def test_addresses_and_pins_are_taken_as_people_write_them() -> None:
    assert checked_address(" https://a.vn/ ", unencrypted=False) == "https://a.vn"
    assert checked_address("http://127.0.0.1:80", unencrypted=False) == "http://127.0.0.1:80"
    assert checked_address("http://a.vn", unencrypted=True) == "http://a.vn"
    for wrong in ("a.vn", "http://a.vn", "https://", "https://user@a.vn", "file:///etc"):
        with pytest.raises(PortalAddressError):
            checked_address(wrong, unencrypted=False)
    digest = hashlib.sha256(b"x").digest()
    for written in (digest.hex().upper(), f"sha256//{base64.b64encode(digest).decode()}"):
        assert checked_pin(written) == digest.hex()
    for wrong in ("x", "é", digest.hex()[:-2], base64.b64encode(b"short").decode()):
        with pytest.raises(PortalAddressError):
            checked_pin(wrong)
    assert checked_pin(None) == ""


def test_what_is_kept_is_for_its_owner_and_shows_no_token(tmp_path: Path) -> None:
    home = Home(tmp_path / "a" / "b")
    pairing = Pairing(
        portal="https://a.vn", token="tka_rieng", device="1", officer="A", office="B", label="C"
    )
    home.keep_pairing(pairing)
    assert "tka_rieng" not in repr(pairing)
    assert (home.folder / "agent.json").stat().st_mode & 0o077 == 0
    home.keep_key(KeyPlace(p12="/x.p12"))
    assert home.pairing().key.p12 == "/x.p12"
    write_private(home.folder / "agent.json", {"portal": 1})
    with pytest.raises(Exception, match="tệp hỏng"):
        home.pairing()
