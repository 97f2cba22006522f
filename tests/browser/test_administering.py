"""An administrator adds an account, the officer comes in, the administrator ends the session."""

from datetime import date

from playwright.sync_api import Browser

from models.officer import Officer, Post
from tests.browser.conftest import Visitor, aside
from tests.portal.seeded import PASSWORD, Seeded

NAME = "Đinh Thị Mới"


def officer_without_account(seeded: Seeded) -> None:
    with seeded.office.database.writing() as session:
        session.add(Officer(id="dinh-thi-moi", name=NAME))
        session.flush()
        session.add(
            Post(
                officer_id="dinh-thi-moi", organisation_id="btgtu-lam-dong", title="Chuyên viên",
                roles=["drafter"], valid_from=date(2020, 1, 1),
            )
        )  # fmt: skip


def test_an_account_is_added_used_and_its_session_ended(
    desktop: Visitor, browser: Browser, seeded: Seeded
) -> None:
    aside(lambda: officer_without_account(seeded))
    desktop.sign_in("truong-my-linh")
    desktop.page.click("nav.rail >> text=Quản trị")
    desktop.page.click("li.row:has-text('mà chưa có tài khoản') >> text=Mở tài khoản")
    desktop.page.click(f"table >> text={NAME}")
    desktop.page.fill("[name=password]", PASSWORD)
    desktop.page.click("button:has-text('Mở tài khoản')")
    first = desktop.page.inner_text(".secret output")
    context = browser.new_context()
    theirs = Visitor(context.new_page(), desktop.url)
    theirs.open("/dang-nhap")
    theirs.page.fill("[name=username]", "dinh.thi.moi")
    theirs.page.fill("[name=password]", first)
    theirs.page.press("[name=password]", "Enter")
    theirs.page.wait_for_url("**/tai-khoan/mat-khau*")
    desktop.open("/quan-tri/can-bo/dinh-thi-moi")
    desktop.page.click("text=Kết thúc mọi phiên")
    desktop.agree()
    desktop.page.wait_for_selector("text=Đã kết thúc các phiên đăng nhập.")
    theirs.page.reload()
    theirs.page.wait_for_url("**/dang-nhap*")
    context.close()
    assert theirs.complaints == []
