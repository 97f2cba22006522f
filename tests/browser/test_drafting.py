"""A drafter writes a directive from nothing; the browser dies in the middle and nothing is lost."""

from tests.browser.conftest import Visitor
from tests.portal.seeded import PEOPLE, Seeded


def write(desktop: Visitor, place: str, text: str) -> None:
    desktop.page.fill(f"[name='{place}']", text)


def test_a_directive_is_written_from_nothing_and_survives_a_crash(
    desktop: Visitor, seeded: Seeded
) -> None:
    page = desktop.page
    desktop.sign_in(PEOPLE.drafter)
    page.click(".rail a[href='/soan']")
    page.click("button.kind:has-text('Kế hoạch')")
    page.wait_for_selector("form[data-draft]")
    address = page.url
    write(desktop, "h.title", "Tuyên truyền bầu cử")
    write(desktop, "o.0.x", "Ban Tuyên giáo Tỉnh ủy xây dựng kế hoạch như sau:")
    write(desktop, "b.1.x", "Chữ gõ trước khi trình duyệt chết.")
    page.wait_for_selector("#da-luu:has-text('Đã lưu lúc')")
    # The last words were not sent yet: the line is cut, then the window is gone.
    page.context.set_offline(True)
    write(desktop, "b.5.x", "Câu gõ lúc mất mạng.")
    page.wait_for_selector("#da-luu:has-text('Chưa lưu được')")
    page.close()
    desktop.page = page = desktop.page.context.new_page()
    page.context.set_offline(False)
    page.goto(address)
    assert page.input_value("[name='b.1.x']") == "Chữ gõ trước khi trình duyệt chết."
    page.wait_for_function(
        "document.querySelector(\"[name='b.5.x']\").value === 'Câu gõ lúc mất mạng.'"
    )
    page.wait_for_selector("#da-luu:has-text('Đã lưu lúc')")

    write(desktop, "b.3.x", "Các huyện ủy, thành ủy gửi báo cáo kết quả trước ngày 20/12/2022.")
    page.click("button[value='units:l.0']")
    page.fill("[data-filter]", "huyen uy")
    page.check(".tree li:not([hidden]) input >> nth=0")
    page.click("text=Lấy các đơn vị đã chọn")
    page.click("button[value='task:b:3']")
    page.wait_for_selector("text=Hạn cuối thứ Hai, 19/12/2022")
    page.click("button[value='look']")
    page.wait_for_selector("img[alt='Trang 1 của dự thảo']")
    page.click("text=Soạn tiếp")
    assert "phải sửa trước khi trình" not in page.inner_text("#ra-soat")
    page.click("text=Trình kiểm tra")
    page.wait_for_selector(f"text=Chờ {_name(seeded)}")
    desktop.sign_in(PEOPLE.content_reviewer)
    page.wait_for_selector("text=Tuyên truyền bầu cử")


def _name(seeded: Seeded) -> str:
    return seeded.actor(PEOPLE.content_reviewer).name.partition(",")[0]


def test_pages_follow_what_is_typed_and_a_press_that_never_arrived_loses_nothing(
    desktop: Visitor,
) -> None:
    page = desktop.page
    desktop.sign_in(PEOPLE.drafter)
    page.goto(f"{desktop.url}/soan")
    page.click("button.kind:has-text('Kế hoạch')")
    page.wait_for_selector("form[data-draft]")
    address = page.url
    page.click(".preview summary")
    shown = page.wait_for_selector(".preview img").get_attribute("src")
    write(desktop, "b.1.x", "Chữ hiện trên trang in.")
    page.wait_for_function(
        "old => !document.querySelector('.preview img').src.endsWith(old)", arg=shown
    )
    # The line is cut at the press of a button: what was typed since is there again.
    write(desktop, "b.5.x", "Câu gõ ngay trước khi bấm.")
    page.context.set_offline(True)
    page.click(".draft-side button[value='save']")
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    page.goto(address)
    page.wait_for_function(
        "document.querySelector(\"[name='b.5.x']\").value === 'Câu gõ ngay trước khi bấm.'"
    )
    page.wait_for_selector("#da-luu:has-text('Đã lưu lúc')")


def test_the_editor_fits_a_telephone(phone: Visitor) -> None:
    phone.sign_in(PEOPLE.drafter)
    phone.open("/soan")
    phone.page.click("button.kind:has-text('Công văn')")
    phone.page.wait_for_selector("form[data-draft]")
    assert not phone.is_too_wide
    phone.page.click("button[value='units:l.0']")
    phone.page.wait_for_selector("[data-filter]")
    assert not phone.is_too_wide
