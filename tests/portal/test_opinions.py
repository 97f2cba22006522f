"""Opinions in the portal: asked by ticking, given on a page, seen by the signatory."""

import re

from sqlalchemy import select

from models.base import DirectiveId
from models.lifecycle import ReviewStep
from models.officer import Post
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE
from tests.portal.test_outsiders import OUTSIDER, outsider

__all__ = ["outsider"]

DAY = "2022-09-30"
_GIVE = re.compile(r'action="(/van-ban/[^"]+/y-kien/[^"]+/tra-loi)"')
_UNIT = re.compile(r'name="unit" value="([^"]+)"')


def asked(browsing: Browsing, title: str, *officers: str) -> DirectiveId:
    key = browsing.seeded.submitted(title)
    browsing.sign_in(PEOPLE.drafter)
    sent = browsing.post(
        f"/van-ban/{key}/y-kien", officer=list(officers), due=DAY, question="Hạn có gấp không?"
    )
    assert sent.status_code == 303, words_of(sent)
    return key


def gives(browsing: Browsing, key: DirectiveId, answer: str, text: str) -> int:
    found = _GIVE.search(browsing.get(f"/van-ban/{key}/y-kien").text)
    assert found
    return browsing.post(found[1], answer=answer, text=text).status_code


def test_an_officer_who_is_asked_finds_it_answers_and_the_signatory_reads_it(
    browsing: Browsing,
) -> None:
    key = asked(browsing, "Xin ý kiến nội bộ", PEOPLE.clerk, PEOPLE.follow_up)
    browsing.sign_in(PEOPLE.clerk)
    waiting = browsing.get("/viec-cua-toi?loc=y-kien")
    assert "Nguyễn Minh An xin ý kiến." in words_of(waiting)
    assert f"/van-ban/{key}/y-kien#tra-loi" in waiting.text
    assert "Hạn có gấp không?" in words_of(browsing.get(f"/van-ban/{key}/y-kien"))
    assert gives(browsing, key, "disagree", "Lùi hạn <một> tuần.") == 303
    assert f"/van-ban/{key}/y-kien#tra-loi" not in browsing.get("/viec-cua-toi").text
    browsing.sign_in(PEOPLE.signatory)
    page = browsing.get(f"/van-ban/{key}")
    words = words_of(page)
    assert "Đã trả lời 1/2 · 1 không đồng ý" in words
    assert "Lùi hạn &lt;một&gt; tuần." in page.text
    browsing.seeded.passes(key)
    browsing.seeded.machine.run(key)
    assert (
        "Xin ý kiến" not in words_of(browsing.get(f"/van-ban/{key}/y-kien")).split("Các ý kiến")[1]
    )


def test_before_the_pin_the_opinions_are_counted(browsing: Browsing) -> None:
    key = asked(browsing, "Ý kiến trước khi ký", PEOPLE.clerk)
    browsing.sign_in(PEOPLE.clerk)
    gives(browsing, key, "with_remarks", "Sửa lỗi chính tả.")
    browsing.seeded.passes(key, *ReviewStep)
    browsing.decide(key, "take_number")
    browsing.sign_in(PEOPLE.signatory)
    assert "Ý kiến Đã trả lời 1/1" in words_of(browsing.get(f"/van-ban/{key}/ky"))


def test_a_refused_request_keeps_what_was_ticked_and_typed(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Chưa chọn ngày")
    browsing.sign_in(PEOPLE.content_reviewer)
    path = f"/van-ban/{key}/y-kien"
    for due, said in (("", "Chọn ngày cần có ý kiến"), ("2020-01-01", "đã qua"), ("x", "Ngày")):
        refused = browsing.post(path, officer=[PEOPLE.clerk], due=due, question="Câu đã nhập")
        assert refused.status_code == 422
        assert said in words_of(refused)
        assert ">Câu đã nhập</textarea>" in refused.text
        assert re.search(rf'value="{PEOPLE.clerk}"\s+checked', refused.text)
    browsing.sign_in("cao-duc-thanh")
    assert browsing.post(path, officer=[PEOPLE.clerk], due=DAY).status_code == 403


def test_a_unit_is_found_by_name_asked_and_its_officer_sees_the_draft(
    browsing: Browsing, outsider: str
) -> None:
    key = browsing.seeded.submitted("Xin ý kiến đơn vị")
    browsing.sign_in(PEOPLE.drafter)
    path = f"/van-ban/{key}/y-kien"
    with browsing.seeded.office.database.reading() as session:
        unit = session.scalars(
            select(Post.organisation_id).where(Post.officer_id == OUTSIDER)
        ).one()
    browsing.sign_in(outsider)
    assert browsing.get(path).status_code == 403
    browsing.sign_in(PEOPLE.drafter)
    assert browsing.post(path, unit=[unit], due=DAY).status_code == 303
    assert _UNIT.findall(browsing.get(f"{path}?tim=huyen uy").text)
    browsing.sign_in(outsider)
    assert browsing.get(f"/van-ban/{key}").status_code == 200
    late = browsing.post(f"{path}/00000000-0000-0000-0000-000000000000/tra-loi", answer="agree")
    assert late.status_code == 404
    assert gives(browsing, key, "agree", "") == 303
    for deed in ("check_content", "approve", "return", "cancel"):
        assert browsing.decide(key, deed, reason="x").status_code == 403
    browsing.sign_in(PEOPLE.signatory)
    assert "Người Ngoài trả lời" in words_of(browsing.get(path))


def test_an_opinion_without_words_is_refused_and_stays_typed(browsing: Browsing) -> None:
    key = asked(browsing, "Ý kiến thiếu chữ", PEOPLE.clerk)
    browsing.sign_in(PEOPLE.clerk)
    assert gives(browsing, key, "disagree", "  ") == 422
    assert gives(browsing, key, "co-le", "Chữ đã nhập") == 422
    assert gives(browsing, key, "agree", "a\x00") == 422
    assert gives(browsing, key, "agree", "") == 303
    browsing.sign_in(PEOPLE.drafter)
    assert browsing.post(f"/van-ban/{key}/y-kien", officer=["x" * 500], due=DAY).status_code == 422
