"""With the settings as they come, no address is asked: not even by a file that names some."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any

import httpx
import pytest
from cryptography import x509
from typing_extensions import override

from signing.policy import OFFICIAL
from signing.trust import load_anchors
from signing.verdict import Verdict
from tests.signing import makers
from tests.signing.attacks import letter
from tests.signing.judge_crypto.pki import Plan, make_root
from wiring.bootstrap import make_trust, open_office
from wiring.settings import load_settings


class Counting(ThreadingHTTPServer):
    """Counts whoever connects, whatever they then say."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), BaseHTTPRequestHandler)
        self.visits = 0

    @override
    def get_request(self) -> tuple[socket, Any]:
        self.visits += 1
        return super().get_request()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def stranger() -> Iterator[Counting]:
    with Counting() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def calling(url: str) -> tuple[bytes, bytes]:
    """A letter signed with a certificate that names addresses for everything, and its issuer."""
    where = x509.UniformResourceIdentifier(f"{url}/ca.cer")
    issuer = x509.AccessDescription(x509.AuthorityInformationAccessOID.CA_ISSUERS, where)
    ocsp = x509.AccessDescription(
        x509.AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(f"{url}/ocsp")
    )
    plan = Plan(
        name="Người gọi", ocsp_url="", crl_url=f"{url}/1.crl",
        more=((x509.AuthorityInformationAccess([ocsp, issuer]), False),),
    )  # fmt: skip
    root = make_root(replace(Plan(name="Gốc"), ocsp_url="", crl_url="").authority_of())
    holder = root.issue(plan)
    unsigned = letter.unsigned()
    value = makers.next_number(unsigned)
    written = {
        letter.OFFICER: letter.officer(b"/V %d 0 R/AP<</N %d 0 R>>" % (value, value + 1)),
        value + 1: letter.look(b"Officer"),
        value: makers.signature_dictionary(),
    }
    pdf = makers.revise(unsigned, written, trailer=letter.TRAILER)
    signs = makers.Signer(holder.certificate, holder.key)  # type: ignore[arg-type]  # RSA is fine
    return makers.fill(pdf, signs), root.der


@pytest.mark.parametrize("anchored", [False, True], ids=["unknown issuer", "trusted issuer"])
def test_judging_a_file_that_names_addresses_asks_none(
    stranger: Counting, tmp_path: Path, *, anchored: bool
) -> None:
    pdf, root = calling(stranger.url)
    settings = load_settings({"TRINHKY_FOLDER": str(tmp_path / "office")})
    assert not settings.timestamps.url
    with open_office(settings) as office:
        trust = make_trust(office.settings, office.database)
        if anchored:
            (tmp_path / "root.cer").write_bytes(root)
            trust = replace(trust, anchors=load_anchors([tmp_path / "root.cer"]))
        report = office.sandbox.verify(
            pdf, name="goi.pdf", policy=OFFICIAL, trust=trust, at=office.clock()
        )
    assert len(report.signatures) == 1
    assert report.verdict is not Verdict.PASSED
    assert stranger.visits == 0


def test_the_counting_server_counts(stranger: Counting) -> None:
    assert httpx.get(stranger.url).status_code == 501
    assert stranger.visits == 1
