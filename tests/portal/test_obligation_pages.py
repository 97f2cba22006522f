"""Pages of what is owed and of the working days, in a browser without pictures."""

import re
from datetime import date
from html import unescape

import pytest
from sqlalchemy import delete, select

from models.base import DirectiveId
from models.obligation import Obligation
from models.organisation import CalendarYear, DayOff
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE, Seeded, report_units

LIST = "Ngày,Loại,Tên\n01/01/2027,nghỉ,Tết Dương lịch\n06/02/2027,làm bù,Làm bù\n"


@pytest.fixture
def ours(seeded: Seeded) -> DirectiveId:
    """A directive of this test alone."""
    return seeded.issued()


def owed(seeded: Seeded, key: DirectiveId, unit: str) -> Obligation:
    return next(one for one in seeded.obligations(key, unit) if one.is_report)


def test_everything_that_is_owed_is_shown_as_written_and_as_computed(
    browsing: Browsing, ours: DirectiveId
) -> None:
    browsing.sign_in(PEOPLE.follow_up)
    assert f"/theo-doi/{ours}/nhiem-vu" in browsing.get(f"/theo-doi/{ours}").text
    said = words_of(browsing.get(f"/theo-doi/{ours}/nhiem-vu"))
    assert "trước ngày 31/10/2022" in said
    assert "28/10/2022" in said
    assert "Văn bản không nêu đủ kỳ và ngày gửi" in said
    assert "Ghi lịch báo cáo" in said


def test_a_person_sets_the_schedule_that_the_words_leave_open(
    browsing: Browsing, seeded: Seeded, ours: DirectiveId
) -> None:
    browsing.sign_in(PEOPLE.follow_up)
    path = f"/theo-doi/{ours}/lich/R2"
    bad = browsing.post(path, frequencies=["quarterly"], choice="in_month", number="40")
    assert bad.status_code == 422
    assert "ngày trong tháng" in words_of(bad)
    done = browsing.post(path, frequencies=["quarterly"], choice="working_after", number="2")
    assert done.status_code == 303
    page = browsing.get(f"/theo-doi/{ours}/nhiem-vu")
    assert "Báo cáo hằng quý" in words_of(page)
    assert "quý IV năm 2022, hạn" in words_of(page)
    own = [one for one in seeded.obligations(ours) if one.task_ref == "R2"]
    assert [one.period_key for one in own] == ["2022-Q4"]


def test_a_day_a_unit_and_a_role_are_changed_with_a_reason(
    browsing: Browsing, seeded: Seeded, ours: DirectiveId
) -> None:
    unit, other = report_units(seeded, ours)[:2]
    path = f"/theo-doi/{ours}/nhiem-vu/{owed(seeded, ours, unit).id}"
    browsing.sign_in(PEOPLE.follow_up)
    assert "Đổi thời hạn" in words_of(browsing.get(path))
    bad = browsing.post(f"{path}/han", until="2020-01-01", reason="Mưa lũ kéo dài.")
    assert bad.status_code == 422
    assert "đã qua" in words_of(bad)
    assert "Mưa lũ kéo dài." in unescape(bad.text)
    assert browsing.post(f"{path}/han", until="2023-03-31", reason="Mưa lũ.").status_code == 303
    assert owed(seeded, ours, unit).due == date(2023, 3, 31)
    assert browsing.post(f"{path}/vai-tro", leads="phoi-hop", reason="Đổi.").status_code == 303
    shown = words_of(browsing.get(path))
    assert "Mưa lũ." in shown
    assert "phối hợp" in shown
    assert "Chưa có lịch nghỉ năm 2023" in shown
    assert browsing.post(f"{path}/chuyen", to="khong-co", reason="x").status_code == 404
    assert browsing.post(f"{path}/huy", reason="Giao nhầm.").status_code == 303
    assert owed(seeded, ours, unit).state == "cancelled"
    assert "Huỷ nhiệm vụ này" not in words_of(browsing.get(path))
    assert browsing.get(f"/theo-doi/{ours}/nhiem-vu/{owed(seeded, ours, other).id}").is_success


def test_what_was_passed_on_leads_to_who_owes_it_now(
    browsing: Browsing, seeded: Seeded, ours: DirectiveId
) -> None:
    unit = report_units(seeded, ours)[0]
    path = f"/theo-doi/{ours}/nhiem-vu/{owed(seeded, ours, unit).id}"
    browsing.sign_in(PEOPLE.follow_up)
    assert browsing.post(f"{path}/chuyen", to="so-y-te", reason="Giao lại.").status_code == 303
    now = owed(seeded, ours, "so-y-te")
    assert f'<a href="/theo-doi/{ours}/nhiem-vu/{now.id}">Sở Y tế</a>' in browsing.get(path).text


