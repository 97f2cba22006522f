"""What was typed into a form that is refused stands on the page that answers, whatever it is."""

import html
import re
from pathlib import Path

import pytest

from models.base import DirectiveId
from portal.rendering import TEMPLATES
from portal.typed import TEXTS
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE
from tests.portal.test_incoming import arrived, sent

WORDS = "Đề nghị bổ sung <b>số liệu</b> “quý IV” & căn cứ"
HINT = "Nội dung vừa nhập, để chép lại"


def test_every_place_for_sentences_is_known() -> None:
    found = {
        name
        for path in Path(TEMPLATES).rglob("*.html")
        for name in re.findall(r'<textarea[^>]*\bname="([\w.]+)"', path.read_text(encoding="utf-8"))
    }
    assert found
    assert found - TEXTS == set()


def test_who_was_thrown_out_meanwhile_finds_the_words_and_the_way_back(
    browsing: Browsing,
) -> None:
    key = browsing.seeded.numbered("Trả lại lúc phiên đã hết")
    browsing.sign_in(PEOPLE.signatory)
    token = browsing.token()
    browsing.client.cookies.clear()
    given = {"csrf": token, "revision": "1", "reason": WORDS}
    came = browsing.client.post(f"/van-ban/{key}/quyet-dinh/return", data=given)
    assert came.status_code == 401
    assert WORDS in words_of(came)
    assert HINT in words_of(came)
    assert f'href="/dang-nhap?tiep=%2Fvan-ban%2F{key}' in came.text
    assert browsing.state(key) == "numbered"
    # Nothing typed, nothing to keep: straight to the form.
    bare = browsing.client.post(f"/van-ban/{key}/quyet-dinh/return", data={"csrf": token})
    assert bare.status_code == 303


def test_who_signed_in_anew_in_another_window_finds_the_words(browsing: Browsing) -> None:
    key = browsing.seeded.numbered("Trả lại từ cửa sổ cũ")
    browsing.sign_in(PEOPLE.signatory)
    given = {"csrf": "của phiên trước", "revision": "1", "reason": WORDS}
    came = browsing.client.post(f"/van-ban/{key}/quyet-dinh/return", data=given)
    assert (came.status_code, WORDS in words_of(came)) == (403, True)
    assert "<b>số liệu" not in came.text


def test_another_sites_words_are_repeated_to_nobody(browsing: Browsing) -> None:
    key = browsing.seeded.numbered("Biểu mẫu của trang khác")
    browsing.sign_in(PEOPLE.signatory)
    given = {"csrf": "x", "revision": "1", "reason": WORDS}
    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://khac.example"}):
        came = browsing.client.post(f"/van-ban/{key}/quyet-dinh/return", data=given, headers=header)
        assert (came.status_code, WORDS in words_of(came)) == (403, False)


def test_words_of_a_form_that_is_not_offered_any_more_are_kept(
    browsing: Browsing, issued: DirectiveId
) -> None:
    browsing.sign_in(PEOPLE.signatory)
    asked = browsing.post(f"/van-ban/{issued}/y-kien", question=WORDS, due="2022-09-30")
    assert asked.status_code in (409, 422)
    assert WORDS in words_of(asked)
    browsing.sign_in(PEOPLE.follow_up)
    event = browsing.post(f"/theo-doi/{issued}/su-kien/KHONG", note=WORDS, day="x")
    assert (event.status_code >= 400, WORDS in words_of(event)) == (True, True)


def test_an_incoming_paper_that_somebody_else_returned_keeps_the_reason(
    browsing: Browsing,
) -> None:
    paper = arrived(browsing.seeded, sent(browsing.seeded))
    browsing.sign_in(PEOPLE.clerk)
    assert browsing.post(f"/van-ban-den/{paper}/tra-lai", reason="Thiếu trang").status_code == 303
    late = browsing.post(f"/van-ban-den/{paper}/tra-lai", reason=WORDS)
    assert (late.status_code, WORDS in words_of(late)) == (409, True)


def test_words_that_the_page_shows_in_its_form_are_not_shown_twice(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.drafter)
    came = browsing.post("/tai-khoan/vang-mat", reason=WORDS, deputy="", first="x", last="x")
    assert came.status_code == 422
    assert WORDS in html.unescape(came.text)
    assert HINT not in words_of(came)


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://khac.example"}, {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8081"},
    ],
)  # fmt: skip
def test_a_form_from_a_neighbour_does_nothing(browsing: Browsing, header: dict[str, str]) -> None:
    browsing.sign_in(PEOPLE.drafter)
    token = browsing.token()
    refused = browsing.client.post("/thong-bao/doc-het", data={"csrf": token}, headers=header)
    assert refused.status_code == 403
    ours = {"Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"}
    taken = browsing.client.post("/thong-bao/doc-het", data={"csrf": token}, headers=ours)
    assert taken.status_code == 303
