"""Remote signing: the protocol as others wrote it, and services that are slow, down, or lie."""

from __future__ import annotations

import logging
import ssl
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from signing.errors import KeyRefusedError, KeyUnavailableError, SigningError
from signing.keys.line import Bearer, RemoteService
from signing.keys.remote import RemoteKey, open_remote
from signing.mechanism import check_raw_signature
from signing.verdict import Verdict
from tests.signing.keys.room import Room, pdfsig
from tests.signing.keys.services import (
    BEARER,
    PIN,
    Strict,
    _Handler,
    dummy_service,
    strict_service,
)

MANY = [bytes([number]) * 40 for number in range(10)]
WRONG = "11112222"


@pytest.fixture(scope="module")
def pinning(room: Room) -> Iterator[str]:
    with dummy_service(room.pki, pinned=True) as url:
        yield url


@pytest.fixture(scope="module")
def free(room: Room) -> Iterator[str]:
    with dummy_service(room.pki, pinned=False) as url:
        yield url


@pytest.fixture
def strict(room: Room) -> Iterator[tuple[Strict, RemoteService]]:
    with strict_service(room) as (service, url):
        yield service, at(url, bearer=Bearer(BEARER))


def at(url: str, **changes: Any) -> RemoteService:  # noqa: ANN401 (fields of every type)
    return RemoteService(
        name="thu-nghiem", url=url, **{"timeout_s": 20.0, "consent_timeout_s": 20.0, **changes}
    )


def opened(service: RemoteService, **changes: Any) -> RemoteKey:  # noqa: ANN401 (arguments)
    return open_remote(service, **{"credential": "rsa", "pin": PIN, **changes})


def checked(key: RemoteKey, attributes: bytes) -> None:
    check_raw_signature(
        certificate=key.certificate.der,
        signed_attributes=attributes,
        signature=key.sign(attributes),
        mechanism=key.mechanism,
    )


@pytest.mark.parametrize(
    ("label", "mechanism"),
    [
        ("rsa", "rsa-pkcs1/sha256"),
        ("rsa", "rsa-pkcs1/sha384"),
        ("rsa", "rsa-pkcs1/sha512"),
        ("rsa", "rsa-pss/sha256"),
        ("rsa", "rsa-pss/sha384"),
        ("rsa", "rsa-pss/sha512"),
        ("ec", "ecdsa/sha256"),
        ("ec384", "ecdsa/sha384"),
        ("ec384", "ecdsa/sha512"),
    ],
)
def test_a_service_signs_what_our_judge_passes(
    room: Room, pinning: str, label: str, mechanism: str, tmp_path: Path
) -> None:
    with opened(at(pinning), credential=f"demo/{label}", mechanism=mechanism) as key:
        pdf = room.sign(key)
    assert room.judge(pdf, label).verdict is Verdict.PASSED
    assert "Signature is Valid" in pdfsig(pdf, tmp_path)


def test_a_service_that_pins_no_hashes_signs_too(room: Room, free: str) -> None:
    with opened(at(free), credential="demo/rsa") as key:
        assert room.judge(room.sign(key), "rsa").verdict is Verdict.PASSED


def test_ed25519_signs_no_hash_and_is_refused(strict: tuple[Strict, RemoteService]) -> None:
    service, where = strict
    service.label = "ed25519"
    with pytest.raises(KeyRefusedError) as refused:
        opened(where, credential="ed25519")
    assert refused.value.reason == "mechanism"


def test_a_key_that_nobody_has_is_named(pinning: str) -> None:
    with pytest.raises(KeyRefusedError) as refused:
        opened(at(pinning), credential="demo/nobody")
    assert refused.value.reason == "unknown_credential"
    assert "demo/nobody" in refused.value.diagnosis()


@pytest.mark.parametrize("service_kind", ["pinning", "free"])
def test_what_was_not_announced_is_not_signed(
    service_kind: str, request: pytest.FixtureRequest
) -> None:
    with opened(at(request.getfixturevalue(service_kind)), credential="demo/rsa") as key:
        key.announce(MANY[:2])
        with pytest.raises(KeyRefusedError) as refused:
            key.sign(MANY[2])
        assert refused.value.reason == "not_announced"
        checked(key, MANY[1])


