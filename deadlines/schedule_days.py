"""The periods of a schedule with their days, in words."""

import calendar as months
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from deadlines.calendar import WorkingCalendar
from deadlines.due import DueFlag, RollDirection, roll_words, rolled, spoken
from deadlines.kinds import Frequency
from deadlines.period_names import KIND_OF, key_of, turn_key, week_key, words_of
from deadlines.periods import PeriodKind, ReportingPeriod
from deadlines.schedule import DayKind, ReportDay, Schedule

LAST_WEEK_DAYS = 7
_DECEMBER = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodDue:
    """One period of a schedule, and when its report is due."""

    key: str
    """Unique within the schedule: `2026-Q1`."""
    words: str
    """Its Vietnamese name: `quý I năm 2026`."""
    first: date
    """First day reported on."""
    cut_off: date
    """Last day reported on (ngày chốt số liệu)."""
    last_allowed_day: date
    """The last calendar day in time."""
    due: date
    """The working day that it is followed by."""
    opens_on: date
    """The day from which it is owed."""
    explanation: str
    """One Vietnamese sentence: how the day was computed."""
    flags: tuple[DueFlag, ...] = ()
    """What a person should look at."""


def periods_due(
    schedule: Schedule,
    calendar: WorkingCalendar,
    *,
    since: date,
    until: date,
    raw: str = "",
    roll: RollDirection = RollDirection.BACK,
) -> tuple[PeriodDue, ...]:
    """Return the periods whose report is due from `since` to `until`, by day.

    Bounds are last days allowed; `starts` and `ends` of the schedule narrow them.

    Args:
        schedule: checked.
        calendar: working days of the office.
        since: the issue date of the directive, as a rule.
        until: the last day looked at.
        raw: the words of the directive, for the explanation.
        roll: where a rest day goes.

    Raises:
        NoWorkingDayError: the calendar holds no working day near one of the days.
    """
    first = max(since, schedule.starts) if schedule.starts else since
    last = min(until, schedule.ends) if schedule.ends else until
    found = (
        _due(schedule, one, calendar, raw, roll)
        for year in range(first.year - 1, last.year + 2)
        for one in _periods_of(schedule, year)
    )
    kept = {one.key: one for one in found if first <= one.last_allowed_day <= last}
    return tuple(sorted(kept.values(), key=lambda one: (one.last_allowed_day, one.key)))


def opened_by(
    schedule: Schedule, calendar: WorkingCalendar, *, since: date, today: date, raw: str = ""
) -> tuple[PeriodDue, ...]:
    """Return the periods that are owed by `today`: none is skipped after a standstill."""
    ahead = timedelta(days=2 * 366 + schedule.opens_before_days)  # a year and its late report
    found = periods_due(schedule, calendar, since=since, until=today + ahead, raw=raw)
    return tuple(one for one in found if one.opens_on <= today)


def has_more(schedule: Schedule, calendar: WorkingCalendar, *, after: date) -> bool:
    """Tell whether a report is due after a day at all."""
    if schedule.ends is None:
        return True
    return bool(periods_due(schedule, calendar, since=after, until=schedule.ends))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Period:
    """A period with the last day of its report, before the calendar is asked."""

    key: str
    first: date
    cut_off: date
    named: tuple[int, int] | None = None
    """Month and day of its report, where one is named for it."""


def _periods_of(schedule: Schedule, year: int) -> Iterator[_Period]:
    if schedule.frequencies == (Frequency.WEEKLY,):
        yield from _weeks(year)
        return
    if schedule.day.kind is DayKind.DAYS_OF_YEAR and len(schedule.day.days) > 1:
        yield from _turns(schedule, year)
        return
    for frequency in schedule.frequencies:
        yield from _of_kind(schedule, year, KIND_OF[frequency]).values()


def _of_kind(schedule: Schedule, year: int, kind: PeriodKind) -> dict[str, _Period]:
    """Return the periods of one kind in a year; where no rules hold, by the last of them."""
    found: dict[str, _Period] = {}
    for rules in schedule.periods:
        for one in rules.periods_of(year, kind):
            if rules.valid_from <= one.cut_off <= (rules.valid_to or date.max):
                found.setdefault(key_of(one), _of_year(schedule, one))
    for one in schedule.periods[-1].periods_of(year, kind):
        found.setdefault(key_of(one), _of_year(schedule, one))
    return found


def _of_year(schedule: Schedule, period: ReportingPeriod) -> _Period:
    key = key_of(period)
    suffix = key.partition("-")[2] or "Y"
    named = schedule.named.get(suffix)
    if named is None and schedule.day.kind is DayKind.DAYS_OF_YEAR:
        named = schedule.day.days[0]
    return _Period(key=key, first=period.first, cut_off=period.cut_off, named=named)


