"""Messages of QCVN 102 over HTTP: taken from a known sender once, else refused with the reason."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import pytest
from httpx import Response
from sqlalchemy import func, select

from delivery.edxml.message import DocumentMessage, EdxmlFile, Party
from delivery.edxml.writing import write_edxml
from delivery.webhook_signing import signed_headers
from models.dispatch import IncomingMessage
from tests.portal.browsing import Browsing
from tests.portal.seeded import START, Seeded
from wiring.clock import real_now

API: Final = "/api/v1/edxml"
SENDER: Final = "ban-dan-van-tinh-uy"
SECRET: Final = b"bi-mat-chung-cua-hai-co-quan-0001"


@pytest.fixture(autouse=True)
def known_sender(seeded: Seeded) -> Iterator[None]:
    path = seeded.office.settings.edxml_senders_file
    path.write_text(f"{SENDER} {SECRET.decode()}\n")
    path.chmod(0o600)
    yield
    path.unlink()


def letter(subject: str) -> bytes:
    message = DocumentMessage(
        sender=Party(organ_id="000.00.77.H36", name="Ban Dân vận"), receivers=(),
        document_id=f"000.00.77.H36,2022/09/20,{subject}", number="7", notation="CV/BDV",
        subject=subject, type_name="Công văn", files=(EdxmlFile(name="7.txt", content=b"x"),),
    )  # fmt: skip
    return write_edxml(message, at=START, key=subject)


def post(browsing: Browsing, body: bytes, *, secret: bytes = SECRET, late_s: int = 0) -> Response:
    at = real_now() - timedelta(seconds=late_s)
    headers = signed_headers(body, key="7:1:btgtu:edxml_http", secret=secret, at=at)
    answer: Response = browsing.client.post(API, content=body, headers=headers)
    return answer


def kept(browsing: Browsing) -> int:
    with browsing.seeded.office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(IncomingMessage)) or 0


def test_a_message_of_a_known_sender_is_taken_once(browsing: Browsing) -> None:
    body, before = letter("Phối hợp tuyên truyền"), kept(browsing)
    first, again = post(browsing, body), post(browsing, body)
    assert first.status_code == 202, first.text
    assert first.json()["taken_as"] == "document", first.text
    assert again.status_code == 409
    assert kept(browsing) == before + 1
    with browsing.seeded.office.database.reading() as session:
        row = session.scalars(
            select(IncomingMessage).where(IncomingMessage.channel == "edxml_http")
            .order_by(IncomingMessage.received_at.desc())
        ).first()  # fmt: skip
        assert row is not None
        assert row.sender == SENDER


def test_nobody_without_the_secret_is_taken_in(browsing: Browsing) -> None:
    body, before = letter("Giả mạo"), kept(browsing)
    assert post(browsing, body, secret=b"x" * 40).status_code == 401
    assert post(browsing, body, late_s=900).status_code == 401
    assert browsing.client.post(API, content=body).status_code == 401
    assert kept(browsing) == before


def test_what_cannot_be_read_is_kept_and_refused_each_time_with_the_reason(
    browsing: Browsing,
) -> None:
    before = kept(browsing)
    for body in (b"1212" + letter("Hỏng"), b'<!DOCTYPE x [<!ENTITY a "b">]><edXML>&a;</edXML>'):
        for _ in range(2):
            answer = post(browsing, body)
            assert answer.status_code == 400, answer.text
            assert answer.json()["problem"].startswith("Gói tin ")
    assert kept(browsing) == before + 2


def test_a_body_over_the_limit_is_given_up(browsing: Browsing) -> None:
    before = kept(browsing)
    body = b" " * (4 * browsing.seeded.office.desk.size_limit_bytes + 1)
    assert post(browsing, body).status_code == 413
    assert kept(browsing) == before
