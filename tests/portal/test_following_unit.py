"""One unit of a directive, as the follow-up officer and as the unit itself see it."""

import pytest

from models.base import DirectiveId
from models.obligation import Obligation
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE, Seeded, report_units, seed_issued

CONFIRMS = '<button class="main" data-busy="Đang ghi nhận…">Xác nhận đã nhận'


@pytest.fixture(scope="module")
def ours(seeded: Seeded) -> DirectiveId:
    """A directive of this module: one unit has reported, the next asks for time."""
    before = seeded.by_state["issued"]
    seed_issued(seeded)
    made, seeded.by_state["issued"] = seeded.by_state["issued"], before
    return made


def first(seeded: Seeded, key: DirectiveId, unit: str) -> Obligation:
    return next(one for one in seeded.obligations(key, unit) if one.is_report)


def test_what_a_unit_waits_for_is_decided_on_its_own_page(
    browsing: Browsing, seeded: Seeded, ours: DirectiveId
) -> None:
    reported, asking, silent = report_units(seeded, ours)[:3]
    browsing.sign_in(PEOPLE.follow_up)
    page = browsing.get(f"/theo-doi/{ours}/don-vi/{reported}")
    assert "Nhận báo cáo" in words_of(page)
    assert "Đồng ý gia hạn" not in words_of(page)
    page = browsing.get(f"/theo-doi/{ours}/don-vi/{asking}")
    assert "Đồng ý gia hạn" in words_of(page)
    assert "Nhận báo cáo" not in words_of(page)
    page = browsing.get(f"/theo-doi/{ours}/don-vi/{silent}")
    assert "Chờ xem xét" not in words_of(page)
    assert "chưa báo cáo" in words_of(page)
    assert f"/theo-doi/{ours}/nhiem-vu/{first(seeded, ours, silent).id}" in page.text


def test_who_only_looks_on_decides_nothing_there(
    browsing: Browsing, seeded: Seeded, ours: DirectiveId
) -> None:
    asking = report_units(seeded, ours)[1]
    browsing.sign_in("cao-duc-thanh")
    page = browsing.get(f"/theo-doi/{ours}/don-vi/{asking}")
    assert "xin gia hạn" in words_of(page)
    assert "Đồng ý gia hạn" not in page.text


def test_a_unit_that_has_reported_is_not_asked_to_confirm_receipt_first(
    browsing: Browsing, seeded: Seeded, ours: DirectiveId
) -> None:
    reported, asking = report_units(seeded, ours)[:2]
    page = browsing.get(seeded.link(reported, ours))
    assert "không bắt buộc xác nhận nữa" in words_of(page)
    assert "Từ chối tiếp nhận" not in words_of(page)
    assert CONFIRMS not in page.text
    page = browsing.get(seeded.link(asking, ours))
    assert "không bắt buộc" not in words_of(page)
    assert "Từ chối tiếp nhận" in words_of(page)
    assert CONFIRMS in page.text


def test_a_task_is_told_once_with_all_units_that_owe_it(
    browsing: Browsing, seeded: Seeded, ours: DirectiveId
) -> None:
    browsing.sign_in(PEOPLE.follow_up)
    page = browsing.get(f"/theo-doi/{ours}/nhiem-vu")
    sentence = first(seeded, ours, report_units(seeded, ours)[0]).sentence
    assert words_of(page).count(sentence) == 1
    assert words_of(page).count("Ngày cuối của thời hạn rơi vào ngày nghỉ.") == 1


def test_the_sentence_of_a_task_is_found_on_its_page(
    browsing: Browsing, seeded: Seeded, ours: DirectiveId
) -> None:
    unit = report_units(seeded, ours)[0]
    ref = first(seeded, ours, unit).task_ref
    browsing.sign_in(PEOPLE.follow_up)
    for path in ("", "/nhiem-vu", f"/don-vi/{unit}"):
        assert f'href="/van-ban/{ours}#cau-{ref}"' in browsing.get(f"/theo-doi/{ours}{path}").text
    page = browsing.get(f"/van-ban/{ours}").text
    assert page.count(f'class="sentence" id="cau-{ref}"') == 1
    assert 'id="cau-nowhere"' not in page


def test_the_bar_of_a_telephone_begins_with_what_one_does_daily(browsing: Browsing) -> None:
    wanted = {
        PEOPLE.follow_up: "/theo-doi", PEOPLE.clerk: "/phat-hanh", PEOPLE.drafter: "/soan",
        "cao-duc-thanh": "/quan-tri/nhat-ky", "truong-my-linh": "/quan-tri",
        "ho-sy-nam": "/van-hanh",
    }  # fmt: skip
    for person, path in wanted.items():
        browsing.sign_in(person)
        bar, menu = browsing.get("/viec-cua-toi").text.split('class="bar"')[1].split("<details>")
        assert 'href="/viec-cua-toi"' in bar
        assert f'href="{path}"' in bar, person
        assert bar.count("<a href") == 4
        assert f'href="{path}"' not in menu
