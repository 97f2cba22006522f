from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.calendar import calendar_of
from deadlines.due import DueFlag, occurrences
from deadlines.errors import ScheduleInvalidError
from deadlines.kinds import Frequency
from deadlines.period_names import words_of
from deadlines.periods import CALENDAR_PERIODS, LEGAL_PERIODS
from deadlines.phrases import find_phrases
from deadlines.proposing import propose
from deadlines.schedule import DayKind, ReportDay, Schedule, check, from_json, to_json
from deadlines.schedule_days import has_more, opened_by, periods_due

CALENDAR = calendar_of()
YEAR = {"since": date(2026, 1, 1), "until": date(2026, 12, 31)}
AFTER = ReportDay(kind=DayKind.AFTER_CUT_OFF, count=2, working=True)


def proposal(text: str) -> Schedule | None:
    return propose(find_phrases(text, issued=date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("trước ngày 10 hàng tháng", {"2025-M12": (date(2026, 1, 9), date(2026, 1, 9))}),
        ("trước ngày 10 tháng 01 hàng năm", {"2025": (date(2026, 1, 9), date(2026, 1, 9))}),
        ("hằng năm (trước ngày 15 tháng 11)", {"2026": (date(2026, 11, 14), date(2026, 11, 13))}),
        ("trước ngày 20 tháng 6 hằng năm", {"2026": (date(2026, 6, 19), date(2026, 6, 19))}),
        (
            "trước ngày 10/5 và 10/11 hằng năm",
            {
                "2026-L1": (date(2026, 5, 9), date(2026, 5, 8)),
                "2026-L2": (date(2026, 11, 9), date(2026, 11, 9)),
            },
        ),
        ("ngày 10 của tháng trước", {"2026-M03": (date(2026, 2, 10), date(2026, 2, 10))}),
        ("tuần cuối của quý", {"2026-Q1": (date(2026, 3, 31), date(2026, 3, 31))}),
        (
            "định kỳ 6 tháng báo cáo trước ngày 20 tháng 6",
            {"2026-H1": (date(2026, 6, 19), date(2026, 6, 19))},
        ),
    ],
)
def test_the_words_give_every_period_its_day(
    text: str, wanted: dict[str, tuple[date, date]]
) -> None:
    schedule = proposal(text)
    assert schedule is not None
    found = {one.key: one for one in periods_due(schedule, CALENDAR, **YEAR, raw=text)}
    for key, days in wanted.items():
        assert (found[key].last_allowed_day, found[key].due) == days
        assert words_of(key) in found[key].explanation
        assert text in found[key].explanation


@pytest.mark.parametrize(
    "text", ["Hằng năm", "định kỳ báo cáo kết quả", "Thường xuyên", "hằng tuần"]
)
def test_words_that_name_no_day_are_for_a_person(text: str) -> None:
    assert proposal(text) is None


def test_what_was_taken_beyond_the_words_is_said_on_every_period() -> None:
    schedule = proposal("trước ngày 10 hàng tháng")
    assert schedule is not None
    assert schedule.assumed
    assert all(
        DueFlag.PERIOD_ASSUMED in one.flags for one in periods_due(schedule, CALENDAR, **YEAR)
    )


@pytest.mark.parametrize(
    "text",
    ["trước ngày 10 hàng tháng", "ngày 20 hằng tháng", "trước ngày 10/5 và 10/11 hằng năm",
     "hằng năm (trước ngày 15 tháng 11)", "ngày 10 của tháng trước", "tuần cuối của quý"],
)  # fmt: skip
def test_a_schedule_names_the_days_that_the_phrase_names(text: str) -> None:
    phrases = find_phrases(text, issued=date(2026, 1, 1))
    schedule = propose(phrases)
    assert schedule is not None
    found = {one.last_allowed_day for one in periods_due(schedule, CALENDAR, **YEAR)}
    years = (2025, 2026, 2027)
    named = {day for phrase in phrases for year in years for day in occurrences(phrase, year=year)}
    assert found == {day for day in named if day.year == 2026}


