import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from actions.desk import Desk
from actions.errors import InvalidInputError, NotAuthorisedError
from actions.obligations.calendar_files import read_lists
from actions.obligations.calendars import compare_year, import_year, show_year
from actions.obligations.changing import change_due
from actions.obligations.recomputing import differing
from actions.obligations.schedules import set_schedule
from actions.offices import working_calendar
from actions.year_calendars import years_entered
from deadlines.calendar import WorkingCalendar
from deadlines.year_lists import ListedDay, YearLists, make_lists
from models.officer import Role
from models.session import Database
from tests.actions.back_office import issue, obligations, task
from tests.actions.obligations.owed import (
    DRAFTER,
    FOLLOWER,
    QUARTERLY,
    UNSTATED,
    changes,
    codes,
    every,
    letters,
)
from tests.support.clock import StoryClock
from tests.support.desk import ROOT, make_desk
from tests.support.factories import SmallOffice, small_office

ADMINISTRATOR = SmallOffice().actor(Role.ADMINISTRATOR)
TABLE = "Ngày;Đến ngày;Loại;Tên\n01/01/2022;03/01/2022;nghỉ;Tết\n28/10/2022;;nghỉ;Bão\n"


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path, clock: StoryClock) -> Desk:
    small_office(sqlite_database)
    return make_desk(sqlite_database, tmp_path, clock)


def lists(*off: date, confirmed: bool = True) -> YearLists:
    days = (date(2022, 1, 3), *off)
    return make_lists(
        2022, tuple(ListedDay(day=day, label="Nghỉ", working=False) for day in days),
        basis="Thông báo 1/TB", confirmed=confirmed,
    )  # fmt: skip


def test_a_deadline_in_a_year_without_a_list_is_preliminary_until_the_list_comes(
    desk: Desk,
) -> None:
    issue(desk, tasks=[task()])
    one = obligations(desk)["R1", "huyen-a"]
    assert "calendar_missing" in codes(one)
    assert import_year(desk, FOLLOWER, lists(confirmed=False)) == 0
    assert "calendar_unconfirmed" in codes(obligations(desk)["R1", "huyen-a"])
    import_year(desk, FOLLOWER, lists())
    assert not codes(obligations(desk)["R1", "huyen-a"]) & {
        "calendar_missing", "calendar_unconfirmed",
    }  # fmt: skip
    assert changes(desk, one) == []


def test_a_list_moves_what_is_due_on_its_days_with_a_record_and_a_letter(desk: Desk) -> None:
    issue(desk, tasks=[task()])
    with desk.database.reading() as session:
        seen = compare_year(session, lists(date(2022, 10, 28)))
    assert {(one.unit, one.due) for one in seen.moved} == {
        ("Huyện ủy A", date(2022, 10, 27)),
        ("Huyện ủy B", date(2022, 10, 27)),
        ("Sở Thông tin và Truyền thông", date(2022, 10, 27)),
    }
    assert obligations(desk)["R1", "huyen-a"].due == date(2022, 10, 28)
    assert import_year(desk, ADMINISTRATOR, lists(date(2022, 10, 28))) == 3
    one = obligations(desk)["R1", "huyen-a"]
    assert one.due == date(2022, 10, 27)
    assert changes(desk, one) == [("due", "2022-10-28", "2022-10-27")]
    assert len(letters(desk)) == 3
    assert import_year(desk, ADMINISTRATOR, lists(date(2022, 10, 28))) == 0
    assert len(letters(desk)) == 3


def test_working_days_after_a_cut_off_are_counted_anew(desk: Desk, clock: StoryClock) -> None:
    key = issue(desk, tasks=[UNSTATED])
    clock.set_day(date(2022, 12, 1))
    set_schedule(desk, FOLLOWER, key, "R1", QUARTERLY)
    one = every(desk, organisation_id="huyen-a")[0]
    assert one.due == date(2022, 12, 16)
    import_year(desk, FOLLOWER, lists(date(2022, 12, 15)))
    moved = every(desk, organisation_id="huyen-a")[0]
    assert (moved.last_allowed_day, moved.due) == (date(2022, 12, 19), date(2022, 12, 19))


