"""The page of a key that lies elsewhere: take the document away, sign it, bring it back."""

from collections.abc import Iterator

import pytest
from httpx import Response
from pyhanko.sign import SimpleSigner
from sqlalchemy import update

from models.base import DirectiveId
from models.officer import RegisteredCertificate
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE, PIN
from tests.portal.test_before_pin import certificate
from tests.signing.uploaded import tools


@pytest.fixture
def elsewhere(browsing: Browsing) -> Iterator[DirectiveId]:
    """A directive that waits for a signatory whose key another tool holds."""
    key = browsing.seeded.numbered()
    browsing.sign_in(PEOPLE.signatory)
    with certificate(browsing, key_kind="upload"):
        yield key


def signer(browsing: Browsing, holder: str) -> SimpleSigner:
    path = str(browsing.seeded.pki.key(holder))
    made = SimpleSigner.load_pkcs12(path, passphrase=PIN.encode())
    assert made is not None
    return made


def hand_in(browsing: Browsing, key: DirectiveId, content: bytes, **fields: str) -> Response:
    given = {"csrf": browsing.token(), **fields}
    files = {"file": ("da-ky.pdf", content, "application/pdf")}
    return browsing.client.post(f"/ky-noi-khac/{key}/ky", data=given, files=files)


def test_the_page_shows_three_steps_and_asks_for_no_pin(
    browsing: Browsing, elsewhere: DirectiveId
) -> None:
    page = browsing.get(f"/van-ban/{elsewhere}/ky")
    said = words_of(page)
    assert said.index("Tải bản để ký") < said.index("ChuKyLanhDao") < said.index("Nộp bản đã ký")
    assert 'id="pin"' not in page.text


def test_what_is_taken_away_and_brought_back_signed_is_finished_by_the_machine(
    browsing: Browsing, elsewhere: DirectiveId
) -> None:
    out = browsing.get(f"/ky-noi-khac/{elsewhere}/ky")
    assert out.headers["content-disposition"].startswith("attachment")
    signed = tools.sign(out.content, signer(browsing, PEOPLE.signatory), room=24_000)
    answer = hand_in(browsing, elsewhere, signed)
    assert answer.status_code == 303, words_of(answer)[:900]
    assert answer.headers["location"] == f"/van-ban/{elsewhere}"
    assert browsing.state(elsewhere) == "signed"


def test_what_is_wrong_stands_on_the_same_page(browsing: Browsing, elsewhere: DirectiveId) -> None:
    out = browsing.get(f"/ky-noi-khac/{elsewhere}/ky").content
    unsigned = hand_in(browsing, elsewhere, out)
    assert unsigned.status_code == 422
    assert "chưa có chữ ký mới nào" in words_of(unsigned)
    agency = browsing.seeded.directive(elsewhere).organisation_id
    stranger = tools.sign(out, signer(browsing, agency))
    refused = hand_in(browsing, elsewhere, stranger)
    assert "không phải chứng thư đã đăng ký" in words_of(refused)
    for page in (unsigned, refused):
        assert "Việc cần làm" in words_of(page)
        assert "Nộp bản đã ký" in words_of(page)
    assert browsing.state(elsewhere) == "numbered"


def test_a_file_that_is_too_large_or_missing_is_said_there_too(
    browsing: Browsing, elsewhere: DirectiveId
) -> None:
    large = hand_in(browsing, elsewhere, b"%PDF-1.7\n" + bytes(2 << 20))
    assert "lớn hơn giới hạn 2 MB" in words_of(large)
    given = {"csrf": browsing.token()}
    none = browsing.client.post(f"/ky-noi-khac/{elsewhere}/ky", data=given)
    assert "Chọn tệp rồi gửi lại" in words_of(none)


def test_only_the_signatory_and_only_from_our_page(
    browsing: Browsing, elsewhere: DirectiveId
) -> None:
    out = browsing.get(f"/ky-noi-khac/{elsewhere}/ky").content
    assert hand_in(browsing, elsewhere, out, csrf="bia-dat").status_code == 403
    browsing.sign_in(PEOPLE.drafter)
    assert browsing.get(f"/ky-noi-khac/{elsewhere}/ky").status_code == 403
    assert hand_in(browsing, elsewhere, out).status_code == 403
    assert browsing.get(f"/ky-noi-khac/{elsewhere}/noi-nao").status_code == 404


def test_the_clerk_seals_elsewhere_on_a_page_of_the_same_kind(browsing: Browsing) -> None:
    key = browsing.seeded.signed()
    agency = browsing.seeded.directive(key).organisation_id
    mine = RegisteredCertificate.organisation_id == agency
    with browsing.portal.database.writing() as session:
        session.execute(update(RegisteredCertificate).where(mine).values(key_kind="upload"))
    try:
        browsing.sign_in(PEOPLE.clerk)
        said = words_of(browsing.get(f"/van-ban/{key}/dong-dau"))
        assert "DauCoQuan" in said
        assert "không chọn ký chứng nhận" in said
        out = browsing.get(f"/ky-noi-khac/{key}/dong-dau").content
        files = {"file": ("dau.pdf", tools.seal(out, signer(browsing, agency), room=24_000))}
        answer = browsing.client.post(
            f"/ky-noi-khac/{key}/dong-dau", data={"csrf": browsing.token()}, files=files
        )
        assert answer.status_code == 303, words_of(answer)[:900]
        assert browsing.state(key) == "sealed"
    finally:
        with browsing.portal.database.writing() as session:
            session.execute(update(RegisteredCertificate).where(mine).values(key_kind="pkcs12"))
