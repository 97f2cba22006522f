"""A decision from the first page to the last without a mouse; nothing holds the focus."""

from models.lifecycle import ReviewStep
from tests.browser.conftest import Visitor, aside
from tests.portal.seeded import PEOPLE, Seeded

FOCUSED = "document.activeElement"
MOST_STEPS = 60


def tab_to(visitor: Visitor, selector: str) -> None:
    """Presses Tab until something has the focus; each thing on the way can be seen to have it."""
    for _ in range(MOST_STEPS):
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate(
            f"getComputedStyle({FOCUSED}).outlineStyle !== 'none' || {FOCUSED} === document.body"
            f" || {FOCUSED}.parentElement.matches(':focus-within')"
        )
        if visitor.page.evaluate(f"{FOCUSED}.matches(`{selector}`)"):
            return
    raise AssertionError(selector)


def test_a_document_is_approved_without_a_mouse(desktop: Visitor, seeded: Seeded) -> None:
    key = aside(lambda: seeded.submitted("Phê duyệt bằng bàn phím"))
    aside(lambda: seeded.passes(key, ReviewStep.CONTENT, ReviewStep.FORM))
    desktop.sign_in(PEOPLE.signatory)
    page = desktop.page
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUSED}.matches('.skip')")
    page.keyboard.press("Enter")
    assert page.evaluate(f"{FOCUSED}.id") == "noi-dung"
    desktop.open(f"/van-ban/{key}")
    form = f"form[action='/van-ban/{key}/quyet-dinh/approve'] button"
    tab_to(desktop, form)
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    assert page.evaluate(f"!!{FOCUSED}.closest('dialog')")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    assert page.evaluate(f"{FOCUSED}.matches(`{form}`)")
    assert seeded.directive(key).state == "in_review"
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    if not page.evaluate(f"{FOCUSED}.matches('dialog[open] button.main')"):
        tab_to(desktop, "dialog[open] button.main")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Chờ văn thư cấp số.")
    assert seeded.directive(key).state == "approved"


def test_the_focus_goes_through_the_page_and_out_of_it(desktop: Visitor) -> None:
    desktop.sign_in(PEOPLE.clerk)
    desktop.open("/so-van-ban")
    seen = []
    for _ in range(MOST_STEPS):
        desktop.page.keyboard.press("Tab")
        seen.append(desktop.page.evaluate(f"{FOCUSED}.outerHTML.slice(0, 200)"))
        if "/ngon-ngu" in desktop.page.evaluate(f"{FOCUSED}.closest('form')?.action ?? ''"):
            break
    assert "language" in seen[-1]
    assert len(seen) == len(set(seen))


def test_what_was_refused_has_the_focus_or_the_field_to_fill_again(desktop: Visitor) -> None:
    desktop.open("/dang-nhap")
    desktop.page.keyboard.type("khong-co-ai")
    desktop.page.keyboard.press("Tab")
    desktop.page.keyboard.type("sai")
    desktop.page.keyboard.press("Enter")
    desktop.page.wait_for_selector("[role=alert]:visible")
    assert desktop.page.evaluate(f"{FOCUSED}.name") == "username"
    desktop.sign_in(PEOPLE.follow_up)
    desktop.open("/don-doc")
    desktop.page.fill("[name=begins]", "99:99")
    desktop.page.press("[name=begins]", "Enter")
    desktop.page.wait_for_function(f"{FOCUSED}.matches('.notice.bad[role=alert]')")
