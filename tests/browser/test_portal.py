"""What a person does with mouse and keys; and that no page calls out or breaks its own policy."""

from pathlib import Path

from models.base import DirectiveId
from models.lifecycle import ReviewStep
from tests.browser.conftest import Visitor, aside
from tests.portal.seeded import PEOPLE, PIN, Seeded, report_units


def test_a_signatory_approves_and_signs(desktop: Visitor, seeded: Seeded) -> None:
    key = seeded.submitted("Ký bằng trình duyệt")
    seeded.passes(key, ReviewStep.CONTENT, ReviewStep.FORM)
    desktop.sign_in(PEOPLE.signatory)
    desktop.page.click(f".row:has(a[href='/van-ban/{key}']) a.main")
    desktop.page.click("button:has-text('Phê duyệt')")
    desktop.agree()
    desktop.page.wait_for_selector("text=Chờ văn thư cấp số.")
    desktop.sign_in(PEOPLE.clerk)
    desktop.open(f"/van-ban/{key}")
    desktop.page.click("button:has-text('Cấp số')")
    desktop.agree()
    desktop.page.wait_for_selector("text=Chờ Trần Trung Hiếu ký.")
    desktop.sign_in(PEOPLE.signatory)
    desktop.open(f"/van-ban/{key}/ky")
    desktop.page.wait_for_selector("text=Chưa bị thu hồi")
    desktop.page.fill("#pin", "111111")
    desktop.page.click("text=Ký số >> nth=-1")
    desktop.page.wait_for_selector("text=Mã PIN không đúng")
    assert seeded.directive(key).state == "numbered"
    assert desktop.page.input_value("#pin") == ""
    desktop.page.fill("#pin", PIN)
    desktop.page.click("text=Ký số >> nth=-1")
    desktop.page.wait_for_selector("text=đã ký, chờ đóng dấu")
    assert seeded.directive(key).state == "signed"


def test_a_signatory_signs_many_under_one_pin(phone: Visitor, seeded: Seeded) -> None:
    keys = [seeded.numbered(f"Ký một lượt bằng điện thoại, bản {at}") for at in (1, 2)]
    phone.sign_in(PEOPLE.signatory)
    phone.page.click("a[href='/ky-nhieu']")
    for key in keys:
        phone.page.check(f"input[name=chosen][value='{key}']")
    assert not phone.is_too_wide
    phone.page.click("button:has-text('Xem lại danh sách')")
    phone.page.wait_for_selector("text=Chưa bị thu hồi")
    assert not phone.is_too_wide
    phone.page.fill("#pin", "111111")
    phone.page.click("button:has-text('Ký số 2 văn bản')")
    phone.page.wait_for_selector("text=Mã PIN không đúng")
    assert phone.page.input_value("#pin") == ""
    phone.page.fill("#pin", PIN)
    phone.page.click("button:has-text('Ký số 2 văn bản')")
    phone.page.wait_for_selector("text=Mọi văn bản trong danh sách đã được ký.")
    assert not phone.is_too_wide
    assert [seeded.directive(key).state for key in keys] == ["signed", "signed"]


def test_a_question_that_is_not_agreed_to_does_nothing(desktop: Visitor, seeded: Seeded) -> None:
    key = seeded.start("Chưa trình vội")
    desktop.sign_in(PEOPLE.drafter)
    desktop.open(f"/van-ban/{key}")
    desktop.page.click("button:has-text('Trình kiểm tra')")
    desktop.page.click("dialog[open] button:has-text('Để sau')")
    desktop.page.wait_for_selector("dialog", state="hidden")
    assert seeded.directive(key).state == "drafting"