def test_legal_periods_of_2026_are_cut_off_on_the_fourteenth() -> None:
    every = tuple(f for f in Frequency if f not in {Frequency.WEEKLY, Frequency.UNSPECIFIED})
    schedule = Schedule(frequencies=every, day=AFTER)
    found = {one.key: (one.first, one.cut_off) for one in periods_due(schedule, CALENDAR, **YEAR)}
    assert found["2026-M03"] == (date(2026, 2, 15), date(2026, 3, 14))
    assert found["2026-Q1"] == (date(2025, 12, 15), date(2026, 3, 14))
    assert found["2026-Q4"] == (date(2026, 9, 15), date(2026, 12, 14))
    assert found["2026-H2"] == (date(2026, 6, 15), date(2026, 12, 14))
    assert found["2026-9M"] == (date(2025, 12, 15), date(2026, 9, 14))
    assert found["2026"] == (date(2025, 12, 15), date(2026, 12, 14))
    assert len(found) == 12 + 4 + 2 + 1 + 1


def test_two_working_days_after_the_cut_off_step_over_the_weekend() -> None:
    schedule = Schedule(frequencies=(Frequency.QUARTERLY,), day=AFTER)
    found = {one.key: one.due for one in periods_due(schedule, CALENDAR, **YEAR)}
    assert found["2026-Q1"] == date(2026, 3, 17)  # cut off on a Saturday


def test_a_report_of_its_own_rules_keeps_them_with_source_and_days() -> None:
    data = {
        "frequencies": ["quarterly", "yearly"],
        "day": {"kind": "after_cut_off", "count": 1},
        "named": {"Y": "11-25"},
        "periods": [
            {
                "name": "Chế độ báo cáo riêng", "source": "Thông tư 02/2023/TT-BTTTT",
                "confidence": "secondary", "valid_from": "2023-05-01", "valid_to": "2026-08-31",
                "rules": [
                    {"kind": "quarter", "number": n, "first": [3 * n - 3, 6], "last": [3 * n, 5]}
                    for n in range(1, 5)
                ] + [{"kind": "year", "number": 1, "first": [0, 15], "last": [12, 14]}],
            },
            "ND09",
        ],
    }  # fmt: skip
    schedule = from_json(data)
    assert from_json(to_json(schedule)) == schedule
    found = {one.key: one for one in periods_due(schedule, CALENDAR, **YEAR)}
    assert found["2026-Q1"].cut_off == date(2026, 3, 5)
    assert found["2026-Q3"].cut_off == date(2026, 9, 14)  # the rules had ended by then
    assert found["2026"].last_allowed_day == date(2026, 11, 25)
    assert DueFlag.DUE_BEFORE_CUT_OFF in found["2026"].flags


def test_weekly_reports_come_every_week_of_the_calendar() -> None:
    schedule = Schedule(
        frequencies=(Frequency.WEEKLY,), day=ReportDay(kind=DayKind.DAY_OF_WEEK, day=5)
    )
    found = periods_due(schedule, CALENDAR, **YEAR)
    assert len(found) == 52
    assert found[0].key == "2026-W01"
    # Friday of the week of Tết is a day off: the last working day before.
    tet = next(one for one in found if one.key == "2026-W08")
    assert (tet.last_allowed_day, tet.due) == (date(2026, 2, 20), date(2026, 2, 13))


def test_a_schedule_begins_and_ends_where_it_says() -> None:
    schedule = Schedule(
        frequencies=(Frequency.QUARTERLY,), day=AFTER, starts=date(2026, 4, 1),
        ends=date(2026, 9, 30),
    )  # fmt: skip
    keys = [one.key for one in periods_due(schedule, CALENDAR, **YEAR)]
    assert keys == ["2026-Q2", "2026-Q3"]
    assert has_more(schedule, CALENDAR, after=date(2026, 9, 1))
    assert not has_more(schedule, CALENDAR, after=date(2026, 9, 20))


