"""The two lists of a year, days off and swapped days, before they are taken.

Source: Bộ luật Lao động 2019, Điều 112 (holidays) and 111.3 (a weekly rest day on a holiday moves
    to the next working day); (secondary). The lists themselves are announced year by year.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from deadlines.calendar import WorkingCalendar
from deadlines.errors import CalendarInvalidError

_SATURDAY = 5
MOST_DAYS_OFF = 60
FIXED_HOLIDAYS = ((1, 1), (4, 30), (5, 1), (9, 2))
"""Month and day of the holidays that lie on one day of every year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearLists:
    """What was announced for one year."""

    year: int
    """The year."""
    off: Mapping[date, str] = field(default_factory=dict)
    """Days off with their names."""
    working: Mapping[date, str] = field(default_factory=dict)
    """Rest days that are worked in exchange, with what for."""
    basis: str = ""
    """The paper they come from."""
    confirmed: bool = False
    """False while the list is a preliminary one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDay:
    """One line of a list, as it was read."""

    day: date
    """The day."""
    label: str
    """Its name."""
    working: bool
    """Whether it is worked in exchange, rather than a day off."""


def make_lists(year: int, days: tuple[ListedDay, ...], *, basis: str, confirmed: bool) -> YearLists:
    """Join the lines of both lists.

    Raises:
        CalendarInvalidError: a day of another year, a day named twice, a swapped day that is no
            weekend, a day without a name, far too many days; all faults are named.
    """
    if faults := tuple(_faults(year, days)):
        raise CalendarInvalidError(faults)
    return YearLists(
        year=year,
        off={one.day: one.label.strip() for one in sorted(days, key=_by_day) if not one.working},
        working={one.day: one.label.strip() for one in sorted(days, key=_by_day) if one.working},
        basis=basis.strip(),
        confirmed=confirmed,
    )


def _by_day(one: ListedDay) -> date:
    return one.day


def _faults(year: int, days: tuple[ListedDay, ...]) -> Iterator[str]:
    if not any(not one.working for one in days):
        yield f"chưa có ngày nghỉ nào của năm {year}"
    for day, times in sorted(Counter(one.day for one in days).items()):
        if times > 1:
            yield f"ngày {day:%d/%m/%Y} được ghi {times} lần"
    for one in days:
        yield from _faults_of(year, one)
    if sum(not one.working for one in days) > MOST_DAYS_OFF:
        yield f"có hơn {MOST_DAYS_OFF} ngày nghỉ trong năm"


def _faults_of(year: int, one: ListedDay) -> Iterator[str]:
    if one.day.year != year:
        yield f"ngày {one.day:%d/%m/%Y} không thuộc năm {year}"
    if one.working and one.day.weekday() < _SATURDAY:
        yield f"ngày {one.day:%d/%m/%Y} vốn là ngày làm việc, không phải ngày làm bù"
    if not one.label.strip():
        yield f"ngày {one.day:%d/%m/%Y} chưa ghi tên ngày nghỉ hoặc lý do làm bù"


def doubts(lists: YearLists) -> tuple[str, ...]:
    """Name what a person should look at: a fixed holiday that is missing, or not made up for."""
    calendar = WorkingCalendar(frozenset(lists.off), frozenset(lists.working))
    found = []
    for month, day in FIXED_HOLIDAYS:
        holiday = date(lists.year, month, day)
        if holiday.weekday() < _SATURDAY and holiday not in lists.off:
            found.append(f"Ngày lễ {holiday:%d/%m/%Y} chưa có trong danh sách nghỉ.")
        if holiday.weekday() >= _SATURDAY:
            after = next_weekday(holiday)
            if calendar.is_working(after):
                found.append(
                    f"Ngày lễ {holiday:%d/%m/%Y} trùng ngày nghỉ hằng tuần mà ngày "
                    f"{after:%d/%m/%Y} chưa là ngày nghỉ bù."
                )
    return tuple(found)


def next_weekday(day: date) -> date:
    """Return the first day from Monday to Friday after a day."""
    while True:
        day = date.fromordinal(day.toordinal() + 1)
        if day.weekday() < _SATURDAY:
            return day