def test_the_page_renews_itself_when_the_machine_is_done(desktop: Visitor, seeded: Seeded) -> None:
    key = seeded.approved("Chờ máy dựng bản để ký")
    seeded.machine.asleep = True
    try:
        desktop.sign_in(PEOPLE.clerk)
        desktop.open(f"/van-ban/{key}")
        desktop.page.click("button:has-text('Cấp số')")
        desktop.agree()
        desktop.page.wait_for_selector("text=Đang dựng bản để ký.")
        seeded.machine.run(key)
        desktop.page.wait_for_selector("text=Chờ Trần Trung Hiếu ký.")
    finally:
        seeded.machine.asleep = False


def test_keys_lead_through_the_work(desktop: Visitor, seeded: Seeded) -> None:
    key = seeded.start("Đi bằng bàn phím")
    desktop.sign_in(PEOPLE.drafter)
    desktop.page.keyboard.press("j")
    assert desktop.page.locator(".row.chosen").count() == 1
    desktop.page.keyboard.press("/")
    desktop.page.keyboard.type("ban phim")
    desktop.page.keyboard.press("Enter")
    desktop.page.wait_for_selector(f"a[href='/van-ban/{key}']")


def test_anybody_checks_a_signature(desktop: Visitor, seeded: Seeded, tmp_path: Path) -> None:
    file = tmp_path / "96.pdf"
    file.write_bytes(seeded.pdf(aside(lambda: seeded.signed("Để kiểm tra chữ ký"))))
    desktop.open("/kiem-tra-chu-ky")
    desktop.page.set_input_files("#tep", file)
    desktop.page.click("button:has-text('Kiểm tra')")
    desktop.page.wait_for_selector(".band.passed")
    assert "Trần Trung Hiếu" in desktop.page.inner_text(".cards")
    large = tmp_path / "lon.pdf"
    large.write_bytes(b"0" * (3 * 1024 * 1024))
    desktop.open("/kiem-tra-chu-ky")
    desktop.page.set_input_files("#tep", large)
    desktop.page.wait_for_selector("text=lớn hơn giới hạn 2 MB")


def test_every_page_fits_a_phone(phone: Visitor, seeded: Seeded, issued: DirectiveId) -> None:
    waiting = seeded.numbered("Vừa màn hình điện thoại với một trích yếu rất dài " * 6)
    phone.open("/kiem-tra-chu-ky")
    assert not phone.is_too_wide
    for officer, paths in (
        (PEOPLE.signatory, ("/viec-cua-toi", f"/van-ban/{waiting}", f"/van-ban/{waiting}/ky")),
        (PEOPLE.clerk, ("/van-ban", "/phat-hanh", f"/phat-hanh/{issued}", "/so-van-ban")),
        (PEOPLE.follow_up, ("/theo-doi", f"/theo-doi/{issued}")),
    ):
        phone.sign_in(officer)
        for path in paths:
            phone.open(path)
            assert not phone.is_too_wide, path


def test_nothing_runs_over_the_edge_where_a_file_is_dropped(phone: Visitor) -> None:
    phone.open("/kiem-tra-chu-ky")
    for scripted in (True, False):
        phone.page.evaluate(
            f"document.documentElement.classList.toggle('scripted', {str(scripted).lower()})"
        )
        area = phone.page.locator(".target").bounding_box()
        assert area is not None
        for child in phone.page.locator(".target > :is(b, .quiet, input)").all():
            inner = child.bounding_box()
            assert inner is not None
            assert area["x"] <= inner["x"]
            assert inner["x"] + inner["width"] <= area["x"] + area["width"]


def test_a_unit_answers_from_a_phone(
    phone: Visitor, seeded: Seeded, issued: DirectiveId, tmp_path: Path
) -> None:
    unit = report_units(seeded, issued)[-1]
    file = tmp_path / "bao-cao.pdf"
    file.write_bytes(aside(lambda: seeded.report(unit)))
    phone.open(seeded.link(unit, issued))
    assert not phone.is_too_wide
    phone.page.set_input_files("#tep", file)
    phone.page.click("text=Gửi báo cáo >> nth=-1")
    phone.page.wait_for_selector("text=Đã nhận tệp")
    states = {one.state for one in seeded.obligations(issued, unit)}
    assert states == {"reported"}
