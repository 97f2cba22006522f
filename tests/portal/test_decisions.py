"""Who sees and does what with a directive, from draft to issue, through the pages alone."""

import pytest
from sqlalchemy import select

from models.directive import Directive
from models.organisation import Organisation
from tests.portal.browsing import Browsing, live_of, seen_in, words_of
from tests.portal.seeded import PEOPLE, PIN

EVERYBODY = (
    PEOPLE.drafter,
    PEOPLE.content_reviewer,
    PEOPLE.form_reviewer,
    PEOPLE.signatory,
    PEOPLE.clerk,
    PEOPLE.follow_up,
    "cao-duc-thanh",
)


def test_a_directive_goes_all_the_way_through_the_pages(browsing: Browsing) -> None:
    key = browsing.seeded.start("Đi hết đường qua các trang")
    way = (
        (PEOPLE.drafter, "submit", "in_review"),
        (PEOPLE.form_reviewer, "check_form", "in_review"),
        (PEOPLE.content_reviewer, "check_content", "in_review"),
        (PEOPLE.signatory, "approve", "approved"),
        (PEOPLE.clerk, "take_number", "numbered"),
    )
    for officer, deed, state in way:
        browsing.sign_in(officer)
        page = browsing.get(f"/van-ban/{key}")
        assert f"/quyet-dinh/{deed}" in page.text
        done = browsing.decide(key, deed)
        assert done.status_code == 303, words_of(done)
        assert browsing.state(key) == state
    browsing.sign_in(PEOPLE.signatory)
    page = browsing.get(f"/van-ban/{key}/ky")
    assert "K/T TRƯỞNG BAN" in page.text
    signed = browsing.post(f"/van-ban/{key}/ky", seen=seen_in(page), pin=PIN)
    assert signed.status_code == 303, words_of(signed)
    assert browsing.state(key) == "signed"
    browsing.sign_in(PEOPLE.clerk)
    page = browsing.get(f"/van-ban/{key}/dong-dau")
    assert "Chữ ký hợp lệ." in page.text
    sealed = browsing.post(f"/van-ban/{key}/dong-dau", seen=seen_in(page), pin=PIN)
    assert sealed.status_code == 303, words_of(sealed)
    page = browsing.get(f"/van-ban/{key}/phat-hanh")
    assert "63 đơn vị" in words_of(page)
    assert browsing.post(f"/van-ban/{key}/phat-hanh").headers["location"] == f"/phat-hanh/{key}"
    assert "Đã gửi 0/63 đơn vị" in words_of(browsing.get(f"/phat-hanh/{key}"))
    number = browsing.seeded.directive(key).number_text
    assert number
    assert number in words_of(browsing.get("/so-van-ban"))


@pytest.mark.parametrize(
    ("officer", "deed"),
    [
        (PEOPLE.content_reviewer, "check_content"),
        (PEOPLE.form_reviewer, "check_form"),
    ],
)
def test_only_who_was_named_sees_and_takes_a_check(
    browsing: Browsing, officer: str, deed: str
) -> None:
    key = browsing.seeded.submitted()
    for other in EVERYBODY:
        if other == officer:
            continue
        browsing.sign_in(other)
        assert f"/quyet-dinh/{deed}" not in browsing.get(f"/van-ban/{key}").text
        refused = browsing.decide(key, deed)
        assert refused.status_code == 403
        assert "không có quyền" in words_of(refused)
    browsing.sign_in(officer)
    assert browsing.decide(key, deed).status_code == 303


def test_a_return_needs_a_reason_and_reaches_the_drafter(browsing: Browsing) -> None:
    key = browsing.seeded.submitted()
    browsing.sign_in(PEOPLE.form_reviewer)
    empty = browsing.decide(key, "return", reason="  ")
    assert empty.status_code == 422
    assert "Trả lại phải có lý do" in words_of(empty)
    assert browsing.decide(key, "return", reason="Sửa địa danh <b>").status_code == 303
    browsing.sign_in(PEOPLE.drafter)
    page = browsing.get(f"/van-ban/{key}")
    assert "Sửa địa danh &lt;b&gt;" in page.text
    assert "Sửa địa danh <b>" in words_of(browsing.get("/viec-cua-toi"))


def test_who_comes_late_is_told_who_was_quicker_and_keeps_the_words(browsing: Browsing) -> None:
    key = browsing.seeded.submitted()
    browsing.sign_in(PEOPLE.form_reviewer)
    browsing.decide(key, "return", reason="Sửa địa danh.")
    browsing.sign_in(PEOPLE.content_reviewer)
    late = browsing.decide(key, "return", reason="Số liệu ở mục II chưa khớp.")
    assert late.status_code == 409
    said = words_of(late)
    assert "Văn bản đã được Phạm Thu Hà, Chánh Văn phòng Ban trả lại lúc" in said
    assert "trang này đã cũ. Nội dung đồng chí vừa nhập vẫn còn ở dưới." in said
    assert "Số liệu ở mục II chưa khớp." in said


def test_a_typed_number_needs_a_reason(browsing: Browsing) -> None:
    key = browsing.seeded.approved()
    browsing.sign_in(PEOPLE.clerk)
    assert "Các số bị bỏ qua không cấp lại được nữa" in browsing.get(f"/van-ban/{key}").text
    refused = browsing.decide(key, "take_number", number="chín", reason="Sổ giấy")
    assert refused.status_code == 422
    assert 'value="chín"' in refused.text
    refused = browsing.decide(key, "take_number", number="5", reason="Sổ giấy")
    assert "chọn số lớn hơn" in words_of(refused)
    assert browsing.state(key) == "approved"


