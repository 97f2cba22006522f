"""Remote signing services on this machine: one that others wrote, and one that can misbehave."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
import warnings
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from aiohttp import web
from certomancer.registry import CertomancerConfig
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from csc_dummy.csc_dummy_server import CSCWithCertomancer, DummyServiceParams
from typing_extensions import override

from tests.signing.keys.room import Room, key_file
from wiring.demo_pki.build import DemoPKI

PIN = "83746510"
BEARER = "ma-truy-cap-rieng-99"


@contextmanager
def dummy_service(pki: DemoPKI, *, pinned: bool) -> Iterator[str]:
    """certomancer-csc-dummy with the keys of the demo authority: SCAL2 where hashes are pinned."""
    config = CertomancerConfig(
        json.loads((pki.folder / "recipe.json").read_text(encoding="utf-8")),
        key_search_dir=str(pki.folder / "authority"),
        lazy_load_keys=True,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", web.NotAppKeyWarning)  # theirs
        service = CSCWithCertomancer(
            config, service_params=DummyServiceParams(hash_pinning_required=pinned)
        )
    service.register_routes()
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(service.app)

    async def start() -> int:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return int(runner.addresses[0][1])

    port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@dataclass
class Strict:
    """A service that looks at bearer, PIN and pinned hashes; `fault` makes it misbehave."""

    room: Room
    label: str = "rsa"
    at_once: int = 4
    fault: str = ""
    calls: list[str] = field(default_factory=list)
    wrong_pins: int = 0
    leaves: dict[str, list[bytes]] = field(default_factory=dict)
    info: dict[str, Any] = field(default_factory=dict)
    """Overrides what `credentials/info` says."""

    def answer(self, method: str, body: dict[str, Any], bearer: str) -> tuple[int, Any]:
        self.calls.append(method)
        if self.fault == f"500 {method}":
            return 500, {"error": "server_error"}
        if bearer != f"Bearer {BEARER}":
            return 401, {"error": "invalid_token"}
        if body.get("credentialID") != self.label:
            return 400, {"error": "invalid_request", "error_description": "Invalid credentialID"}
        return {
            "credentials/info": self._info,
            "credentials/authorize": self._authorise,
            "signatures/signHash": self._sign,
        }[method](body)

    def _info(self, _body: dict[str, Any]) -> tuple[int, Any]:
        chain = [self.room.der(self.label), *self.room.issuers]
        return 200, {
            "key": {"status": "enabled", "algo": ["1.2.840.113549.1.1.1"], "len": 2048},
            "cert": {"certificates": [b64encode(one).decode() for one in chain]},
            "authMode": "explicit",
            "SCAL": "2",
            "PIN": {"presence": "true"},
            "multisign": self.at_once,
            **self.info,
        }

    def _authorise(self, body: dict[str, Any]) -> tuple[int, Any]:
        if body.get("PIN") != PIN:
            self.wrong_pins += 1
            if self.fault == "locked":
                return 400, {"error": "invalid_request", "error_description": "PIN is locked"}
            return 400, {"error": "invalid_pin", "error_description": "Invalid PIN"}
        wanted = [b64decode(one) for one in body["hash"]]
        if len(wanted) != body["numSignatures"] or len(wanted) > self.at_once:
            return 400, {"error": "invalid_request", "error_description": "Too many signatures"}
        if self.fault == "no leave":
            return 200, {}
        leave = secrets.token_hex(8)
        self.leaves[leave] = wanted
        return 200, {"SAD": leave, "expiresIn": 300}

    def _sign(self, body: dict[str, Any]) -> tuple[int, Any]:
        wanted = [b64decode(one) for one in body["hash"]]
        # A leave is good for one call, as the protocol has it.
        if self.leaves.pop(body["SAD"], None) != wanted or self.fault == "expired":
            return 400, {"error": "invalid_request", "error_description": "Invalid parameter SAD"}
        if self.fault == "another hash":
            wanted = [bytes(len(one)) for one in wanted]
        if self.fault == "too few":
            wanted = wanted[:-1]
        if self.fault == "other order":
            wanted.reverse()
        signer = "other" if self.fault == "another key" else self.label
        key = load_pem_private_key(key_file(self.room.pki, signer).read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        made = [key.sign(one, padding.PKCS1v15(), Prehashed(hashes.SHA256())) for one in wanted]
        if self.fault == "no base64":
            return 200, {"signatures": ["!" for _ in made]}
        return 200, {"signatures": [b64encode(one).decode() for one in made]}


class _Handler(BaseHTTPRequestHandler):
    service: ClassVar[Strict]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        method = self.path.removeprefix("/csc/v1/")
        status, answer = self.service.answer(method, body, self.headers.get("Authorization", ""))
        data = json.dumps(answer).encode()
        fault = self.service.fault
        if fault == f"slow {method}":
            time.sleep(1.5)
        elif fault == f"huge {method}":
            data = b'{"a": "' + b"x" * 3_000_000 + b'"}'
        elif fault == f"no json {method}":
            data = b"<html>"
        elif fault == f"list {method}":
            data = b"[]"
        self.send_response(302 if fault == f"redirect {method}" else status)
        if fault == f"redirect {method}":
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if fault == f"drip {method}":
            self._drip(data)
        else:
            self.wfile.write(data)

    def _drip(self, data: bytes) -> None:
        """A byte now and then: never silent for long, never done."""
        try:
            for byte in data:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            self.close_connection = True

    @override
    def log_message(self, format: str, *args: Any) -> None:
        del format, args


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers that hang up are what these tests are about."""


@contextmanager
def strict_service(room: Room) -> Iterator[tuple[Strict, str]]:
    service = Strict(room)
    handler = type("Handler", (_Handler,), {"service": service})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
