"""Messages of QCVN 102 over HTTP: taken from a known sender once, else refused with the reason."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
from httpx import Response
from sqlalchemy import func, select

from delivery.edxml.message import DocumentMessage, EdxmlFile, Party
from delivery.edxml.writing import write_edxml
from delivery.webhook_signing import KEY_ID, Checked, check_signature, key_id, signed_headers
from models.dispatch import IncomingMessage
from portal.api import edxml
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


def post(
    browsing: Browsing,
    body: bytes,
    *,
    secret: bytes = SECRET,
    late_s: int = 0,
    **more: str,
) -> Response:
    at = real_now() - timedelta(seconds=late_s)
    headers = signed_headers(body, key="7:1:btgtu:edxml_http", secret=secret, at=at)
    headers = {name: value for name, value in {**headers, **more}.items() if value}
    answer: Response = browsing.client.post(API, content=body, headers=headers)
    return answer


def kept(browsing: Browsing) -> int:
    with browsing.seeded.office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(IncomingMessage)) or 0


def senders(browsing: Browsing) -> Counter[str]:
    """Of what came in over HTTP."""
    query = select(IncomingMessage.sender).where(IncomingMessage.channel == "edxml_http")
    with browsing.seeded.office.database.reading() as session:
        return Counter(session.scalars(query))


def test_a_message_of_a_known_sender_is_taken_once(browsing: Browsing) -> None:
    body, before, known = letter("Phối hợp tuyên truyền"), kept(browsing), senders(browsing)
    first, again = post(browsing, body), post(browsing, body)
    assert first.status_code == 202, first.text
    assert first.json()["taken_as"] == "document", first.text
    assert again.status_code == 409
    assert kept(browsing) == before + 1
    assert senders(browsing) - known == Counter({SENDER: 1})


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


@pytest.fixture
def hashed(seeded: Seeded, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A hundred more senders; collects the size of each body that is hashed."""
    path, sizes = seeded.office.settings.edxml_senders_file, list[int]()
    with path.open("a") as lines:
        lines.writelines(f"don-vi-{n} {n:040}\n" for n in range(100))

    def counted(headers: dict[str, str], body: bytes, **given: Any) -> Checked:  # noqa: ANN401
        sizes.append(len(body))
        return check_signature(headers, body, **given)

    monkeypatch.setattr(edxml, "check_signature", counted)
    return sizes


def test_a_message_is_hashed_once_however_many_senders_there_are(
    browsing: Browsing, hashed: list[int]
) -> None:
    body = letter("Một trong trăm cơ quan")
    assert post(browsing, body).status_code == 202
    assert hashed == [len(body)]
    forged = letter("Giả mạo một trong trăm cơ quan")
    hashed.clear()
    assert post(browsing, forged, secret=b"x" * 40).status_code == 401
    assert hashed == []
    own = {KEY_ID: key_id(SECRET)}
    assert post(browsing, forged, secret=b"x" * 40, **own).status_code == 401
    assert hashed == [len(forged)]


def test_who_does_not_name_its_secret_is_taken_in_as_long_as_that_costs_little(
    browsing: Browsing, hashed: list[int]
) -> None:
    assert post(browsing, letter("Không nêu khoá"), **{KEY_ID: ""}).status_code == 202
    assert len(hashed) <= 101
    hashed.clear()
    large = b" " * (edxml.UNNAMED_BYTES // 100)
    assert post(browsing, large, **{KEY_ID: ""}).status_code == 401
    assert hashed == []


@pytest.mark.parametrize("late_s", [900, -900])
def test_what_is_too_old_is_refused_before_anything_is_hashed(
    browsing: Browsing, hashed: list[int], late_s: int
) -> None:
    assert post(browsing, letter("Cũ"), late_s=late_s).status_code == 401
    assert hashed == []
