"""Working days of Vietnamese offices.

Source: Monday to Friday, less days off, plus swapped Saturdays (Bộ luật Lao động 2019, Điều 111,
    112); both lists are decided year by year, hence data.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from deadlines.errors import NoWorkingDayError

ONE_DAY = timedelta(days=1)
_REACH_DAYS = 366
_SATURDAY = 5
_WEEK = 7


def days_between(first: date, last: date) -> Iterable[date]:
    """Yield every day from `first` to `last`, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days an office works."""

    days_off: frozenset[date] = field(default_factory=frozenset)
    """Public holidays and their substitute days."""

    working_saturdays: frozenset[date] = field(default_factory=frozenset)
    """Rest days worked in exchange for another day (ngày làm bù)."""

    def is_working(self, day: date) -> bool:
        """Tell whether the office works on `day`."""
        if day in self.working_saturdays:
            return True
        return day.weekday() < _SATURDAY and day not in self.days_off

    def last_working_day_on_or_before(self, day: date) -> date:
        """Roll back to a working day.

        Raises:
            NoWorkingDayError: there is none within a year.
        """
        return self._walk(day, -1)

    def first_working_day_on_or_after(self, day: date) -> date:
        """Roll forward to a working day.

        Raises:
            NoWorkingDayError: there is none within a year.
        """
        return self._walk(day, 1)

    def next_working_day(self, day: date) -> date:
        """Return the first working day after `day`.

        Raises:
            NoWorkingDayError: there is none within a year.
        """
        return self._walk(day + ONE_DAY, 1)

    def add_working_days(self, day: date, count: int) -> date:
        """Step `count` working days on (or back, when negative); 0 leaves the day as it is.

        Raises:
            NoWorkingDayError: the calendar runs out of working days.
        """
        step = 1 if count > 0 else -1
        for _ in range(abs(count)):
            day = self._walk(day + step * ONE_DAY, step)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """Count working days after `first` up to `last`; negative when `last` is earlier."""
        if last < first:
            return -self.working_days_between(last, first)
        weeks, rest = divmod((last - first).days, _WEEK)
        days = weeks * _SATURDAY + sum(
            (first + n * ONE_DAY).weekday() < _SATURDAY for n in range(1, rest + 1)
        )
        off = (day for day in self.days_off - self.working_saturdays if day.weekday() < _SATURDAY)
        days -= sum(first < day <= last for day in off)
        return days + sum(
            first < day <= last for day in self.working_saturdays if day.weekday() >= _SATURDAY
        )

    def _walk(self, day: date, step: int) -> date:
        for distance in range(_REACH_DAYS):
            candidate = day + step * distance * ONE_DAY
            if self.is_working(candidate):
                return candidate
        raise NoWorkingDayError(day)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearOfRest:
    """Days off and swapped days of one year, with how sure they are."""

    year: int
    """The year they belong to."""

    off: tuple[tuple[date, date], ...]
    """First and last day of each run of days off."""

    working: tuple[date, ...]
    """Rest days that are worked instead."""

    confidence: str
    """Where the dates come from: `issued paper`, `mixed` or `unverified`."""


# Source: notices on public holidays; 30/4, 01/5, 02/01 and 10/01/2026 and all of 2022 are
# unverified. An office keeps its own table; these two serve the demonstration and the tests.
KNOWN_YEARS: tuple[YearOfRest, ...] = (
    YearOfRest(
        year=2022,
        off=(
            (date(2022, 1, 3), date(2022, 1, 3)),
            (date(2022, 1, 31), date(2022, 2, 4)),
            (date(2022, 4, 11), date(2022, 4, 11)),
            (date(2022, 5, 2), date(2022, 5, 3)),
            (date(2022, 9, 1), date(2022, 9, 2)),
        ),
        working=(),
        confidence="unverified",
    ),
    YearOfRest(
        year=2026,
        off=(
            (date(2026, 1, 1), date(2026, 1, 2)),
            (date(2026, 2, 14), date(2026, 2, 22)),
            (date(2026, 4, 25), date(2026, 4, 27)),
            (date(2026, 4, 30), date(2026, 5, 1)),
            (date(2026, 8, 29), date(2026, 9, 2)),
        ),
        working=(date(2026, 1, 10), date(2026, 8, 22)),
        confidence="mixed",
    ),
)


def calendar_of(years: Iterable[YearOfRest] = KNOWN_YEARS) -> WorkingCalendar:
    """Join tables of years into one calendar."""
    years = tuple(years)
    off = {day for year in years for first, last in year.off for day in days_between(first, last)}
    working = {day for year in years for day in year.working}
    return WorkingCalendar(frozenset(off), frozenset(working))
