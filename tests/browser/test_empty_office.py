"""From nothing to a closed directive: six answers, an office file, trial keys, a browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from actions.accounts import add_account
from actions.auditing import MACHINE
from actions.office_file.starting import Beginning, Regime, starting_file
from actions.office_loading import load_office
from models.base import DirectiveId
from models.directive import Directive
from portal.app import make_app
from tests.browser.acting import (
    Entering,
    entrance,
    gets_account,
    go,
    next_work,
    passes,
    press,
    says,
    takes_first_password,
    types_pin,
)
from tests.browser.conftest import Visitor, aside, serving_app
from tests.portal.seeded import PASSWORD, PIN, START, Machine, Seeded
from wiring.bootstrap import open_office
from wiring.clock import SimulatedClock
from wiring.demo_pki.build import DemoPKI
from wiring.demo_pki.recipe import TSA_URL
from wiring.demo_pki.serve import serving
from wiring.demo_setup import pki_folder, prepare_authority
from wiring.settings import load_settings

ADMINISTRATOR, DRAFTER = "tran-duc", "nguoi-soan"
CONTENT, FORM = "nguoi-kiem-tra-noi-dung", "nguoi-kiem-tra-the-thuc"
CLERK, SIGNATORY, UNIT = "van-thu", "nguoi-ky", "don-vi-mot"
SUBJECT = "báo cáo tình hình cán bộ năm 2022"
OWN_PASSWORD = "mùa khô năm nay đến sớm"


@dataclass(frozen=True, slots=True)
class Own:
    """An office that just began, served."""

    seeded: Seeded
    url: str


@pytest.fixture
def own(chromium_path: str, tmp_path: Path) -> Iterator[Own]:
    """The office of six answers; of its officers all but the drafter can sign in."""
    del chromium_path
    file = tmp_path / "co-quan.toml"
    about = Beginning(
        name="Sở Nội vụ", abbreviation="SNV", regime=Regime.STATE, place="Đà Lạt",
        mailbox="snv@vi-du.example", administrator="Trần Đức",
    )  # fmt: skip
    written = starting_file(about, date(2022, 1, 1))
    # Whoever fills it in takes the marks of the examples away.
    file.write_text(re.sub(r"^#(?=\S)", "", written, flags=re.MULTILINE), encoding="utf-8")
    known = {"TRINHKY_FOLDER": str(tmp_path / "office"), "TRINHKY_CLOCK": "simulated"}
    plain = load_settings(known)
    with open_office(plain) as first:
        assert isinstance(first.clock, SimulatedClock)
        first.clock.set(START)
        load_office(first.database, file, at=START, actor=MACHINE)
        prepare_authority(first.database, plain)
        for officer in (ADMINISTRATOR, CONTENT, FORM, CLERK, SIGNATORY):
            add_account(
                first.database, officer_id=officer, username=officer, password=PASSWORD, at=START,
                actor=MACHINE,
            )  # fmt: skip
    with serving(pki_folder(plain)) as address:
        stamps = {
            "TRINHKY_TIMESTAMPS__URL": TSA_URL, "TRINHKY_TIMESTAMPS__PROXY": address,
            "TRINHKY_TIMESTAMPS__FAKE_TIME": "true",
        }  # fmt: skip
        with open_office(load_settings(known | stamps)) as office:
            pki = DemoPKI(folder=pki_folder(plain))
            seeded = Seeded(office=office, pki=pki, machine=Machine(office))
            with serving_app(make_app(office, nudge=seeded.machine)) as url:
                yield Own(seeded, url)


@pytest.fixture
def enter(browser: Browser, own: Own) -> Iterator[Entering]:
    with entrance(browser, own.url) as enter:
        yield enter


def writes_a_letter(drafter: Visitor) -> None:
    drafter.open("/theo-doi")
    says(drafter, "Văn bản hiện ở đây ngay khi được phát hành")
    drafter.open("/van-ban")
    says(drafter, "Văn bản của cơ quan hiện ở đây từ lúc trình dự thảo")
    drafter.page.get_by_role("main").get_by_role("link", name="Soạn văn bản").click()
    drafter.page.get_by_role("button", name="Công văn").click()
    drafter.page.get_by_label("Trích yếu").fill(SUBJECT)
    drafter.page.get_by_role("textbox", name="Kính gửi").fill("Các đơn vị trực thuộc")
    first, last = (f"{part}, đoạn 1" for part in ("Phần mở đầu", "Nội dung"))
    drafter.page.get_by_label(first).fill(
        "Đề nghị các đơn vị gửi báo cáo về Sở Nội vụ trước ngày 15/12/2022."
    )
    drafter.page.get_by_label(last).fill("Đề nghị các đơn vị thực hiện./.")
    drafter.page.get_by_role("button", name="Chọn đơn vị của dòng 1").click()
    drafter.page.get_by_label("Các đơn vị trực thuộc").check()
    press(drafter, "Lấy các đơn vị đã chọn")
    drafter.page.get_by_label("Dòng 1, như sẽ in").fill("Như trên")
    drafter.page.get_by_role("button", name="Giao việc: đoạn 1").first.click()
    says(drafter, "Hạn cuối thứ Tư, 14/12/2022.")
    press(drafter, "Trình kiểm tra")
    says(drafter, "đang kiểm tra")


def gives_trial_certificates(admin: Visitor) -> None:
    """Nobody goes to the server for it, and nothing is started again."""
    go(admin, "Xem chứng thư")
    says(admin, "Chưa có chứng thư: Họ tên người ký, Sở Nội vụ.")
    press(admin, "Cấp chứng thư thử nghiệm")
    says(admin, "Đã cấp chứng thư thử nghiệm cho: Họ tên người ký, Sở Nội vụ.")
    says(admin, f"Mã PIN khi ký, khi đóng dấu: {PIN}")
    go(admin, "Quản trị")


def checks_the_form(reviewer: Visitor) -> None:
    next_work(reviewer, SUBJECT, "Kiểm tra thể thức")
    says(reviewer, "Không thấy chỗ nào trái quy định về thể thức.")
    passes(reviewer, SUBJECT, "Kiểm tra thể thức", "Đạt về thể thức", "phê duyệt")


def takes_number(clerk: Visitor) -> None:
    """It is said which number it will be."""
    next_work(clerk, SUBJECT, "Cấp số")
    press(clerk, "Cấp số")
    expect(clerk.page.get_by_role("dialog")).to_contain_text("Cấp số 01/SNV-VP cho văn bản này?")
    clerk.agree()
    says(clerk, "Chờ Họ tên người ký ký.")


def finds_whom_it_went_to(clerk: Visitor) -> None:
    """The paper says "Như trên"; dispatch and register say who that is."""
    expect(clerk.page.get_by_role("link", name="Đơn vị nhận thứ nhất")).to_be_visible()
    says(clerk, "Như trên: Các đơn vị trực thuộc")
    go(clerk, "Sổ văn bản")
    row = clerk.page.get_by_role("row", name="01/SNV-VP")
    expect(row).to_contain_text("Các đơn vị trực thuộc")
    expect(row).not_to_contain_text("Như trên")


def adds_a_second_administrator(admin: Visitor) -> None:
    go(admin, "Mở tài khoản cho người quản trị thứ hai")
    go(admin, "Thêm cán bộ")
    for label, text in {"Họ và tên": "Ngô Thị Hai", "Chức danh": "Phó Chánh Văn phòng"}.items():
        admin.page.get_by_label(label, exact=True).fill(text)
    admin.page.get_by_label("quản trị", exact=True).check()
    press(admin, "Thêm cán bộ")
    expect(admin.page.get_by_role("heading", level=1)).to_contain_text("Ngô Thị Hai")


def test_an_office_begins_from_nothing_and_comes_to_its_first_closed_directive(
    enter: Entering, own: Own, tmp_path: Path
) -> None:
    seeded = own.seeded
    admin = enter(ADMINISTRATOR)
    says(admin, "Không có văn bản nào chờ ông/bà. Phần quản trị có")
    go(admin, "Quản trị")
    gives_trial_certificates(admin)
    says(admin, "Đang giữ chức vụ mà chưa có tài khoản: Họ tên người soạn thảo")
    adds_a_second_administrator(admin)
    drafter = enter(DRAFTER, signs_in=False)
    username, first = gets_account(admin, "Họ tên người soạn thảo", PASSWORD)
    takes_first_password(drafter, username, first, OWN_PASSWORD)
    writes_a_letter(drafter)
    passes(enter(CONTENT), SUBJECT, "Kiểm tra nội dung", "Đạt về nội dung", "kiểm tra thể thức")
    checks_the_form(enter(FORM))
    signatory, clerk = enter(SIGNATORY, phone=True), enter(CLERK)
    passes(signatory, SUBJECT, "Xem và phê duyệt", "Phê duyệt", "Chờ văn thư cấp số.")
    takes_number(clerk)
    types_pin(signatory, SUBJECT, "Xem và ký", "Mã PIN", "đã ký, chờ đóng dấu")
    types_pin(clerk, SUBJECT, "Đóng dấu", "Mã PIN của khoá cơ quan", "Chờ văn thư phát hành.")
    clerk.open("/phat-hanh")
    says(clerk, "phát hành rồi thì xem ở đây đã gửi đến đơn vị nào")
    next_work(clerk, SUBJECT, "Phát hành")
    press(clerk, "Phát hành")
    clerk.agree()
    finds_whom_it_went_to(clerk)

    with seeded.office.database.reading() as session:
        key = DirectiveId(session.query(Directive).one().id)
    report = tmp_path / "bao-cao.pdf"
    report.write_bytes(aside(partial(seeded.report, UNIT)))
    unit = enter(UNIT, phone=True, signs_in=False)
    unit.open(seeded.link(UNIT, key))
    says(unit, "Chữ ký hợp lệ. Văn bản còn nguyên vẹn từ khi ký.")
    press(unit, "Xác nhận đã nhận")
    unit.page.get_by_label("Chọn tệp báo cáo PDF đã ký số").set_input_files(report)
    press(unit, "Gửi báo cáo")
    says(unit, "Đã nhận tệp")
    # Who drafts also follows up in this office.
    next_work(drafter, SUBJECT, "Xem báo cáo")
    press(drafter, "Nhận báo cáo")
    drafter.agree()
    says(drafter, "Đã kết thúc theo dõi")
    assert seeded.directive(key).state == "closed"