def _weeks(year: int) -> Iterator[_Period]:
    monday = date.fromisocalendar(year, 1, 1)
    while monday.isocalendar().year == year:
        yield _Period(key=week_key(monday), first=monday, cut_off=monday + timedelta(days=6))
        monday += timedelta(days=7)


def _turns(schedule: Schedule, year: int) -> Iterator[_Period]:
    """Yield the turns of a year with several named days: each begins after the one before."""
    days = schedule.day.days
    before = _clipped(year - 1, *days[-1])
    for number, named in enumerate(days, start=1):
        day = _clipped(year, *named)
        last = day if schedule.day.inclusive else day - timedelta(days=1)
        yield _Period(key=turn_key(year, number), first=before, cut_off=last, named=named)
        before = last + timedelta(days=1)


def _due(
    schedule: Schedule, one: _Period, calendar: WorkingCalendar, raw: str, roll: RollDirection
) -> PeriodDue:
    last, how = _last_day(schedule, one, calendar)
    due = rolled(last, calendar, roll)
    flags = []
    if last < one.cut_off:
        flags.append(DueFlag.DUE_BEFORE_CUT_OFF)
    if due != last:
        flags.append(DueFlag.ON_REST_DAY)
        how += f"; ngày đó là ngày nghỉ nên lấy ngày làm việc {roll_words(roll)}: {spoken(due)}"
    if schedule.assumed:
        flags.append(DueFlag.PERIOD_ASSUMED)
    words = words_of(one.key)
    quoted = f"“{raw}”, " if raw else ""
    return PeriodDue(
        key=one.key,
        words=words,
        first=one.first,
        cut_off=one.cut_off,
        last_allowed_day=last,
        due=due,
        opens_on=min(one.first, last - timedelta(days=schedule.opens_before_days)),
        explanation=(
            f"{quoted}kỳ {words} (số liệu từ {one.first:%d/%m/%Y} đến {one.cut_off:%d/%m/%Y}): "
            f"{how}."
        ),
        flags=tuple(flags),
    )


def _last_day(schedule: Schedule, one: _Period, calendar: WorkingCalendar) -> tuple[date, str]:
    """Return the last day allowed and the words for how it was reached."""
    day = schedule.day
    if one.named is not None:
        return _limit(_clipped(_year_of(one) + day.years, *one.named), inclusive=day.inclusive)
    if day.kind is DayKind.AFTER_CUT_OFF:
        return _after(day, one.cut_off, calendar)
    if day.kind is DayKind.DAY_OF_MONTH:
        return _limit(_in_month(day, one.cut_off), inclusive=day.inclusive)
    if day.kind is DayKind.DAY_OF_WEEK:
        last = one.first + timedelta(days=day.day - 1 + 7 * day.count)
        return _limit(last, inclusive=day.inclusive)
    end = _clipped(one.cut_off.year, one.cut_off.month, 31)
    begins = end - timedelta(days=LAST_WEEK_DAYS - 1)
    return end, f"tuần cuối của kỳ, từ {begins:%d/%m/%Y} đến hết {spoken(end)}"


def _year_of(one: _Period) -> int:
    return int(one.key[:4])


def _limit(named: date, *, inclusive: bool) -> tuple[date, str]:
    if inclusive:
        return named, f"tính cả ngày nêu trong lịch: {spoken(named)}"
    last = named - timedelta(days=1)
    return last, (
        f"không tính ngày {named:%d/%m/%Y}, ngày cuối cùng còn trong hạn là {spoken(last)}"
    )


def _after(day: ReportDay, cut_off: date, calendar: WorkingCalendar) -> tuple[date, str]:
    if day.working:
        last = calendar.add_working_days(cut_off, day.count)
    else:
        last = cut_off + timedelta(days=day.count)
    unit = "ngày làm việc" if day.working else "ngày"
    side = "sau" if day.count >= 0 else "trước"
    return last, f"{abs(day.count)} {unit} {side} ngày chốt số liệu là {spoken(last)}"


def _in_month(day: ReportDay, cut_off: date) -> date:
    index = cut_off.year * _DECEMBER + cut_off.month - 1 + day.months
    return _clipped(index // _DECEMBER, index % _DECEMBER + 1, day.day)


def _clipped(year: int, month: int, day: int) -> date:
    """Build a day; one too late becomes the last of its month."""
    return date(year, month, min(day, months.monthrange(year, month)[1]))
