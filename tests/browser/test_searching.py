"""Finding a directive by a key on any page, narrowing what was found, and keeping the search."""

from tests.browser.conftest import Visitor
from tests.portal.seeded import PEOPLE, Seeded


def test_a_search_is_begun_by_a_key_narrowed_kept_and_forgotten(
    phone: Visitor, desktop: Visitor, seeded: Seeded
) -> None:
    key = seeded.start("Phòng chống cháy rừng mùa khô")
    desktop.sign_in(PEOPLE.drafter)
    page = desktop.page
    page.keyboard.press("/")
    page.keyboard.type('"chay rung mua"')
    page.keyboard.press("Enter")
    page.wait_for_selector(f"a[href='/van-ban/{key}']")
    page.click("text=Lọc thêm")
    page.select_option("select[name=trang-thai]", "drafting")
    page.click("button:has-text('Lọc')")
    page.wait_for_selector("text=1 văn bản khớp.")
    assert "trang-thai=drafting" in page.url
    page.click("text=Lưu bộ lọc này")
    page.fill("details[open] input[name=name]", "Cháy rừng")
    page.click("button:text-is('Lưu')")
    phone.sign_in(PEOPLE.drafter)
    phone.open("/van-ban")
    phone.page.click("nav a:has-text('Cháy rừng')")
    phone.page.wait_for_selector("text=1 văn bản khớp.")
    assert "trang-thai=drafting" in phone.page.url
    phone.page.click("text=Đổi tên, xoá bộ lọc đã lưu")
    assert not phone.is_too_wide
    phone.page.click("button:text-is('Xoá')")
    phone.agree()
    phone.page.wait_for_selector("nav a:has-text('Cháy rừng')", state="detached")
    phone.page.wait_for_selector("text=1 văn bản khớp.")
