"""One unit of a directive, as the follow-up officer and as the unit itself see it."""

import re

import pytest

from models.base import DirectiveId
from models.dispatch import Notice
from models.obligation import Obligation, Reminder
from tests.portal.browsing import Browsing, token_in, words_of
from tests.portal.seeded import PEOPLE, Seeded, report_units, seed_issued

CONFIRMS = '<button class="main" data-busy="Đang ghi nhận…">Xác nhận đã nhận'


@pytest.fixture(scope="module")
def ours(seeded: Seeded) -> DirectiveId:
    """A directive of this module: one unit has reported, the next asks for time."""
    return answered(seeded)


def answered(seeded: Seeded) -> DirectiveId:
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


def test_a_refused_return_keeps_what_was_typed_and_a_good_one_is_said_to_both(
    browsing: Browsing, seeded: Seeded
) -> None:
    ours = answered(seeded)
    unit = report_units(seeded, ours)[0]
    browsing.sign_in(PEOPLE.follow_up)
    board = browsing.get(f"/theo-doi/{ours}").text
    path = re.findall(r'action="(/theo-doi/bao-cao/[^"]+/tra-lai)"', board)[0]
    bad = browsing.post(path, reason="Thiếu số liệu.", new_due="2020-01-01")
    assert bad.status_code == 422
    assert 'value="2020-01-01"' in bad.text
    assert words_of(bad).count("Thiếu số liệu.") == 1
    done = browsing.post(path, reason="Thiếu số liệu.", new_due="2022-11-10")
    assert done.status_code == 303
    assert "Đã trả lại báo cáo" in words_of(browsing.get(done.headers["location"]))
    assert "Đã trả lại báo cáo" not in words_of(browsing.get(f"/theo-doi/{ours}"))
    page = browsing.get(seeded.link(unit, ours))
    assert words_of(page).index("Báo cáo bị trả lại: Thiếu số liệu.") < words_of(page).index(
        "Chữ ký hợp lệ"
    )
    assert '<a class="main" href="#gui-bao-cao">Gửi lại báo cáo</a>' in page.text


def test_more_time_that_is_refused_by_its_day_is_typed_anew_at_the_same_place(
    browsing: Browsing, seeded: Seeded
) -> None:
    ours = answered(seeded)
    browsing.sign_in(PEOPLE.follow_up)
    board = browsing.get(f"/theo-doi/{ours}").text
    path = re.findall(r'action="(/theo-doi/gia-han/[^"]+/dong-y)"', board)[0]
    bad = browsing.post(path, until="2020-01-01")
    assert bad.status_code == 422
    assert 'name="until" value="2020-01-01"' in bad.text
    assert '<details class="quiet-act" open><summary>Từ chối kèm lý do' not in bad.text
    done = browsing.post(path, until="2022-12-05")
    assert "Đã đồng ý gia hạn" in words_of(browsing.get(done.headers["location"]))


def test_a_unit_that_confirmed_receipt_is_led_to_its_report(
    browsing: Browsing, seeded: Seeded, ours: DirectiveId
) -> None:
    leads = '<a class="main" href="#gui-bao-cao">Gửi báo cáo</a>'
    link = seeded.link(report_units(seeded, ours)[3], ours)
    page = browsing.get(link)
    assert leads not in page.text
    token = token_in(page)
    assert browsing.client.post(f"{link}/da-nhan", data={"csrf": token}).status_code == 303
    assert leads in browsing.get(link).text


def test_who_ends_the_follow_up_is_told_what_is_still_missing(
    browsing: Browsing, seeded: Seeded, ours: DirectiveId
) -> None:
    browsing.sign_in(PEOPLE.follow_up)
    page = browsing.get(f"/theo-doi/{ours}")
    missing = len(report_units(seeded, ours)) - 1
    assert f"Kết thúc theo dõi khi còn {missing} đơn vị chưa báo cáo xong?" in page.text
    browsing.sign_in("cao-duc-thanh")
    assert "Kết thúc theo dõi khi còn" not in browsing.get(f"/theo-doi/{ours}").text


def test_beside_the_consolidated_report_its_sources_are_linked(
    browsing: Browsing, seeded: Seeded, ours: DirectiveId
) -> None:
    browsing.sign_in(PEOPLE.follow_up)
    page = browsing.get(f"/theo-doi/{ours}/tong-hop")
    links = re.findall(r'href="(/theo-doi/[^"]+/bao-cao/[^"]+)"', page.text)
    assert len(links) == 1
    assert browsing.get(links[0]).content.startswith(b"%PDF")
    silent = seeded.issued()
    assert "Chưa có đơn vị nào gửi báo cáo." in words_of(
        browsing.get(f"/theo-doi/{silent}/tong-hop")
    )


def test_one_letter_about_several_units_is_noted_with_each_of_them(
    browsing: Browsing, seeded: Seeded, ours: DirectiveId
) -> None:
    reported, asking, silent = report_units(seeded, ours)[:3]
    at = seeded.office.clock()
    letter = Notice(
        key=f"escalation:{ours}", kind="escalation", directive_id=ours, address="tren@x.example",
        subject="Đôn đốc", text="Hai đơn vị", message_id=f"<{ours}@x.example>", created_at=at,
    )  # fmt: skip
    with seeded.office.database.writing() as session:
        session.add(letter)
        session.flush()
        for unit in (asking, silent):
            owed = first(seeded, ours, unit)
            session.add(
                Reminder(
                    obligation_id=owed.id,
                    step_key="thu-chung",
                    at=at,
                    notice_id=letter.id,
                    due=owed.due or at.date(),
                )
            )
    browsing.sign_in(PEOPLE.follow_up)
    for unit, told in ((asking, 1), (silent, 1), (reported, 0)):
        page = words_of(browsing.get(f"/theo-doi/{ours}/don-vi/{unit}"))
        assert len(re.findall("nhắc (?:trước|quá) hạn", page)) == told
    board = words_of(browsing.get(f"/theo-doi/{ours}"))
    assert len(re.findall("nhắc (?:trước|quá) hạn", board)) == 2