def test_a_wrong_pin_is_shown_and_signs_nothing(browsing: Browsing) -> None:
    key = browsing.seeded.numbered()
    browsing.sign_in(PEOPLE.signatory)
    page = browsing.get(f"/van-ban/{key}/ky")
    wrong = browsing.post(f"/van-ban/{key}/ky", seen=seen_in(page), pin="987123")
    assert wrong.status_code == 422
    assert "Mã PIN không đúng" in words_of(wrong)
    assert "987123" not in wrong.text
    assert browsing.state(key) == "numbered"


def test_what_was_not_seen_is_not_signed(browsing: Browsing) -> None:
    key = browsing.seeded.numbered()
    browsing.sign_in(PEOPLE.signatory)
    stale = browsing.post(f"/van-ban/{key}/ky", seen="0" * 64, pin=PIN)
    assert stale.status_code == 409
    assert browsing.state(key) == "numbered"


def test_nobody_but_the_signatory_sees_the_signing_page(browsing: Browsing) -> None:
    key = browsing.seeded.numbered()
    for officer in EVERYBODY:
        if officer == PEOPLE.signatory:
            continue
        browsing.sign_in(officer)
        assert browsing.get(f"/van-ban/{key}/ky").status_code == 403
        refused = browsing.post(f"/van-ban/{key}/ky", seen="0" * 64, pin=PIN)
        assert refused.status_code == 403
    assert browsing.state(key) == "numbered"


def test_nobody_but_the_clerk_issues(browsing: Browsing) -> None:
    key = browsing.seeded.sealed()
    for officer in EVERYBODY:
        if officer == PEOPLE.clerk:
            continue
        browsing.sign_in(officer)
        page = browsing.get(f"/van-ban/{key}/phat-hanh")
        assert "Việc phát hành thuộc về văn thư" in words_of(page)
        assert browsing.post(f"/van-ban/{key}/phat-hanh").status_code == 403
    assert browsing.state(key) == "sealed"


def test_another_offices_directive_is_not_shown(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Văn bản của cơ quan khác")
    with browsing.seeded.office.database.writing() as session:
        other = session.scalars(select(Organisation.id).where(Organisation.id == "t79")).one()
        session.get_one(Directive, key).organisation_id = other
    browsing.sign_in(PEOPLE.signatory)
    assert browsing.get(f"/van-ban/{key}").status_code == 403
    assert browsing.get(f"/song?trang=van-ban&ma={key}").status_code == 403
    assert "cơ quan khác" not in browsing.get("/van-ban").text


def test_a_page_image_belongs_to_its_directive(browsing: Browsing) -> None:
    mine, other = browsing.seeded.numbered(), browsing.seeded.numbered()
    digest = browsing.seeded.directive(mine).frozen_sha256
    browsing.sign_in(PEOPLE.clerk)
    picture = browsing.get(f"/van-ban/{mine}/anh/{digest}/1.png")
    assert picture.headers["content-type"] == "image/png"
    assert browsing.get(f"/van-ban/{other}/anh/{digest}/1.png").status_code == 404
    assert browsing.get(f"/van-ban/{mine}/anh/{digest}/99.png").status_code == 422


def test_while_the_machine_works_the_page_looks_again_by_itself(browsing: Browsing) -> None:
    key = browsing.seeded.approved()
    browsing.seeded.machine.asleep = True
    browsing.sign_in(PEOPLE.clerk)
    browsing.decide(key, "take_number")
    page = browsing.get(f"/van-ban/{key}")
    assert "Đang dựng bản để ký." in page.text
    address, mark = live_of(page.text)
    assert 'data-live-wait="2"' in page.text
    assert browsing.get(f"{address}&dau={mark}").status_code == 204
    browsing.seeded.machine.run(key)
    ready = browsing.get(f"{address}&dau={mark}").json()
    assert ready["changed"]
    assert ready["wait"] > 2


def test_every_decision_nudges_the_run(browsing: Browsing) -> None:
    key = browsing.seeded.start()
    browsing.sign_in(PEOPLE.drafter)
    before = len(browsing.seeded.machine.nudged)
    browsing.decide(key, "submit")
    assert browsing.seeded.machine.nudged[before:] == [key]


def test_search_finds_without_marks_and_case(browsing: Browsing) -> None:
    browsing.seeded.start("Kỷ niệm ngày Đà Lạt giải phóng")
    browsing.sign_in(PEOPLE.drafter)
    found = browsing.get("/van-ban?q=KY NIEM ngay da lat")
    assert "Kỷ niệm ngày Đà Lạt giải phóng" in found.text
    assert "Không có văn bản nào khớp." in browsing.get("/van-ban?q=khongcogi").text


@pytest.mark.parametrize("tab", ["tien-trinh", "noi-nhan", "nhiem-vu", "phien-ban", "lung-tung"])
def test_each_tab_opens(browsing: Browsing, tab: str) -> None:
    key = browsing.seeded.start()
    browsing.sign_in(PEOPLE.drafter)
    assert browsing.get(f"/van-ban/{key}?the={tab}").status_code == 200


def test_what_is_unknown_is_not_found_and_says_so_in_vietnamese(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.drafter)
    paths = ("/van-ban/khong-phai-ma", "/van-ban/00000000-0000-0000-0000-000000000000", "/abc")
    for path in paths:
        page = browsing.get(path)
        assert page.status_code == 404
        assert "Chưa thực hiện được" in page.text
