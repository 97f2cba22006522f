"""Fields speak the language of the page, whatever language the browser has."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.acting import press, says
from tests.browser.conftest import Visitor

BEFORE = "one => getComputedStyle(one, '::before').content"
LACKS = "one => one.validationMessage"


def test_what_is_missing_is_said_in_the_page_s_own_words_and_then_taken(desktop: Visitor) -> None:
    desktop.sign_in("truong-my-linh")
    desktop.open("/quan-tri/nhom")
    desktop.page.locator("summary", has_text="Thêm nhóm").click()
    name = desktop.page.get_by_label("Tên nhóm như ghi ở nơi nhận")
    press(desktop, "Thêm nhóm")
    assert name.evaluate(LACKS) == "Chưa điền ô này."
    name.fill("Nhóm ghi bằng trình duyệt")
    assert name.evaluate(LACKS) == ""
    press(desktop, "Thêm nhóm")
    says(desktop, "Đã thêm nhóm")


def test_days_and_files_are_shown_as_they_are_written_here(
    desktop: Visitor, tmp_path: Path
) -> None:
    desktop.sign_in("truong-my-linh")
    desktop.open("/quan-tri/can-bo/moi")
    email = desktop.page.get_by_label("Thư điện tử")
    email.fill("không phải thư")
    press(desktop, "Thêm cán bộ")
    desktop.page.get_by_label("Họ và tên").fill("Thử")
    desktop.page.get_by_label("Chức danh").fill("Thử")
    press(desktop, "Thêm cán bộ")
    assert email.evaluate(LACKS) == "Ghi địa chỉ thư, ví dụ van-thu@co-quan.vn."
    day = desktop.page.get_by_label("Từ ngày")
    day.fill("2026-12-05")
    day.blur()
    assert day.evaluate(BEFORE) == '"5/12/2026, thứ bảy"'
    day.fill("")
    day.blur()
    assert day.evaluate(BEFORE) == '"ngày/tháng/năm"'

    desktop.open("/quan-tri/du-lieu")
    face = desktop.page.locator(".file-face")
    expect(face).to_have_attribute("data-name", "Chưa chọn tệp nào")
    press(desktop, "Xem thay đổi")
    field = desktop.page.get_by_label("Tệp dữ liệu của cơ quan (.toml)")
    assert field.evaluate(LACKS) == "Chưa chọn tệp."
    file = tmp_path / "co-quan.toml"
    file.write_text("[office]")
    field.set_input_files(file)
    expect(face).to_have_attribute("data-name", "co-quan.toml")
    assert field.evaluate(LACKS) == ""


def test_an_english_page_says_it_in_english(desktop: Visitor) -> None:
    desktop.sign_in("truong-my-linh")
    desktop.open("/quan-tri/can-bo/moi")
    press(desktop, "Read this page in English")
    press(desktop, "Add an officer")
    assert desktop.page.get_by_label("Full name").evaluate(LACKS) == "This field is empty."
    press(desktop, "Đọc trang này bằng tiếng Việt")
