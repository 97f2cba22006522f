from datetime import date

import pytest

from deadlines.calendar import WorkingCalendar, calendar_of
from deadlines.due import (
    DatedDuty,
    DueFlag,
    RollDirection,
    compute_due,
    conflicts,
    occurrences,
)
from deadlines.errors import NoWorkingDayError
from deadlines.phrases import find_phrases

CALENDAR = calendar_of()
ISSUED = date(2022, 9, 21)


def due(text: str, *, issued: date | None = ISSUED, event: date | None = None):  # noqa: ANN201 - a test's shorthand
    (phrase,) = find_phrases(text, issued=issued)
    return compute_due(phrase, CALENDAR, issued=issued, event=event)


@pytest.mark.parametrize(
    ("text", "issued", "last", "working"),
    [
        ("trước ngày 31/10/2022", ISSUED, date(2022, 10, 30), date(2022, 10, 28)),
        ("trước ngày 30/12/2025", date(2025, 12, 1), date(2025, 12, 29), date(2025, 12, 29)),
        ("trong tháng 11 năm 2025", date(2025, 11, 24), date(2025, 11, 30), date(2025, 11, 28)),
        ("Tháng 12/2025", date(2025, 11, 20), date(2025, 12, 31), date(2025, 12, 31)),
        ("Quí I-2027", date(2025, 11, 20), date(2027, 3, 31), date(2027, 3, 31)),
        ("trong năm 2026", date(2025, 11, 20), date(2026, 12, 31), date(2026, 12, 31)),
        ("trước ngày 10 hàng tháng", date(2026, 1, 1), date(2026, 1, 9), date(2026, 1, 9)),
        ("trước ngày 10 tháng 01 hàng năm", date(2026, 1, 1), date(2026, 1, 9), date(2026, 1, 9)),
        (
            "hằng năm (trước ngày 15 tháng 11)",
            date(2026, 1, 1),
            date(2026, 11, 14),
            date(2026, 11, 13),
        ),
        ("trước ngày 20 tháng 6 hằng năm", date(2026, 1, 1), date(2026, 6, 19), date(2026, 6, 19)),
        ("tuần cuối của quý", date(2026, 1, 1), date(2026, 3, 31), date(2026, 3, 31)),
    ],
)
def test_the_last_day_and_the_last_working_day_follow_from_the_words(
    text: str, issued: date, last: date, working: date
) -> None:
    found = due(text, issued=issued)
    assert (found.last_allowed_day, found.last_working_day) == (last, working)


def test_both_days_of_a_duty_due_twice_a_year_roll_back_by_themselves() -> None:
    phrases = find_phrases("trước ngày 10/5 và 10/11 hằng năm", issued=date(2026, 1, 1))
    found = [compute_due(p, CALENDAR, issued=date(2026, 1, 1)) for p in phrases]
    assert [f.last_allowed_day for f in found] == [date(2026, 5, 9), date(2026, 11, 9)]
    assert [f.last_working_day for f in found] == [date(2026, 5, 8), date(2026, 11, 9)]


def test_a_day_of_the_month_before_belongs_to_the_reported_month() -> None:
    (phrase,) = find_phrases("ngày 10 của tháng trước", issued=date(2025, 12, 1))
    assert occurrences(phrase, year=2026)[2] == date(2026, 2, 10)


def test_calendar_days_and_working_days_are_counted_from_the_event() -> None:
    after = due("trong thời hạn 30 ngày kể từ ngày ký hợp đồng.", event=date(2026, 9, 1))
    assert after.last_allowed_day == date(2026, 10, 1)
    before = due("trước ngày hết hạn ít nhất 60 ngày làm việc", event=date(2026, 12, 31))
    assert before.last_allowed_day == date(2026, 10, 8)


def test_an_event_that_is_not_known_yet_gives_no_day_and_says_what_it_waits_for() -> None:
    found = due("trong thời hạn 30 ngày kể từ ngày ký hợp đồng.")
    assert found.last_allowed_day is None
    assert found.flags == (DueFlag.WAITS_FOR_EVENT,)
    assert "ký hợp đồng" in found.explanation


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("định kỳ báo cáo kết quả", DueFlag.PERIOD_NOT_STATED),
        ("Hằng năm", DueFlag.DAY_NOT_STATED),
        ("Từ 01/7/2025", DueFlag.OPEN_END),
        ("trước ngày 31/9/2022", DueFlag.NO_SUCH_DATE),
        ("trước ngày 01/01/2020", DueFlag.BEFORE_ISSUE),
    ],
)
def test_what_cannot_be_computed_is_flagged(text: str, flag: DueFlag) -> None:
    assert flag in due(text).flags


def test_the_explanation_says_in_words_how_the_day_was_reached() -> None:
    found = due("trước ngày 31/10/2022")
    assert found.explanation == (
        "“trước ngày 31/10/2022”: không tính ngày 31/10/2022, ngày cuối cùng còn trong hạn là "
        "Chủ nhật, 30/10/2022; ngày đó là ngày nghỉ nên lấy ngày làm việc liền trước: "
        "thứ Sáu, 28/10/2022."
    )
    assert found.flags == (DueFlag.ON_REST_DAY,)


def test_an_office_may_roll_forward_instead() -> None:
    (phrase,) = find_phrases("trước ngày 31/10/2022", issued=ISSUED)
    found = compute_due(phrase, CALENDAR, issued=ISSUED, roll=RollDirection.FORWARD)
    assert found.last_working_day == date(2022, 10, 31)


def test_a_report_due_before_the_work_ends_is_a_conflict_and_one_due_after_is_not() -> None:
    tasks = [
        DatedDuty(label=label, due=due("hoàn thành trong tháng 10 năm 2022"))
        for label in ("III.3", "III.4")
    ]
    early = DatedDuty(label="R1", due=due("trước ngày 31/10/2022"), is_report=True)
    late = DatedDuty(label="R1", due=due("trước ngày 15/11/2022"), is_report=True)
    found = [c for c in conflicts([*tasks, early]) if c.flag is DueFlag.REPORT_BEFORE_TASK_ENDS]
    assert [c.labels for c in found] == [("R1", "III.3", "III.4")]
    assert "30/10/2022" in found[0].message
    assert not [c for c in conflicts([*tasks, late]) if c.flag is DueFlag.REPORT_BEFORE_TASK_ENDS]


def test_short_notice_is_pointed_out() -> None:
    assert DueFlag.SHORT_NOTICE in due("hoàn thành trong tháng 9 năm 2022").flags
    assert DueFlag.SHORT_NOTICE not in due("hoàn thành trong tháng 10 năm 2022").flags


def test_a_swapped_saturday_is_worked_and_a_holiday_is_not() -> None:
    assert CALENDAR.is_working(date(2026, 8, 22))
    assert not CALENDAR.is_working(date(2026, 8, 31))
    assert CALENDAR.next_working_day(date(2026, 8, 28)) == date(2026, 9, 3)
    assert CALENDAR.add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 23)
    assert CALENDAR.working_days_between(date(2026, 2, 13), date(2026, 2, 24)) == 2


def test_a_calendar_without_working_days_is_refused_in_words() -> None:
    year = frozenset(date.fromordinal(date(2025, 1, 1).toordinal() + n) for n in range(1200))
    with pytest.raises(NoWorkingDayError) as refused:
        WorkingCalendar(year).next_working_day(date(2026, 1, 1))
    assert "01/01/2026" in refused.value.diagnosis() or "02/01/2026" in refused.value.diagnosis()
