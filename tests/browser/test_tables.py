"""Long pages and wide tables: on a phone each value is named, on a desk no column runs over."""

import pytest
from playwright.sync_api import expect

from models.base import DirectiveId
from portal.dispatch_view import FOLDED_FROM
from tests.browser.conftest import Visitor, aside
from tests.portal.seeded import PEOPLE, Seeded

NAME_ROOM = 100
"""Pixels that the name of a column takes on a phone."""
ROOM_BEFORE = "one => parseFloat(getComputedStyle(one).paddingLeft)"
FILL = "all => all.forEach(one => { one.textContent = '14:30 ngày 21/9/2022'; })"
RUN_OVER = """all => all.filter(one => one.scrollWidth > one.clientWidth + 1)
    .map(one => one.innerText)"""


def test_each_task_of_a_unit_is_named_on_a_phone(phone: Visitor, issued: DirectiveId) -> None:
    phone.sign_in(PEOPLE.follow_up)
    phone.open(f"/theo-doi/{issued}")
    cells = phone.page.locator(".board td.task:not(.none)")
    assert cells.first.get_attribute("data-label") == "III.4"
    assert cells.first.evaluate(ROOM_BEFORE) >= NAME_ROOM


def test_what_has_not_happened_takes_no_line_on_a_phone(
    phone: Visitor, issued: DirectiveId
) -> None:
    phone.sign_in(PEOPLE.clerk)
    phone.open(f"/phat-hanh/{issued}")
    row = phone.page.locator(".delivery tbody tr").first
    expect(row).to_be_hidden()
    phone.page.locator("details.group > summary").first.click()
    said = row.inner_text()
    assert "chờ gửi" in said
    assert "–" not in said
    assert "không giao" not in said


def test_a_desk_shows_every_unit_of_the_dispatch_at_once(
    desktop: Visitor, issued: DirectiveId
) -> None:
    desktop.sign_in(PEOPLE.clerk)
    desktop.open(f"/phat-hanh/{issued}")
    rows = desktop.page.locator(".delivery tbody tr")
    assert rows.count() > FOLDED_FROM
    expect(desktop.page.locator(".delivery tbody tr:visible")).to_have_count(rows.count())


@pytest.mark.parametrize("width", [1280, 1024])
def test_no_word_of_the_dispatch_runs_into_the_next_column(
    desktop: Visitor, issued: DirectiveId, width: int
) -> None:
    desktop.page.set_viewport_size({"width": width, "height": 800})
    desktop.sign_in(PEOPLE.clerk)
    desktop.open(f"/phat-hanh/{issued}")
    # As it reads once papers have gone out.
    desktop.page.eval_on_selector_all(".delivery td.when", FILL)
    assert desktop.page.eval_on_selector_all(".delivery th, .delivery td", RUN_OVER) == []


def test_on_a_phone_a_link_leads_over_the_pages_to_the_part_where_one_signs(
    phone: Visitor, seeded: Seeded
) -> None:
    key = aside(lambda: seeded.numbered("Ký trên điện thoại"))
    phone.sign_in(PEOPLE.signatory)
    phone.open(f"/van-ban/{key}/ky")
    pin = phone.page.get_by_label("Mã PIN")
    expect(pin).not_to_be_in_viewport()
    phone.page.get_by_role("link", name="Đến phần ký").click()
    expect(pin).to_be_in_viewport()
