"""The whole way of one directive: each role at a browser of its own, clicking what it reads.

Signatory and units sit at a telephone of 360 px. Nobody is told an address: officers come by
signing in, "Việc của tôi" and the bell, units by the link of their letter.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Locator, expect

from models.base import DirectiveId
from tests.browser.acting import (
    Entering,
    bell,
    entrance,
    gets_account,
    go,
    next_work,
    passes,
    press,
    says,
    takes_first_password,
    types_pin,
    unread,
)
from tests.browser.conftest import Visitor, aside
from tests.portal.seeded import DEMO, PASSWORD, Seeded
from wiring.demo_draft import PEOPLE

SUBJECT = "tuyên truyền phòng cháy, chữa cháy rừng mùa khô"
TASK = "Các cơ quan báo chí gửi báo cáo kết quả về Ban Tuyên giáo Tỉnh ủy trước ngày 15/12/2022."
UNITS = {"bao-lam-dong": "Báo Lâm Đồng", "vptu-lam-dong": "Văn phòng Tỉnh ủy"}


@pytest.fixture
def enter(browser: Browser, served: str) -> Iterator[Entering]:
    with entrance(browser, served) as enter:
        yield enter


def choose_units(drafter: Visitor) -> None:
    drafter.page.get_by_role("button", name="Chọn đơn vị của dòng 1").click()
    for name in UNITS.values():
        drafter.page.get_by_label(name, exact=True).check()
    press(drafter, "Lấy các đơn vị đã chọn")


def writes_and_hands_in(drafter: Visitor) -> DirectiveId:
    """From a clean page to a draft that is checked; returns the directive."""
    go(drafter, "Soạn văn bản")
    drafter.page.get_by_role("button", name="…-KH/BTGTU").click()
    expect(drafter.page.locator(".fault")).to_have_count(0)
    for label, text in {
        "Trích yếu": SUBJECT,
        "Phần mở đầu, đoạn 1": "Ban Tuyên giáo Tỉnh ủy xây dựng kế hoạch như sau:",
        "Nội dung, đoạn 2": "Nâng cao nhận thức của cán bộ, đảng viên và Nhân dân.",
        "Nội dung, đoạn 4": "Tuyên truyền trên báo chí và sinh hoạt chi bộ.",
        "Nội dung, đoạn 6": TASK,
        "Phần kết, đoạn 1": "Có vướng mắc thì báo cáo về Ban Tuyên giáo Tỉnh ủy.",
    }.items():
        drafter.page.get_by_label(label, exact=True).fill(text)
    choose_units(drafter)
    drafter.page.get_by_role("button", name="Giao việc: đoạn 6").click()
    says(drafter, "Hạn cuối thứ Tư, 14/12/2022.")
    says(drafter, "Không thấy thiếu sót. Có thể trình.")
    press(drafter, "Trình kiểm tra")
    says(drafter, "đang kiểm tra")
    return DirectiveId(UUID(drafter.page.url.rpartition("/")[2]))


def returns_what_is_wrong(reviewer: Visitor) -> None:
    """The bell leads to the paper; what is wrong with it goes back with a reason."""
    before = unread(reviewer)
    assert before > 0
    bell(reviewer).click()
    told = reviewer.page.get_by_role("listitem").filter(has_text=SUBJECT)
    told.get_by_role("button", name="Dự thảo chờ kiểm tra nội dung.", exact=True).click()
    expect(reviewer.page.get_by_role("heading", level=1)).to_contain_text(SUBJECT)
    assert unread(reviewer) == before - 1
    reviewer.page.get_by_text("Trả lại kèm lý do").click()
    reviewer.page.get_by_label("Điều cần sửa").fill("Nêu rõ báo cáo gửi bằng văn bản.")
    press(reviewer, "Trả lại người soạn thảo")
    says(reviewer, "trả lại")


def mends_and_hands_in_again(drafter: Visitor) -> None:
    drafter.open("/")
    row = drafter.page.locator("li.row", has_text=SUBJECT)
    row.get_by_role("link", name="Xem và sửa").click()
    says(drafter, "Nêu rõ báo cáo gửi bằng văn bản.")
    press(drafter, "Sửa dự thảo")
    drafter.page.get_by_label("Phần kết, đoạn 1").fill("Báo cáo bằng văn bản.")
    drafter.page.get_by_label("Đã sửa những gì").fill("Đã nêu rõ ở phần kết.")
    press(drafter, "Lưu bản mới và trình lại")
    says(drafter, "đang kiểm tra")


def takes_back_and_hands_in_as_it_was(drafter: Visitor) -> None:
    """Second thoughts, and third ones; the reason is asked for, nothing is lost."""
    drafter.page.get_by_text("Rút lại để sửa", exact=True).click()
    drafter.page.get_by_label("Lý do rút lại").fill("Xem lại câu cuối.")
    press(drafter, "Rút lại dự thảo này")
    says(drafter, "Người soạn đã rút lại để sửa")
    says(drafter, "Xem lại câu cuối.")
    press(drafter, "Trình lại, không sửa")
    drafter.agree()
    says(drafter, "đang kiểm tra")


def issues(clerk: Visitor) -> None:
    next_work(clerk, SUBJECT, "Phát hành")
    says(clerk, "Sẽ gửi tới 2 đơn vị, giao 1 nhiệm vụ")
    press(clerk, "Phát hành")
    clerk.agree()
    says(clerk, "đơn vị")
    expect(clerk.page.get_by_role("link", name="Báo Lâm Đồng")).to_be_visible()


def reads_and_asks_for_time(unit: Visitor, link: str) -> None:
    """A unit reads, sees for itself that the paper is real, says it has it, asks for more time."""
    unit.open(link)
    says(unit, "Chữ ký hợp lệ. Văn bản còn nguyên vẹn từ khi ký.")
    go(unit, "Đọc văn bản")
    expect(unit.page.get_by_role("img", name="Trang 1 của văn bản")).to_be_in_viewport()
    go(unit, "Tự kiểm tra chữ ký")
    says(unit, "Trần Trung Hiếu")
    go(unit, "Về trang của đơn vị")
    press(unit, "Xác nhận đã nhận")
    says(unit, "Đơn vị đã xác nhận đã nhận")
    unit.page.get_by_text("Xin gia hạn", exact=True).click()
    unit.page.get_by_label("Xin gia hạn đến").fill("2022-12-20")
    unit.page.get_by_label("Lý do", exact=True).fill("Chờ số liệu của các xã, phường.")
    press(unit, "Gửi đề nghị gia hạn")
    says(unit, "Đã gửi đề nghị gia hạn")


def reports(unit: Visitor, file: Path, link: str = "") -> None:
    if link:
        unit.open(link)
    unit.page.get_by_label("Chọn tệp báo cáo PDF đã ký số").set_input_files(file)
    press(unit, "Gửi báo cáo")
    says(unit, f"Đã nhận tệp “{file.name}”")


def of(follower: Visitor, unit: str) -> Locator:
    return follower.page.locator("li.row", has_text=unit)


def returns_one_and_grants_the_other(follower: Visitor) -> None:
    assert unread(follower) > 0
    next_work(follower, SUBJECT, "Xem báo cáo")
    office = of(follower, "Văn phòng Tỉnh ủy")
    office.get_by_text("Trả lại kèm lý do").click()
    office.get_by_label("Điều cần bổ sung").fill("Thiếu số tin, bài đã đăng.")
    office.get_by_role("button", name="Trả lại báo cáo").click()
    expect(office).to_have_count(0)
    of(follower, "Báo Lâm Đồng").get_by_role("button", name="Đồng ý gia hạn").click()
    follower.agree()
    says(follower, "20/12/2022")


def accepts_all_and_consolidates(follower: Visitor) -> None:
    next_work(follower, SUBJECT, "Xem báo cáo")
    for unit in UNITS.values():
        of(follower, unit).get_by_role("button", name="Nhận báo cáo").click()
        follower.agree()
        expect(of(follower, unit)).to_have_count(0)
    says(follower, "Đã kết thúc theo dõi")
    go(follower, "Tổng hợp kết quả, báo cáo lên cấp trên")
    press(follower, "Lập báo cáo tổng hợp")
    expect(follower.page.get_by_role("link", name="PDF", exact=True)).to_be_visible()


def test_a_directive_goes_from_a_clean_page_to_its_end_through_every_role(
    enter: Entering, seeded: Seeded, tmp_path: Path
) -> None:
    drafter, clerk = enter(PEOPLE.drafter), enter(PEOPLE.clerk)
    key = writes_and_hands_in(drafter)
    reviewer = enter(PEOPLE.content_reviewer)
    returns_what_is_wrong(reviewer)
    mends_and_hands_in_again(drafter)
    takes_back_and_hands_in_as_it_was(drafter)
    passes(
        reviewer,
        SUBJECT,
        "Kiểm tra nội dung",
        "Đạt về nội dung",
        "Chờ Phạm Thu Hà kiểm tra thể thức.",
    )
    checker = enter(PEOPLE.form_reviewer)
    passes(
        checker, SUBJECT, "Kiểm tra thể thức", "Đạt về thể thức", "Chờ Trần Trung Hiếu phê duyệt."
    )
    signatory = enter(PEOPLE.signatory, phone=True)
    passes(signatory, SUBJECT, "Xem và phê duyệt", "Phê duyệt", "Chờ văn thư cấp số.")
    passes(clerk, SUBJECT, "Cấp số", "Cấp số", "Chờ Trần Trung Hiếu ký.")
    types_pin(signatory, SUBJECT, "Xem và ký", "Mã PIN", "đã ký, chờ đóng dấu")
    types_pin(clerk, SUBJECT, "Đóng dấu", "Mã PIN của khoá cơ quan", "Chờ văn thư phát hành.")
    issues(clerk)

    files = {}
    for unit in UNITS:
        files[unit] = tmp_path / f"{unit}.pdf"
        files[unit].write_bytes(aside(partial(seeded.report, unit)))
    paper, office = (enter(unit, phone=True, signs_in=False) for unit in UNITS)
    reads_and_asks_for_time(paper, seeded.link("bao-lam-dong", key))
    reports(office, files["vptu-lam-dong"], seeded.link("vptu-lam-dong", key))
    follower = enter(PEOPLE.follow_up)
    returns_one_and_grants_the_other(follower)
    office.open(seeded.link("vptu-lam-dong", key))
    says(office, "Báo cáo bị trả lại: Thiếu số tin, bài đã đăng.")
    reports(office, files["vptu-lam-dong"])
    reports(paper, files["bao-lam-dong"], seeded.link("bao-lam-dong", key))
    accepts_all_and_consolidates(follower)
    clerk.open(f"/van-ban/{key}")
    says(clerk, "đã kết thúc")
    assert seeded.directive(key).state == "closed"


NEW_OFFICER = """
[[officer]]
id = "le-thi-moi"
name = "Lê Thị Mới"
[[officer.posts]]
organisation = "btgtu-lam-dong"
title = "Chuyên viên"
roles = ["drafter"]
valid_from = 2020-10-17
"""
OWN_PASSWORD = "mùa khô năm nay đến sớm"


def test_an_administrator_takes_an_officer_in_who_signs_in_and_finds_where_to_begin(
    enter: Entering, tmp_path: Path
) -> None:
    file = tmp_path / "co-quan.toml"
    file.write_text((DEMO / "office.toml").read_text(encoding="utf-8") + NEW_OFFICER)
    admin = enter("truong-my-linh")
    go(admin, "Quản trị")
    go(admin, "Mở: Dữ liệu cơ quan")
    admin.page.get_by_label("Tệp dữ liệu của cơ quan").set_input_files(file)
    press(admin, "Xem thay đổi")
    says(admin, "Thêm cán bộ le-thi-moi")
    press(admin, "Nạp tệp này")
    says(admin, "Đã nạp tệp.")
    username, first = gets_account(admin, "Lê Thị Mới", PASSWORD)
    new = enter("le.thi.moi", signs_in=False)
    takes_first_password(new, username, first, OWN_PASSWORD)
    new.open("/")
    says(new, "Không còn việc nào chờ đồng chí.")
    new.page.get_by_role("main").get_by_role("link", name="Soạn văn bản").click()
    expect(new.page.get_by_role("button", name="…-KH/BTGTU")).to_be_visible()


def test_an_auditor_reads_who_did_what_and_that_nothing_is_missing_but_decides_nothing(
    enter: Entering, seeded: Seeded
) -> None:
    number = seeded.directive(aside(lambda: seeded.signed("Để người giám sát xem"))).number_text
    auditor = enter("cao-duc-thanh")
    auditor.page.get_by_role("main").get_by_role("link", name="Nhật ký").click()
    auditor.page.get_by_label("Văn bản (số, ký hiệu hoặc mã)").fill(number or "")
    press(auditor, "Lọc")
    signed = auditor.page.get_by_role("row").filter(has_text="Trần Trung Hiếu")
    expect(signed.filter(has_text="Ký số").first).to_be_visible()
    go(auditor, "Kiểm tra chuỗi")
    says(auditor, "Chuỗi còn nguyên.")
    go(auditor, "Nhật ký")
    auditor.page.get_by_role("table").get_by_role("link", name=number or "").first.click()
    says(auditor, "đã ký, chờ đóng dấu")
    for button in ("Đóng dấu", "Phát hành", "Trả lại người soạn thảo"):
        expect(auditor.page.get_by_role("main").get_by_text(button, exact=True)).to_have_count(0)


def test_an_operator_has_work_of_the_machine_done_now_and_sees_it_in_the_list(
    enter: Entering, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No orchestrator runs beside these tests: what would be handed to it stays in the list.
    monkeypatch.setattr(type(seeded.office), "start_run", lambda *_: None)
    operator = enter("ho-sy-nam", phone=True)
    operator.page.get_by_role("main").get_by_role("link", name="Vận hành").click()
    press(operator, "Chạy ngay: Đôn đốc các đơn vị chưa báo cáo")
    says(operator, "Các lượt chạy gần đây")
    row = operator.page.get_by_role("row").filter(has_text="Hồ Sỹ Nam").first
    expect(row).to_contain_text("Đôn đốc các đơn vị chưa báo cáo")
    expect(row).to_contain_text("chờ chạy")
