"""Files are dropped and looked at in a browser; a printed code leads to the paper's page."""

from pathlib import Path

import pytest

from models.base import DirectiveId
from tests.browser.conftest import Visitor, aside
from tests.portal.seeded import Seeded
from tests.signing import makers
from tests.signing.attacks import content, letter


@pytest.fixture
def files(seeded: Seeded, issued: DirectiveId, tmp_path: Path) -> list[str]:
    """A directive as it was issued, and a letter in which a sum was changed."""
    good, bad = tmp_path / "96-HD-BTGTU.pdf", tmp_path / "sua.pdf"
    good.write_bytes(aside(lambda: seeded.pdf(issued)))
    forged = makers.stream(letter.TEXT.replace(b"100 dong", b"900 dong"))
    bad.write_bytes(content.append(letter.signed(), {letter.CONTENT: forged}))
    return [str(good), str(bad)]


def drawn(visitor: Visitor, selector: str) -> list[int]:
    """Widths of pictures once all of them are there."""
    visitor.page.wait_for_function(
        "s => [...document.querySelectorAll(s)].every(one => one.complete)", arg=selector
    )
    widths: list[int] = visitor.page.eval_on_selector_all(
        selector, "all => all.map(one => one.naturalWidth)"
    )
    return widths


def test_two_files_are_checked_at_once_and_signatures_stand_in_their_boxes(
    desktop: Visitor, files: list[str]
) -> None:
    desktop.open("/kiem-tra-chu-ky")
    desktop.page.set_input_files("#tep", files)
    assert "sua.pdf" in desktop.page.inner_text(".chosen")
    desktop.page.click("button:has-text('Kiểm tra')")
    rows = desktop.page.locator(".checked-files .row")
    rows.first.wait_for()
    assert "sua.pdf" in rows.nth(0).inner_text()
    rows.nth(1).locator("a").click()
    desktop.page.wait_for_selector(".band.passed")
    assert min(drawn(desktop, ".checked-pages > figure img")) > 700
    picture = desktop.page.locator("#trang-3 img").bounding_box()
    box = desktop.page.locator("#trang-3 rect.found").first.bounding_box()
    assert picture is not None
    assert box is not None
    # Where the officer's field stands on the page, whatever the size on the screen.
    assert abs((box["y"] - picture["y"]) / picture["height"] - 0.2) < 0.03
    cards = [desktop.page.locator(".signature-card").nth(at).bounding_box() for at in (0, 1)]
    assert cards[0] is not None
    assert cards[1] is not None
    assert cards[0]["y"] == cards[1]["y"]
    assert cards[0]["x"] < cards[1]["x"]


def test_what_was_changed_is_seen_on_a_phone(phone: Visitor, files: list[str]) -> None:
    phone.open("/kiem-tra-chu-ky")
    phone.page.set_input_files("#tep", files[1])
    phone.page.click("button:has-text('Kiểm tra')")
    phone.page.wait_for_selector(".band.failed")
    assert not phone.is_too_wide
    phone.page.click("a:has-text('Xem bản tại thời điểm ký')")
    phone.page.wait_for_selector("rect.differs")
    assert not phone.is_too_wide
    phone.page.check("input[value=signed]")
    assert phone.page.locator(".as-signed").is_visible()
    assert not phone.page.locator(".as-received").is_visible()
    phone.page.check("input[value=received]")
    assert not phone.page.locator(".as-signed").is_visible()


def test_the_code_of_a_paper_says_that_it_is_real_and_its_file_is_compared_by_digest_alone(
    phone: Visitor, seeded: Seeded, issued: DirectiveId, files: list[str]
) -> None:
    code = seeded.directive(issued).public_code or ""
    phone.open("/that")
    phone.page.fill("#ma", f"{code[:5]}-{code[5:]}".lower())
    phone.page.click("button:has-text('Tra cứu') >> nth=0")
    phone.page.wait_for_selector("text=Văn bản có thật")
    assert not phone.is_too_wide
    bodies: list[int] = []
    phone.page.on("request", lambda one: bodies.append(len(one.post_data_buffer or b"")))
    for name, said in ((files[0], "Đúng là bản đã phát hành"), (files[1], "không phải bản")):
        phone.page.set_input_files("#tep", name)
        phone.page.click("button:has-text('So với bản')")
        phone.page.wait_for_selector(f"#so-tep .notice:has-text('{said}')")
    assert max(bodies) < 2000  # the file itself stayed in the browser
