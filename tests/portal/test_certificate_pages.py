"""Chứng thư and Thiết lập: certificates are registered and ended in the browser, never a key."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from httpx import Response
from sqlalchemy import delete, select

from actions.offices import office_facts
from models.audit import AuditEvent
from models.officer import Post, RegisteredCertificate, Role
from models.organisation import Office
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PIN

HOLDER, NAME = "ho-sy-nam", "Hồ Sỹ Nam"
PAGE = "/quan-tri/chung-thu"


@pytest.fixture
def ours(browsing: Browsing) -> Browsing:
    browsing.sign_in("truong-my-linh")
    return browsing


def made(browsing: Browsing, name: str = NAME) -> tuple[bytes, bytes]:
    """A certificate that may sign, and its private key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    at = browsing.portal.at()
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=60))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return built.public_bytes(serialization.Encoding.PEM), private


@pytest.fixture
def newcomer(ours: Browsing) -> Iterator[str]:
    """Somebody who is to sign and has nothing yet to sign with."""
    at = ours.portal.at().date()
    post = Post(
        officer_id=HOLDER, title="Phó Trưởng ban", roles=[Role.SIGNATORY.value], valid_from=at
    )
    with ours.portal.database.writing() as session:
        post.organisation_id = office_facts(session).organisation_id
        session.add(post)
        session.flush()
        key = post.id
    yield HOLDER
    with ours.portal.database.writing() as session:
        session.execute(delete(Post).where(Post.id == key))
        session.execute(
            delete(RegisteredCertificate).where(RegisteredCertificate.officer_id == HOLDER)
        )


def test_a_new_signatory_gets_a_trial_certificate_at_one_press(
    ours: Browsing, newcomer: str
) -> None:
    need = words_of(ours.get("/quan-tri"))
    assert f"{NAME} có vai trò người ký mà chưa có quyền ký" in need
    # Others whom another test made signatories may be named beside.
    assert re.search(rf"Chưa có chứng thư: [^.]*{NAME}", words_of(ours.get(PAGE)))
    given = words_of(ours.post(f"{PAGE}/thu-nghiem"))
    assert re.search(rf"Đã cấp chứng thư thử nghiệm cho: [^.]*{NAME}", given)
    assert f"Mã PIN khi ký, khi đóng dấu: {PIN}" in given
    (row,) = held(ours)
    assert (row.key_kind, row.trial, row.officer_id) == ("pkcs12", True, newcomer)
    with ours.portal.database.reading() as session:
        last = select(AuditEvent.deed).order_by(AuditEvent.sequence.desc()).limit(9)
        # One certificate for each who had none: others may be named beside, as above.
        deeds = [deed for deed, _ in groupby(session.scalars(last))]
        assert deeds[:2] == ["register_certificate", "begin_trial"]
    assert "Cấp chứng thư thử nghiệm" not in words_of(ours.get(PAGE))
    assert "Mọi người ký và cơ quan đã có chứng thư." in words_of(ours.post(f"{PAGE}/thu-nghiem"))


def test_no_office_that_is_real_gives_trial_certificates(ours: Browsing, newcomer: str) -> None:
    def on_trial(*, so: bool) -> None:
        with ours.portal.database.writing() as session:
            session.get_one(Office, 1).test_only = so

    on_trial(so=False)
    try:
        assert "Cấp chứng thư thử nghiệm" not in words_of(ours.get(PAGE))
        answer = ours.post(f"{PAGE}/thu-nghiem")
        assert answer.status_code == 422
    finally:
        on_trial(so=True)
    assert held(ours) == [], newcomer


def send(browsing: Browsing, content: bytes, **fields: str) -> Response:
    given = {"csrf": browsing.token(), "holder": HOLDER, "way": "agent", **fields}
    return browsing.client.post(
        f"{PAGE}/dang-ky", data=given, files={"file": ("chung-thu.pem", content)}
    )


def held(browsing: Browsing) -> list[RegisteredCertificate]:
    with browsing.portal.database.reading() as session:
        query = select(RegisteredCertificate).where(RegisteredCertificate.officer_id == HOLDER)
        return list(session.scalars(query))


def test_a_certificate_is_registered_seen_to_end_soon_and_ended_with_a_reason(
    ours: Browsing,
) -> None:
    pem, _ = made(ours)
    answer = send(ours, pem)
    assert answer.status_code == 200, words_of(answer)
    (row,) = held(ours)
    assert (row.key_kind, row.trial) == ("agent", False)
    listed = words_of(ours.get(PAGE))
    assert f"{NAME} {row.fingerprint[:16]}" in listed
    assert "còn 60 ngày" in listed
    path = f"{PAGE}/{row.fingerprint}/cham-dut"
    assert ours.post(path, reason=" ").status_code == 422
    assert ours.post(path, reason="Mất thiết bị", until="x").status_code == 422
    assert ours.post(path, reason="Mất thiết bị").status_code == 303
    assert "Mất thiết bị" in words_of(ours.get(PAGE))
    again = send(ours, pem)
    assert again.status_code == 422
    assert "đã được chấm dứt" in words_of(again)
    assert ours.post(f"{PAGE}/{'0' * 64}/cham-dut", reason="x").status_code == 404


def test_what_is_no_certificate_or_holds_a_private_key_is_not_taken(ours: Browsing) -> None:
    before = len(held(ours))
    pem, private = made(ours, "Người khác")
    with_key = send(ours, pem + private)
    assert with_key.status_code == 422
    assert "khoá bí mật" in words_of(with_key)
    assert send(ours, b"%PDF-1.7").status_code == 422
    broken = b"-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----"
    assert send(ours, broken).status_code == 422
    assert send(ours, pem, way="pkcs12").status_code == 422
    assert send(ours, b"x" * 400_000).status_code == 413
    assert send(ours, pem, holder="khong-co-ai").status_code == 404
    assert len(held(ours)) == before


def test_a_name_that_differs_is_told_and_the_parts_of_the_set_up_say_what_remains(
    ours: Browsing,
) -> None:
    pem, _ = made(ours, "Hồ Sĩ Nam")
    answer = send(ours, pem)
    assert "Chứng thư ghi tên “Hồ Sĩ Nam”" in words_of(answer)
    for row in held(ours):
        ours.post(f"{PAGE}/{row.fingerprint}/cham-dut", reason="Dọn sau khi thử")
    seen = words_of(ours.get("/quan-tri/thiet-lap"))
    for said in ("Chứng thư gốc tin cậy", "thử nghiệm", "Dịch vụ dấu thời gian", "Người quản trị"):
        assert said in seen, said