def test_leave_is_asked_in_lots_and_for_each_only_when_its_turn_comes(
    strict: tuple[Strict, RemoteService],
) -> None:
    service, where = strict
    with opened(where) as key:
        key.announce(MANY)
        key.announce(MANY[:3])
        assert service.calls == ["credentials/info", "credentials/authorize"]
        for attributes in MANY[:4]:
            checked(key, attributes)
        assert service.calls[2:] == ["signatures/signHash"]
        for attributes in MANY[4:]:
            checked(key, attributes)
    assert service.calls.count("credentials/authorize") == 3
    assert service.calls.count("signatures/signHash") == 3


def test_a_wrong_pin_is_given_once(strict: tuple[Strict, RemoteService]) -> None:
    service, where = strict
    with opened(where, pin=WRONG) as key:
        for _ in range(3):
            with pytest.raises(KeyRefusedError) as refused:
                key.announce(MANY)
            assert refused.value.reason == "wrong_pin"
    assert service.wrong_pins == 1
    assert "Việc cần làm" in refused.value.diagnosis()


def test_a_locked_key_is_said_to_be_locked(strict: tuple[Strict, RemoteService]) -> None:
    service, where = strict
    service.fault = "locked"
    with opened(where, pin=WRONG) as key, pytest.raises(KeyRefusedError) as refused:
        key.announce(MANY)
    assert refused.value.reason == "pin_locked"


def test_an_office_that_the_service_does_not_know_is_told_so(
    strict: tuple[Strict, RemoteService],
) -> None:
    _, where = strict
    for bearer in (None, Bearer("khac")):
        with pytest.raises(KeyRefusedError) as refused:
            opened(at(where.url, bearer=bearer))
        assert refused.value.reason == "unauthorised"


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        ({"key": {"status": "disabled", "algo": ["1.2.840.113549.1.1.1"]}}, "credential_disabled"),
        ({"OTP": {"presence": "true"}}, "otp_needed"),
        ({"authMode": "oauth2code"}, "otp_needed"),
        ({"cert": {"certificates": []}}, "wrong_answer"),
        ({"cert": {"certificates": ["AAAA"]}}, "wrong_answer"),
        ({"cert": None}, "wrong_answer"),
        ({"multisign": "nhiều"}, "wrong_answer"),
        ({"key": {"status": "enabled", "algo": ["1.2.3"]}}, "mechanism"),
    ],
)
def test_what_cannot_be_used_here_is_refused_before_any_pin(
    strict: tuple[Strict, RemoteService], info: dict[str, Any], reason: str
) -> None:
    service, where = strict
    service.info = info
    with pytest.raises(KeyRefusedError) as refused:
        opened(where)
    assert refused.value.reason == reason
    assert service.calls == ["credentials/info"]


def test_a_key_of_another_certificate_is_refused_before_any_pin(
    room: Room, strict: tuple[Strict, RemoteService]
) -> None:
    service, where = strict
    with pytest.raises(KeyRefusedError) as refused:
        opened(where, certificate=room.der("other"))
    assert refused.value.reason == "another_certificate"
    assert service.calls == ["credentials/info"]
    with opened(where, certificate=room.der("rsa")) as key:
        assert key.certificate.issuers == room.issuers


@pytest.mark.parametrize(
    "lie", ["another hash", "another key", "other order", "too few", "no base64"]
)
def test_a_service_that_lies_is_found_out(strict: tuple[Strict, RemoteService], lie: str) -> None:
    service, where = strict
    with opened(where) as key:
        key.announce(MANY[:3])
        service.fault = lie
        for _ in range(2):
            with pytest.raises(KeyRefusedError) as refused:
                key.sign(MANY[0])
            assert refused.value.reason == "wrong_answer"
    assert "loại bỏ" in refused.value.diagnosis()
    assert service.calls.count("signatures/signHash") == 1


