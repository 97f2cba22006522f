"""From the words of a directive to the schedule of a periodic report, or to a question.

A schedule is proposed only where the words name the day of the report. What they leave open and
custom answers is taken and said (`Schedule.assumed`); everything else is for a person.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from deadlines.kinds import DeadlineKind, DeadlinePhrase, Frequency
from deadlines.periods import CALENDAR_PERIODS
from deadlines.schedule import DayKind, ReportDay, Schedule

_LAST_OF_FIRST_HALF = 6
_LATE_MONTHS = 3
"""A yearly report due by March is taken for the year before."""
_CUT_OFF = 14

ABOUT_YEAR = "Văn bản không nêu năm của số liệu; đã lấy năm liền trước ngày gửi."
ABOUT_MONTH = "Văn bản không nêu kỳ của số liệu; đã lấy tháng dương lịch liền trước ngày gửi."
ABOUT_CUT_OFF = (
    "Văn bản không nêu kỳ của số liệu; đã lấy tháng chốt số liệu ngày 14 theo Nghị định "
    "09/2019/NĐ-CP."
)
ABOUT_OTHER_HALF = (
    "Văn bản chỉ nêu ngày gửi của một kỳ 6 tháng; kỳ còn lại tạm lấy 1 ngày sau ngày chốt số liệu."
)


def propose(phrases: Sequence[DeadlinePhrase]) -> Schedule | None:
    """Return the schedule that the deadline phrases of one task give; None: a person must say.

    Args:
        phrases: all that stand in the words of the deadline; a range beside them bounds the
            schedule.
    """
    periodic = _with_days([one for one in phrases if one.kind is DeadlineKind.PERIODIC])
    if not periodic or any(one.problem for one in periodic):
        return None
    readers = (_last_week, _named_days, _day_of_month, _half_or_nine)
    found = (reader(periodic) for reader in readers)
    schedule = next((one for one in found if one is not None), None)
    if schedule is None:
        return None
    starts, ends = _bounds(phrases)
    return replace(schedule, starts=starts, ends=ends)


def _with_days(phrases: Sequence[DeadlinePhrase]) -> list[DeadlinePhrase]:
    """Leave out what only repeats how often ("định kỳ 6 tháng … trước ngày 20 tháng 6")."""
    dated = [one for one in phrases if one.day is not None or one.condition is not None]
    often = {one.frequency for one in dated}
    return dated if all(one.frequency in often for one in phrases) else []


def _bounds(phrases: Sequence[DeadlinePhrase]) -> tuple[date | None, date | None]:
    kinds = (DeadlineKind.RANGE, DeadlineKind.FROM_DATE)
    around = next((one for one in phrases if one.kind in kinds and not one.problem), None)
    return (around.range_start, around.last_allowed_day) if around else (None, None)


def _last_week(phrases: Sequence[DeadlinePhrase]) -> Schedule | None:
    one = phrases[0]
    if len(phrases) > 1 or one.condition is None or one.day is not None or one.frequency is None:
        return None
    if one.frequency in {Frequency.WEEKLY, Frequency.UNSPECIFIED}:
        return None
    return Schedule(frequencies=(one.frequency,), day=ReportDay(kind=DayKind.LAST_WEEK))


def _named_days(phrases: Sequence[DeadlinePhrase]) -> Schedule | None:
    """Read one or several days a year."""
    days = sorted((one.month, one.day) for one in phrases if one.month and one.day)
    sides = {one.inclusive for one in phrases}
    every = {one.frequency for one in phrases}
    if len(set(days)) < len(phrases) or every != {Frequency.YEARLY} or len(sides) > 1:
        return None
    early = len(days) == 1 and days[0][0] <= _LATE_MONTHS
    day = ReportDay(
        kind=DayKind.DAYS_OF_YEAR, days=tuple(days), years=int(early), inclusive=sides == {True}
    )
    return Schedule(frequencies=(Frequency.YEARLY,), day=day, assumed=ABOUT_YEAR if early else None)


def _day_of_month(phrases: Sequence[DeadlinePhrase]) -> Schedule | None:
    one = phrases[0]
    if len(phrases) > 1 or one.day is None or one.month is not None:
        return None
    day = ReportDay(
        kind=DayKind.DAY_OF_MONTH, day=one.day, months=-one.months_back,
        inclusive=one.inclusive is True,
    )  # fmt: skip
    if one.frequency is Frequency.QUARTERLY or one.months_back:
        return Schedule(frequencies=(one.frequency or Frequency.MONTHLY,), day=day)
    last = one.day if one.inclusive else one.day - 1
    if last > _CUT_OFF:
        return Schedule(frequencies=(Frequency.MONTHLY,), day=day, assumed=ABOUT_CUT_OFF)
    return Schedule(
        frequencies=(Frequency.MONTHLY,), day=replace(day, months=1), periods=(CALENDAR_PERIODS,),
        assumed=ABOUT_MONTH,
    )  # fmt: skip


def _half_or_nine(phrases: Sequence[DeadlinePhrase]) -> Schedule | None:
    """Read days that are named for half-years or for nine months."""
    every, sides = {one.frequency for one in phrases}, {one.inclusive for one in phrases}
    named = {
        _suffix(one): (one.month, one.day)
        for one in phrases
        if one.month is not None and one.day is not None
    }
    wanted = every <= {Frequency.HALF_YEARLY, Frequency.NINE_MONTHLY} and len(every) == 1
    if not wanted or len(named) < len(phrases) or len(sides) > 1:
        return None
    day = ReportDay(kind=DayKind.AFTER_CUT_OFF, count=1, inclusive=sides == {True})
    frequency = phrases[0].frequency or Frequency.HALF_YEARLY
    one_of_two = frequency is Frequency.HALF_YEARLY and len(named) == 1
    return Schedule(
        frequencies=(frequency,), day=day, named=named,
        assumed=ABOUT_OTHER_HALF if one_of_two else None,
    )  # fmt: skip


def _suffix(phrase: DeadlinePhrase) -> str:
    if phrase.frequency is Frequency.NINE_MONTHLY:
        return "9M"
    return "H1" if (phrase.month or 0) <= _LAST_OF_FIRST_HALF else "H2"