def test_a_day_that_a_person_set_keeps_its_last_day(desk: Desk) -> None:
    key = issue(desk, tasks=[UNSTATED])
    set_schedule(desk, FOLLOWER, key, "R1", {**QUARTERLY, "starts": "2022-10-01"})
    one = every(desk, organisation_id="huyen-a")[0]
    change_due(desk, FOLLOWER, one.id, last_allowed_day=date(2022, 12, 20), reason="Lùi ngày.")
    import_year(desk, FOLLOWER, lists(date(2022, 12, 15), date(2022, 12, 20)))
    moved = every(desk, organisation_id="huyen-a")[0]
    assert (moved.last_allowed_day, moved.due) == (date(2022, 12, 20), date(2022, 12, 19))


def test_who_enters_a_calendar_has_the_right_and_names_the_paper(desk: Desk) -> None:
    with pytest.raises(NotAuthorisedError):
        import_year(desk, DRAFTER, lists())
    bare = make_lists(
        2022, (ListedDay(day=date(2022, 1, 3), label="Nghỉ", working=False),), basis=" ",
        confirmed=True,
    )  # fmt: skip
    with pytest.raises(InvalidInputError, match="căn cứ"):
        import_year(desk, FOLLOWER, bare)
    with desk.database.reading() as session:
        assert not show_year(session, 2022).entered


def test_the_lists_of_the_demo_are_read_from_its_office_file() -> None:
    raw = (ROOT / "demo" / "office.toml").read_bytes()
    read = read_lists("office.toml", raw, 2026)
    assert len(read.off) == 2 + 9 + 3 + 2 + 5
    assert list(read.working) == [date(2026, 1, 10), date(2026, 8, 22)]
    assert "chưa kiểm chứng" in read.basis


def test_a_table_is_read_from_csv_and_from_a_workbook_alike() -> None:
    book = Workbook()
    book.active.append(["NGÀY", "Đến ngày", "Loại", "Tên"])
    book.active.append([date(2022, 1, 1), "03/01/2022", "Nghỉ", "Tết"])
    book.active.append(["28/10/2022", None, "nghỉ", "Bão"])
    raw = io.BytesIO()
    book.save(raw)
    from_csv = read_lists("lich.csv", TABLE.encode(), 2022, basis="x")
    assert from_csv == read_lists("lich.xlsx", raw.getvalue(), 2022, basis="x")
    assert list(from_csv.off)[-2:] == [date(2022, 1, 3), date(2022, 10, 28)]


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("a.pdf", "", "Chỉ đọc được"),
        ("a.csv", "", "không có dòng nào"),
        ("a.csv", "Ngày;Tên\n01/01/2022;Tết\n", "Thiếu cột"),
        ("a.csv", "Ngày;Loại;Tên\n31/02/2022;nghỉ;Tết\n", "Dòng 2"),
        ("a.csv", "Ngày;Loại;Tên\n01/01/2022;vui;Tết\n", "Dòng 2"),
        ("a.csv", "Ngày;Đến ngày;Loại;Tên\n01/01/2022;01/12/2022;nghỉ;Tết\n", "Dòng 2"),
        ("a.csv", "Ngày;Loại;Tên\n04/01/2022;làm bù;Tết\n", "vốn là ngày làm việc"),
        ("a.csv", "Ngày;Loại;Tên\n01/01/2023;nghỉ;Tết\n", "không thuộc năm 2022"),
        ("a.toml", "day_off = [", "TOML"),
        ("a.xlsx", "không phải", "Lịch nghỉ"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_in_words(name: str, text: str, word: str) -> None:
    with pytest.raises(InvalidInputError, match=word):
        read_lists(name, text.encode(), 2022)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(off=st.sets(st.dates(date(2022, 10, 3), date(2022, 10, 31)), max_size=12))
def test_what_was_brought_up_to_date_stands_and_is_due_on_a_working_day(
    desk: Desk, off: set[date]
) -> None:
    if not every(desk):
        issue(desk, tasks=[task()])
    import_year(desk, FOLLOWER, lists(*sorted(off)))
    with desk.database.reading() as session:
        calendar: WorkingCalendar = working_calendar(session)
        assert differing(session, calendar, years_entered(session), 2022) == []
    for one in every(desk):
        assert one.due is not None
        assert calendar.is_working(one.due)
        assert one.due <= date(2022, 10, 30)
        assert not any(
            calendar.is_working(one.due + timedelta(days=n))
            for n in range(1, (date(2022, 10, 30) - one.due).days + 1)
        )