def test_nothing_is_skipped_after_a_standstill() -> None:
    schedule = Schedule(frequencies=(Frequency.MONTHLY,), day=AFTER)
    opened = opened_by(schedule, CALENDAR, since=date(2026, 1, 20), today=date(2026, 6, 1))
    # The report of June is owed since 15 May; that of July would open on 15 June.
    assert [one.key for one in opened] == [f"2026-M{n:02d}" for n in range(2, 7)]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"frequencies": ["monthly"]},
        {"frequencies": [], "day": {"kind": "after_cut_off"}},
        {"frequencies": ["unspecified"], "day": {"kind": "after_cut_off"}},
        {"frequencies": ["fortnightly"], "day": {"kind": "after_cut_off"}},
        {"frequencies": ["monthly", "monthly"], "day": {"kind": "after_cut_off"}},
        {"frequencies": ["monthly"], "day": {"kind": "day_of_month", "day": 32}},
        {"frequencies": ["monthly"], "day": {"kind": "days_of_year", "days": ["05-10"]}},
        {"frequencies": ["yearly"], "day": {"kind": "days_of_year", "days": ["02-30"]}},
        {"frequencies": ["yearly"], "day": {"kind": "days_of_year", "days": ["11-10", "05-10"]}},
        {"frequencies": ["weekly"], "day": {"kind": "after_cut_off"}},
        {"frequencies": ["monthly"], "day": {"kind": "day_of_week", "day": 5}},
        {"frequencies": ["monthly"], "day": {"kind": "after_cut_off"}, "periods": ["ND99"]},
        {"frequencies": ["monthly"], "day": {"kind": "after_cut_off"}, "named": {"Q5": "01-01"}},
        {"frequencies": ["monthly"], "day": {"kind": "after_cut_off"}, "often": 3},
        {"frequencies": "monthly", "day": "tomorrow"},
        {"frequencies": ["monthly"], "day": {"kind": "after_cut_off"}, "starts": "2026-02-01",
         "ends": "2026-01-01"},
        {"frequencies": ["monthly"], "day": {"kind": "after_cut_off"},
         "periods": [{"name": "x", "source": "y", "valid_from": "2026-01-01", "rules": [
             {"kind": "half_year", "number": 1, "first": [1, 1], "last": [6, 30]}]}]},
    ],
)  # fmt: skip
def test_a_schedule_that_cannot_be_is_refused_with_a_sentence(data: dict[str, object]) -> None:
    with pytest.raises(ScheduleInvalidError) as refused:
        from_json(data)
    assert "Sửa lại" in refused.value.diagnosis()


@given(
    frequency=st.sampled_from(
        [Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.HALF_YEARLY, Frequency.YEARLY]
    ),
    rules=st.sampled_from([LEGAL_PERIODS, CALENDAR_PERIODS]),
    count=st.integers(-10, 40),
    working=st.booleans(),
    year=st.integers(2020, 2060),
)
def test_periods_tile_the_year_and_every_report_is_due_on_a_working_day(
    *, frequency: Frequency, rules: object, count: int, working: bool, year: int
) -> None:
    day = ReportDay(kind=DayKind.AFTER_CUT_OFF, count=count, working=working)
    schedule = Schedule(frequencies=(frequency,), day=day, periods=(rules,))  # type: ignore[arg-type]
    check(schedule)
    found = periods_due(schedule, CALENDAR, since=date(year, 1, 1), until=date(year + 1, 12, 31))
    for before, after in pairwise(found):
        assert after.first == before.cut_off + timedelta(days=1)
        assert before.last_allowed_day <= after.last_allowed_day
    assert all(CALENDAR.is_working(one.due) for one in found)
    assert all(one.due <= one.last_allowed_day for one in found)
    assert len({one.key for one in found}) == len(found)


@given(today=st.dates(date(2026, 1, 1), date(2030, 12, 31)), later=st.integers(0, 90))
def test_what_is_opened_once_stays_opened(today: date, later: int) -> None:
    schedule = Schedule(frequencies=(Frequency.MONTHLY, Frequency.YEARLY), day=AFTER)
    since = date(2026, 1, 1)
    first = opened_by(schedule, CALENDAR, since=since, today=today)
    second = opened_by(schedule, CALENDAR, since=since, today=today + timedelta(days=later))
    assert set(first) <= set(second)