def test_who_does_not_follow_up_sees_but_changes_nothing(
    browsing: Browsing, seeded: Seeded, ours: DirectiveId
) -> None:
    unit = report_units(seeded, ours)[0]
    path = f"/theo-doi/{ours}/nhiem-vu/{owed(seeded, ours, unit).id}"
    browsing.sign_in(PEOPLE.drafter)
    assert "Đổi thời hạn" not in words_of(browsing.get(path))
    refused = browsing.post(f"{path}/huy", reason="x")
    assert refused.status_code == 403
    assert owed(seeded, ours, unit).state == "open"


def test_the_calendar_of_a_year_is_looked_at_before_it_is_taken(
    browsing: Browsing, seeded: Seeded
) -> None:
    browsing.sign_in(PEOPLE.follow_up)
    said = words_of(browsing.get("/lich-lam-viec?nam=2026"))
    assert "22/8/2026 Làm bù cho ngày 31/8/2026" in said
    assert "chưa xác nhận" in said
    assert "Chưa có lịch nghỉ năm 2027" in words_of(browsing.get("/lich-lam-viec?nam=2027"))
    seen = browsing.client.post(
        "/lich-lam-viec/xem/2027",
        data={"csrf": browsing.token(), "basis": "TB 9/TB", "confirmed": "1"},
        files={"file": ("lich.csv", LIST.encode(), "text/csv")},
    )
    assert "01/01/2027 nghỉ: Tết Dương lịch" in words_of(seen)
    with seeded.office.database.reading() as session:
        assert session.get(CalendarYear, 2027) is None
    rows = re.search(r'name="rows" value="([^"]+)"', seen.text)
    assert rows
    done = browsing.post(
        "/lich-lam-viec/nhap/2027", rows=unescape(rows[1]), basis="TB 9/TB", confirmed="1"
    )
    assert done.status_code == 303
    assert "6/2/2027 Làm bù" in words_of(browsing.get("/lich-lam-viec?nam=2027"))
    with seeded.office.database.reading() as session:
        assert session.scalars(select(CalendarYear.confirmed).filter_by(year=2027)).one()


def test_days_are_typed_one_by_one_and_only_what_was_seen_is_replaced(
    browsing: Browsing, seeded: Seeded
) -> None:
    browsing.sign_in("truong-my-linh")
    form = browsing.get("/lich-lam-viec/sua/2029")
    assert 'value="2029-09-02"' in form.text
    rows = {
        "first": ["2029-01-01", "2029-02-12", ""], "last": ["", "2029-02-16", ""],
        "kind": ["nghỉ", "nghỉ", "làm bù"], "label": ["Tết Dương lịch", "Tết Kỷ Dậu, “A”", ""],
        "basis": "TB 10/TB", "confirmed": "1",
    }  # fmt: skip
    longer = browsing.post("/lich-lam-viec/sua/2029", act="them", **rows)
    assert longer.text.count('name="first"') == 4
    wrong = browsing.post("/lich-lam-viec/sua/2029", **{**rows, "last": ["", "2029-02-01", ""]})
    assert wrong.status_code == 422
    assert "Tết Kỷ Dậu" in wrong.text
    look = browsing.post("/lich-lam-viec/sua/2029", **rows)
    assert "16/02/2029 nghỉ: Tết Kỷ Dậu" in words_of(look)
    assert 'value="Tết Kỷ Dậu' in look.text
    edits = re.findall(r'name="(?:first|last|kind|label)" value="([^"]*)"', look.text)
    assert edits[4:7] == ["2029-02-12", "2029-02-16", "nghỉ"]
    fields = {name: unescape(value) for name, value in re.findall(
        r'name="(rows|basis|seen|confirmed)" value="([^"]+)"', look.text)}  # fmt: skip
    assert browsing.post("/lich-lam-viec/nhap/2029", **fields).status_code == 303
    again = browsing.post("/lich-lam-viec/nhap/2029", **fields)
    assert again.status_code == 409
    assert "vừa được người khác sửa" in words_of(again)
    assert 'value="2029-02-16"' in browsing.get("/lich-lam-viec/sua/2029").text
    with seeded.office.database.writing() as session:
        session.execute(delete(DayOff).where(DayOff.day >= date(2029, 1, 1)))
        session.execute(delete(CalendarYear).where(CalendarYear.year == 2029))
    browsing.sign_in(PEOPLE.drafter)
    assert browsing.get("/lich-lam-viec/sua/2029").status_code == 403


def test_a_list_that_makes_no_sense_is_refused_and_rights_hold(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.drafter)
    assert "Nhập lịch năm" not in words_of(browsing.get("/lich-lam-viec?nam=2028"))
    said = browsing.post(
        "/lich-lam-viec/nhap/2028", rows="ngày,loại,tên\n2028-01-01,nghỉ,Tết\n", basis="x"
    )
    assert said.status_code == 403
    browsing.sign_in(PEOPLE.follow_up)
    wrong = browsing.client.post(
        "/lich-lam-viec/xem/2028",
        data={"csrf": browsing.token(), "basis": "x"},
        files={"file": ("lich.csv", LIST.encode(), "text/csv")},
    )
    assert wrong.status_code == 422
    assert "không thuộc năm 2028" in words_of(wrong)
