"""The clerk makes a copy in the portal: brings a file, looks, types the PIN."""

from uuid import UUID

from httpx import Response

from models.paper import Paper
from signing.verdict import Verdict
from tests.portal.browsing import Browsing, seen_in, token_in, words_of
from tests.portal.seeded import PIN
from tests.support.papers import plain_pdf, scan
from wiring.demo_draft import PEOPLE


def bring(browsing: Browsing, content: bytes, **fields: str) -> Response:
    given = {"form": "sao_y", "name": "Kế hoạch 53-KH/TU", "source": "file", **fields}
    answer: Response = browsing.client.post(
        "/ban-sao/lap",
        data={"csrf": browsing.token(), **given},
        files={"file": ("goc.pdf", content)},
    )
    return answer


def prepared(browsing: Browsing, content: bytes, **fields: str) -> str:
    """The address of a prepared copy."""
    answer = bring(browsing, content, **fields)
    assert answer.status_code == 303, words_of(answer)[:600]
    return answer.headers["location"]


def paper_at(browsing: Browsing, address: str) -> Paper:
    with browsing.portal.database.reading() as session:
        return session.get_one(Paper, UUID(address.rpartition("/")[2]))


def test_a_copy_is_prepared_looked_at_signed_and_taken_away(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.clerk)
    original = plain_pdf(2)
    address = prepared(browsing, original, decided_by="Chánh văn phòng")
    shown = browsing.get(address)
    words = words_of(shown)
    assert "Bản sao điện tử (SAO Y)" in words
    assert "Bản gốc không có chữ ký số nào" in words
    assert "Người quyết định sao Chánh văn phòng" in words
    seen = seen_in(shown)
    picture = browsing.get(f"{address}/anh/{seen}/1.png")
    assert picture.headers["content-type"] == "image/png"

    wrong = browsing.post(f"{address}/ky", seen=seen, once="1", pin="sai")
    assert wrong.status_code == 422
    assert "Mã PIN không đúng" in words_of(wrong)
    done = browsing.post(f"{address}/ky", seen=seen, once="2", pin=PIN)
    assert (done.status_code, done.headers["location"]) == (303, address)
    paper = paper_at(browsing, address)
    assert paper.state == "signed"
    file = browsing.get(f"{address}/tep.pdf")
    assert file.content.startswith(original)
    assert file.headers["content-disposition"].startswith("attachment")
    desk = browsing.portal.desk
    assert desk.judge(file.content, "x", desk.clock()).verdict is Verdict.PASSED
    after = words_of(browsing.get(address))
    assert "đã ký xong" in after
    assert "Mã PIN" not in after
    assert "Kế hoạch 53-KH/TU" in words_of(browsing.get("/ban-sao"))


def test_a_scan_and_an_extract_are_made_from_the_same_form(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.clerk)
    address = prepared(browsing, scan("JPEG"), source="paper")
    assert "Bản sao từ giấy (SAO Y)" in words_of(browsing.get(address))
    address = prepared(browsing, plain_pdf(3), form="trich_sao", pages="1, 3")
    assert "Trích các trang 1, 3" in words_of(browsing.get(address))


def test_what_cannot_be_copied_is_said_on_the_form_and_what_was_typed_stays(
    browsing: Browsing,
) -> None:
    browsing.sign_in(PEOPLE.clerk)
    for content, fields, words in (
        (scan(size=(1240, 1754), dpi=150), {"source": "paper"}, "150 dpi"),
        (b"no pdf", {}, "Không đọc được"),
        (plain_pdf(1, top="3mm"), {}, "không còn chỗ trống"),
        (plain_pdf(2), {"form": "trich_sao", "pages": "một"}, "ví dụ 1,3-5"),
        (plain_pdf(2), {"form": "sao-gi"}, "Chọn lại"),
        (plain_pdf(2), {"name": " "}, "Ghi tên văn bản được sao"),
    ):
        answer = bring(browsing, content, **{"decided_by": "Chánh văn phòng", **fields})
        assert answer.status_code == 422, words
        assert words in words_of(answer), words_of(answer)[:800]
        assert 'value="Chánh văn phòng"' in answer.text


def test_who_is_no_clerk_looks_and_makes_none(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.clerk)
    address = prepared(browsing, plain_pdf(1))
    seen = seen_in(browsing.get(address))
    browsing.sign_in(PEOPLE.drafter)
    assert 'type="file"' not in browsing.get("/ban-sao").text
    assert "Mã PIN" not in words_of(browsing.get(address))
    refused = bring(browsing, plain_pdf(1))
    assert refused.status_code == 403
    assert browsing.post(f"{address}/ky", seen=seen, pin=PIN).status_code == 403
    assert paper_at(browsing, address).state == "prepared"


def test_without_signing_in_nothing_is_shown(browsing: Browsing) -> None:
    for path in ("/ban-sao", "/ban-sao/00000000-0000-0000-0000-000000000000"):
        answer = browsing.get(path)
        assert answer.status_code == 303
        assert "/dang-nhap" in answer.headers["location"]


def test_a_form_of_another_page_brings_no_file(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.clerk)
    token = token_in(browsing.get("/ban-sao"))
    answer = browsing.client.post(
        "/ban-sao/lap",
        data={"csrf": token[::-1], "form": "sao_y", "name": "x"},
        files={"file": ("a.pdf", plain_pdf(1))},
    )
    assert answer.status_code == 403
