"""A page left open: it keeps up by itself, but takes nothing from somebody who is typing."""

import pytest

from actions.reviewing import return_draft
from actions.working.importing import read_in
from actions.working.sources import SourceFile, claim, keep_source, note_page
from portal import source_reading
from tests.browser.conftest import Visitor
from tests.portal.seeded import DEMO, PEOPLE, Seeded

LOOK = "document.dispatchEvent(new Event('visibilitychange'))"
"""The tab is looked at again: the page asks at once."""
TYPED = "Câu đang viết dở của người kiểm tra nội dung."


def test_an_open_page_keeps_up_and_leaves_what_is_typed(desktop: Visitor, seeded: Seeded) -> None:
    page = desktop.page
    desk, form_reviewer = seeded.office.desk, seeded.actor(PEOPLE.form_reviewer)
    typed, watched = seeded.submitted("Trang đang viết dở"), seeded.submitted("Trang chỉ để xem")
    desktop.sign_in(PEOPLE.content_reviewer)

    desktop.open(f"/van-ban/{typed}")
    page.click("summary:has-text('Trả lại kèm lý do')")
    page.fill("textarea[name=reason] >> nth=0", TYPED)
    page.evaluate("document.activeElement.blur()")
    return_draft(desk, form_reviewer, typed, reason="Sai thể thức", revision=1)
    page.evaluate(LOOK)
    page.wait_for_selector("#song-cu:has-text('Trang này đã cũ.')")
    assert page.input_value("textarea[name=reason] >> nth=0") == TYPED
    assert "Trang này đã cũ." in page.inner_text("#song-loi")
    page.click("button:has-text('Trả lại người soạn thảo')")
    if page.query_selector("dialog[open]"):
        desktop.agree()
    page.wait_for_selector("text=trang này đã cũ")
    assert TYPED in page.inner_text("main")

    desktop.open(f"/van-ban/{watched}")
    return_draft(desk, form_reviewer, watched, reason="Thiếu nơi nhận", revision=1)
    page.evaluate(LOOK)
    page.wait_for_selector("#trang-thai:has-text('Thiếu nơi nhận')")
    assert page.is_hidden("#song-cu")
    assert "Tình trạng" in page.inner_text("#song-loi")
    assert not desktop.complaints

    # Hidden, a page asks nothing.
    desktop.open("/viec-cua-toi")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    page.evaluate(LOOK)
    page.wait_for_timeout(300)
    assert not [one for one in asked if "/song" in one]


def test_a_file_is_read_before_ones_eyes_and_opens_by_itself(
    phone: Visitor, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The portal's own readers stand aside: here the reading goes page by page.
    monkeypatch.setattr(source_reading, "claim", lambda _desk: None)
    page, desk, drafter = phone.page, seeded.office.desk, seeded.actor(PEOPLE.drafter)
    paper = (DEMO / "96-HD-BTGTU.ocr.txt").read_bytes()
    key = keep_source(desk, drafter, SourceFile(name="Bản quét.txt", content=paper))
    held = claim(desk)
    assert held is not None
    note_page(desk, held, 1, 12)
    phone.sign_in(PEOPLE.drafter)
    phone.open(f"/soan/doc/{key}")
    note_page(desk, held, 7, 12)
    page.evaluate(LOOK)
    page.wait_for_selector("#doc-tep:has-text('Đang đọc trang 7/12')")
    assert page.get_attribute("progress", "value") == "6"
    assert not phone.is_too_wide
    read_in(desk, held)
    page.evaluate(LOOK)
    page.wait_for_url(f"**/soan/{key}/nguon")
    assert not phone.complaints