@pytest.mark.parametrize(
    ("fault", "reason"), [("no leave", "wrong_answer"), ("expired", "refused")]
)
def test_leave_that_is_none_signs_nothing(
    strict: tuple[Strict, RemoteService], fault: str, reason: str
) -> None:
    service, where = strict
    service.fault = fault
    with pytest.raises(KeyRefusedError) as refused:
        _all_steps(where)
    assert refused.value.reason == reason


METHODS = ["credentials/info", "credentials/authorize", "signatures/signHash"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", ["500", "slow", "drip"])
def test_a_service_that_does_not_answer_in_time_is_transient(
    strict: tuple[Strict, RemoteService], fault: str, method: str
) -> None:
    service, where = strict
    service.fault = f"{fault} {method}"
    with pytest.raises(KeyUnavailableError) as silent:
        _all_steps(replace(where, timeout_s=0.8, consent_timeout_s=0.8))
    assert "không trả lời" in silent.value.diagnosis()
    assert service.calls.count(method) == 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", ["huge", "no json", "list"])
def test_an_answer_that_is_none_is_refused(
    strict: tuple[Strict, RemoteService], fault: str, method: str
) -> None:
    service, where = strict
    service.fault = f"{fault} {method}"
    with pytest.raises(KeyRefusedError) as refused:
        _all_steps(where)
    assert refused.value.reason == "wrong_answer"
    assert service.calls.count(method) == 1


@pytest.mark.parametrize("method", METHODS)
def test_nobody_is_sent_elsewhere(strict: tuple[Strict, RemoteService], method: str) -> None:
    service, where = strict
    service.fault = f"redirect {method}"
    with pytest.raises(SigningError):
        _all_steps(where)
    assert service.calls.count(method) == 1


def _all_steps(where: RemoteService) -> None:
    with opened(where) as key:
        key.announce(MANY[:2])
        key.sign(MANY[0])


def test_a_service_that_is_not_there_is_transient() -> None:
    with pytest.raises(KeyUnavailableError) as silent:
        opened(at("http://127.0.0.1:1"))
    assert "thu-nghiem" in silent.value.diagnosis()


def test_authorities_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("no certificate")
    for file in (tmp_path / "none.pem", tmp_path / "missing.pem"):
        with pytest.raises(KeyUnavailableError) as unread:
            opened(at("https://127.0.0.1:1", authorities=file))
        assert file.name in unread.value.diagnosis()


def test_a_closed_key_signs_nothing(strict: tuple[Strict, RemoteService]) -> None:
    _, where = strict
    key = opened(where)
    key.announce(MANY[:1])
    key.close()
    key.close()
    for act in (lambda: key.sign(MANY[0]), lambda: key.announce(MANY)):
        with pytest.raises(KeyUnavailableError):
            act()


def test_pin_bearer_and_leave_stand_nowhere(
    strict: tuple[Strict, RemoteService], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service, where = strict
    said = [repr(where)]
    for pin, fault in ((WRONG, ""), (PIN, "another key")):
        service.fault = fault
        with opened(where, pin=pin) as key:
            said.append(repr(key))
            try:
                key.announce(MANY[:1])
                key.sign(MANY[0])
            except SigningError as err:
                said += [str(err), repr(err), err.diagnosis()]
                said.append("".join(traceback.format_exception(err)))
    assert len(said) == 11
    for secret in (PIN, WRONG, BEARER):
        assert all(secret not in text for text in [*said, caplog.text])


def test_a_service_is_believed_only_with_a_certificate_that_is_vouched_for(
    room: Room, tmp_path: Path
) -> None:
    certificate = _self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "tls.pem", tmp_path / "tls.key")
    service = Strict(room)
    server = HTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"service": service}))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    url = f"https://127.0.0.1:{server.server_port}"
    try:
        with pytest.raises(KeyUnavailableError):
            opened(at(url, bearer=Bearer(BEARER)))
        assert service.calls == []
        vouched = at(url, bearer=Bearer(BEARER), authorities=certificate)
        with opened(vouched) as key:
            key.announce(MANY[:1])
            checked(key, MANY[0])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "tls.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "tls.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "tls.pem"
