"""A draft is talked over: remarks, an opinion, two versions; and a file becomes a draft."""

from pathlib import Path

from actions.drafting import submit
from actions.reviewing import return_draft
from models.base import DirectiveId
from tests.browser.conftest import Visitor, aside
from tests.portal.seeded import DEMO, Seeded
from tests.portal.test_versions import with_paragraph
from wiring.demo_draft import PEOPLE


def test_a_draft_is_talked_over_before_it_is_signed(
    desktop: Visitor, phone: Visitor, seeded: Seeded
) -> None:
    key = aside(lambda: seeded.submitted("Bàn về dự thảo trong trình duyệt"))
    remarks_on_chosen_words(desktop, key)
    asks_and_is_answered(desktop, phone, key)
    # Returned, mended and handed in again: the remark says that its words were changed.
    aside(lambda: mends(seeded, key))
    phone.sign_in(PEOPLE.content_reviewer)
    phone.open(f"/van-ban/{key}")
    phone.page.wait_for_selector("text=Từ lần đồng chí xem trước: 1 chỗ sửa, 1 chỗ thêm")
    phone.page.click("text=Xem hai bản cạnh nhau")
    phone.page.locator(".merged ins", has_text="Chromium").wait_for()
    assert not phone.page.locator(".compare-row .old").first.is_visible()
    assert not phone.is_too_wide
    desktop.sign_in(PEOPLE.signatory)
    desktop.open(f"/van-ban/{key}/gop-y")
    desktop.page.locator(".remark", has_text="câu này đã sửa").wait_for()
    desktop.open(f"/van-ban/{key}/so-sanh")
    desktop.page.locator(".compare-row .old").first.wait_for()
    desktop.open(f"/van-ban/{key}")
    desktop.page.wait_for_selector("text=1 không đồng ý")


def remarks_on_chosen_words(desktop: Visitor, key: DirectiveId) -> None:
    """A reviewer chooses words in a paragraph and remarks on them."""
    desktop.sign_in(PEOPLE.content_reviewer)
    desktop.open(f"/van-ban/{key}")
    desktop.page.click("text=Xem và góp ý vào từng câu")
    desktop.page.wait_for_load_state("load")
    point = desktop.page.locator(".point", has_text="Bàn về dự thảo trong trình duyệt")
    desktop.page.evaluate(
        """text => {
          const node = [...document.querySelectorAll(".point .text")]
            .find((one) => one.textContent.includes(text)).firstChild;
          const at = node.textContent.indexOf("trong trình duyệt");
          getSelection().setBaseAndExtent(node, at, node, at + "trong trình duyệt".length);
        }""",
        "Bàn về dự thảo trong trình duyệt",
    )
    link = point.locator(".remark-link")
    link.filter(has_text="Góp ý chỗ đã chọn").click()
    assert desktop.page.input_value("[name=quote]") == "trong trình duyệt"
    desktop.page.fill("#viet [name=text]", "Ghi rõ trình duyệt nào.")
    desktop.page.click("text=Gửi góp ý")
    assert desktop.page.locator("mark").inner_text() == "trong trình duyệt"


def asks_and_is_answered(desktop: Visitor, phone: Visitor, key: DirectiveId) -> None:
    """The drafter asks a colleague, who answers on a phone."""
    desktop.sign_in(PEOPLE.drafter)
    desktop.open(f"/van-ban/{key}/y-kien")
    desktop.page.check(f"input[value='{PEOPLE.follow_up}']")
    desktop.page.fill("[name=due]", "2030-01-15")
    desktop.page.click("button:has-text('Xin ý kiến')")
    phone.sign_in(PEOPLE.follow_up)
    phone.open("/viec-cua-toi?loc=y-kien")
    phone.page.click(f"a[href='/van-ban/{key}/y-kien#tra-loi']")
    phone.page.check("input[value=disagree]")
    phone.page.fill("[name=text]", "Chưa rõ hạn.")
    assert not phone.is_too_wide
    phone.page.click("text=Gửi ý kiến")
    phone.page.wait_for_selector("text=không đồng ý")


def mends(seeded: Seeded, key: DirectiveId) -> None:
    """The draft goes back, is mended and handed in again."""
    desk, reviewer = seeded.office.desk, seeded.actor(PEOPLE.content_reviewer)
    return_draft(desk, reviewer, key, reason="Xem góp ý.", revision=1)
    with_paragraph(seeded, key, "Bàn về dự thảo trong Chromium", "Một đoạn thêm.")
    submit(desk, seeded.actor(PEOPLE.drafter), key)


def test_a_file_is_read_and_held_against_itself_by_mouse_and_keys(
    desktop: Visitor, tmp_path: Path
) -> None:
    secret = tmp_path / "mat.txt"
    secret.write_text("TỐI MẬT\n" + (DEMO / "96-HD-BTGTU.ocr.txt").read_text(encoding="utf-8"))
    desktop.sign_in(PEOPLE.drafter)
    desktop.open("/soan")
    desktop.page.click("text=Soạn từ tệp có sẵn")
    desktop.page.set_input_files("input[type=file]", str(secret))
    desktop.page.click("button.main")
    desktop.page.wait_for_selector("text=Tệp không được lưu lại")
    desktop.page.set_input_files("input[type=file]", str(DEMO / "96-HD-BTGTU.ocr.txt"))
    desktop.page.click("button.main")
    desktop.page.wait_for_selector("text=chỗ cần xem lại")
    before = desktop.page.locator("[name=settled]").count()
    desktop.page.locator("[name=settled]").first.check()
    desktop.page.click("text=Lưu và xem tiếp")
    desktop.page.wait_for_selector(f"text=Đã xem 1/{before}")
    desktop.page.click("text=Lưu và mở trình soạn thảo")
    desktop.page.wait_for_selector("text=chỗ cần đối chiếu với tệp gốc")
