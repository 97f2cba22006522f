"""Time-stamping services on the loopback interface: one honest, the others each with one fault."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import algos, keys, pem, tsp, x509
from certomancer.registry import CertLabel
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from signing.timestamps import TimestampService
from tests.signing.office import Office
from wiring.demo_pki.build import load_architecture

LATE_S = 1.0
"""How long the late one waits; longer than anybody gives it."""
WORK_S = 0.15
"""How long the busy one works on each answer."""


@dataclass
class Answers:
    """What the services say at an instant; counts who was asked how often, and how many at once."""

    office: Office
    at: datetime
    asked: Counter[str] = field(default_factory=Counter)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def _tsa(self) -> DummyTimeStamper:
        return self._by("tsa")

    def _by(self, label: str, signer: str = "") -> DummyTimeStamper:
        """Stamps with the certificate of one of the authority, and its key or another's."""
        folder = self.office.pki.folder
        return DummyTimeStamper(  # type: ignore[no-untyped-call]
            certificate_of(folder, label), key_of(folder, signer or label), fixed_dt=self.at
        )

    def answer(self, name: str, body: bytes) -> tuple[int, bytes]:
        with self.lock:
            self.asked[name] += 1
        question = tsp.TimeStampReq.load(body)
        status, made = getattr(self, name)(question)
        return status, made if isinstance(made, bytes) else made.dump()

    def honest(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp]:
        return 200, self._tsa.request_tsa_response(question)

    def late(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp]:
        time.sleep(LATE_S)
        return self.honest(question)

    def busy(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp]:
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(WORK_S)
        with self.lock:
            self.at_once -= 1
        return self.honest(question)

    def other_imprint(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp]:
        question["message_imprint"]["hashed_message"] = bytes(32)
        return self.honest(question)

    def other_hash(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp]:
        imprint = question["message_imprint"]
        imprint["hash_algorithm"] = algos.DigestAlgorithm({"algorithm": "sha3_256"})
        stamper = self._tsa
        stamper.override_md = "sha256"
        return 200, stamper.request_tsa_response(question)

    def other_nonce(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp]:
        question["nonce"] = 1
        return self.honest(question)

    def no_nonce(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp]:
        del question["nonce"]
        return self.honest(question)

    def no_usage(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp]:
        stamper = self._by("officer")
        stamper.certs_to_embed = [certificate_of(self.office.pki.folder, "issuing")]
        return 200, stamper.request_tsa_response(question)

    def stranger(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp]:
        """Bears the very name of the office's authority, and made its certificate itself."""
        stamper = self._by("tsa", signer="agency")
        own = stamper.tsa_cert.copy()
        own["tbs_certificate"]["subject_public_key_info"] = certificate_of(
            self.office.pki.folder, "agency"
        ).public_key
        stamper.tsa_cert = x509.Certificate.load(own.dump(force=True))
        return 200, stamper.request_tsa_response(question)

    def forged(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp]:
        """The authority's own certificate, but another's key."""
        return 200, self._by("tsa", signer="agency").request_tsa_response(question)

    def yesterday(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp]:
        return self._shifted(question, timedelta(days=-1))

    def tomorrow(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp]:
        return self._shifted(question, timedelta(days=1))

    def a_little_off(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp]:
        return self._shifted(question, timedelta(minutes=-4))

    def _shifted(self, question: tsp.TimeStampReq, by: timedelta) -> tuple[int, tsp.TimeStampResp]:
        return replace(self, at=self.at + by).honest(question)

    def garbage(self, _: tsp.TimeStampReq) -> tuple[int, bytes]:
        return 200, b"<html>Dang nhap</html>"

    def empty(self, _: tsp.TimeStampReq) -> tuple[int, bytes]:
        return 200, b""

    def huge(self, question: tsp.TimeStampReq) -> tuple[int, bytes]:
        return 200, self.honest(question)[1].dump() + bytes(5_000_000)

    def trailing(self, question: tsp.TimeStampReq) -> tuple[int, bytes]:
        return 200, self.honest(question)[1].dump() + b"more"

    def refusing(self, _: tsp.TimeStampReq) -> tuple[int, bytes]:
        return 200, refusal("bad_alg")

    def moody(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp | bytes]:
        """Has no time at first, then is honest."""
        if self.asked["moody"] == 1:
            return 200, refusal("time_not_available")
        return self.honest(question)

    def stumbling(self, question: tsp.TimeStampReq) -> tuple[int, tsp.TimeStampResp | bytes]:
        """HTTP 500 at first, then honest."""
        return (500, b"") if self.asked["stumbling"] == 1 else self.honest(question)

    def broken(self, _: tsp.TimeStampReq) -> tuple[int, bytes]:
        return 500, b""

    def gone(self, _: tsp.TimeStampReq) -> tuple[int, bytes]:
        return 404, b""


@cache
def certificate_of(folder: Path, label: str) -> x509.Certificate:
    """A certificate of the demo authority."""
    return load_architecture(folder).get_cert(CertLabel(label))


@cache
def key_of(folder: Path, label: str) -> keys.PrivateKeyInfo:
    """The private key to it."""
    text = (folder / "authority" / f"{label}.key.pem").read_bytes()
    return keys.PrivateKeyInfo.load(pem.unarmor(text)[2])


def refusal(reason: str) -> bytes:
    """An answer of the standard's form, which has no token."""
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {reason}}).dump()
    return bytes([0x30, len(status)]) + status


@dataclass(frozen=True)
class StampingServices:
    """The running services."""

    answers: Answers
    address: str

    def service(self, name: str, **changes: float) -> TimestampService:
        """One of them, asked with little patience."""
        url = f"{self.address}/{name}"
        terms: dict[str, float] = {"timeout_s": 5, "tries": 2, "pause_s": 0.01, **changes}
        return TimestampService(url=url, name=name, **terms)  # type: ignore[arg-type]


@contextmanager
def stamping(office: Office, at: datetime) -> Iterator[StampingServices]:
    """Serves them from a thread, with a thread for each call."""
    answers = Answers(office, at)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            name = self.path.strip("/")
            if name == "elsewhere":
                self.send_response(307)
                self.send_header("Location", "/honest")
                self.end_headers()
                return
            status, made = answers.answer(name, body)
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(made)))
                self.end_headers()
                self.wfile.write(made)
            except OSError:
                return  # whoever asked has gone

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield StampingServices(answers, f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()
