"""When a periodic report is due: a schedule as data, and its JSON.

A schedule belongs to one task of one directive. It says how often, which rules cut the year into
periods, on which day the report of a period is due, from when until when. `deadlines.schedule_days`
lists its periods with their days.

    {"frequencies": ["quarterly", "yearly"], "periods": ["ND09"],
     "day": {"kind": "after_cut_off", "count": 2, "working": true},
     "named": {"Y": "11-25"}, "starts": "2026-01-01", "ends": null, "opens_before_days": 30}

`periods` names built-in rules (`ND09`, `calendar`) or holds rules of its own with name, source,
confidence and the time they hold; where several are given, the first that holds at the end of a
period counts, and where none does the last.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from deadlines.errors import ScheduleInvalidError
from deadlines.kinds import Frequency
from deadlines.period_rules import rules_from_json, rules_to_json
from deadlines.periods import LEGAL_PERIODS, PeriodRules

MOST_DAYS = 400
_DAYS_OF_MONTH, _MONTHS, _WEEKDAYS = 31, 12, 7
_MONTH_DAY = re.compile(r"(\d{1,2})-(\d{1,2})")
_SUFFIX = re.compile(r"M\d{2}|Q[1-4]|H[12]|9M|Y")


class DayKind(StrEnum):
    """How the day of a report is found from its period."""

    AFTER_CUT_OFF = "after_cut_off"
    """`count` days (or working days) after the cut-off; negative before it."""
    DAY_OF_MONTH = "day_of_month"
    """`day` of the month that lies `months` after the last month of the period."""
    DAYS_OF_YEAR = "days_of_year"
    """One or several named days of the year, `years` after the year reported on."""
    LAST_WEEK = "last_week"
    """The last week of the period; a window that ends with it."""
    DAY_OF_WEEK = "day_of_week"
    """`day` 1 (Monday) to 7 of the week reported on, `count` weeks later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDay:
    """The day of the report of each period."""

    kind: DayKind
    """How it is found; the fields that its kind does not name are not looked at."""
    count: int = 0
    """Days after the cut-off, or weeks after the week reported on."""
    working: bool = False
    """Whether `count` means working days."""
    day: int = 0
    """Day of the month (31: its last), or of the week."""
    months: int = 0
    """Months after the last month of the period; -1 is the month before that one."""
    days: tuple[tuple[int, int], ...] = ()
    """Month and day of each named day of the year, in order."""
    years: int = 0
    """Years after the year reported on."""
    inclusive: bool = True
    """Whether the named day still counts; `trước ngày` does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a periodic report comes again."""

    frequencies: tuple[Frequency, ...]
    """How often; several where one sentence asks for several."""
    day: ReportDay
    """The day of the report."""
    periods: tuple[PeriodRules, ...] = (LEGAL_PERIODS,)
    """Rules that cut the year into periods; the first that holds counts."""
    named: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Month and day that stand in place of `day` for one period of the year (`H1`, `Q4`, `Y`)."""
    starts: date | None = None
    """Reports due before this day are not owed; None: the issue date of the directive."""
    ends: date | None = None
    """Reports due after this day are not owed; None while the end is open."""
    opens_before_days: int = 30
    """A report is opened this many days before it is due, or when its period begins if earlier."""
    assumed: str | None = None
    """What the words did not say and was taken, one Vietnamese sentence; None where nothing was."""
    left_out: tuple[str, ...] = ()
    """Identifiers of bearers that owe no further period."""


def to_json(schedule: Schedule) -> dict[str, Any]:
    """Return a schedule as JSON holds it."""
    day = schedule.day
    shown: dict[str, Any] = {
        "kind": day.kind.value, "count": day.count, "working": day.working, "day": day.day,
        "months": day.months, "days": [f"{m:02d}-{d:02d}" for m, d in day.days],
        "years": day.years, "inclusive": day.inclusive,
    }  # fmt: skip
    return {
        "frequencies": [one.value for one in schedule.frequencies],
        "day": shown,
        "periods": [rules_to_json(one) for one in schedule.periods],
        "named": {key: f"{m:02d}-{d:02d}" for key, (m, d) in schedule.named.items()},
        "starts": schedule.starts.isoformat() if schedule.starts else None,
        "ends": schedule.ends.isoformat() if schedule.ends else None,
        "opens_before_days": schedule.opens_before_days,
        "assumed": schedule.assumed,
        "left_out": list(schedule.left_out),
    }


_KEYS = frozenset(
    (
        "frequencies",
        "day",
        "periods",
        "named",
        "starts",
        "ends",
        "opens_before_days",
        "assumed",
        "left_out",
    )
)
_DAY_KEYS = frozenset(("kind", "count", "working", "day", "months", "days", "years", "inclusive"))


def from_json(data: Mapping[str, Any]) -> Schedule:
    """Read a schedule.

    Raises:
        ScheduleInvalidError: something is missing, unknown, or cannot be.
    """
    _known(data, _KEYS)
    raw_day = data.get("day")
    if not isinstance(raw_day, Mapping):
        raise ScheduleInvalidError("thiếu cách tính ngày gửi (day)")
    try:
        schedule = Schedule(
            frequencies=tuple(Frequency(one) for one in data.get("frequencies", ())),
            day=_day(raw_day),
            periods=tuple(rules_from_json(one) for one in data.get("periods") or ("ND09",)),
            named={key: _month_day(one) for key, one in (data.get("named") or {}).items()},
            starts=_date(data.get("starts")),
            ends=_date(data.get("ends")),
            opens_before_days=int(data.get("opens_before_days", 30)),
            assumed=data.get("assumed"),
            left_out=tuple(map(str, data.get("left_out", ()))),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise ScheduleInvalidError(f"không đọc được ({err})") from err
    check(schedule)
    return schedule


def check(schedule: Schedule) -> None:
    """Refuse a schedule that contradicts itself.

    Raises:
        ScheduleInvalidError: with what is wrong.
    """
    faults = (
        (not schedule.frequencies, "chưa chọn kỳ báo cáo"),
        (Frequency.UNSPECIFIED in schedule.frequencies, "chưa chọn kỳ báo cáo"),
        (len(set(schedule.frequencies)) < len(schedule.frequencies), "một kỳ được nêu hai lần"),
        (not 0 <= schedule.opens_before_days <= MOST_DAYS, "số ngày mở trước phải từ 0 đến 400"),
        (
            schedule.starts is not None
            and schedule.ends is not None
            and schedule.ends < schedule.starts,
            "ngày kết thúc trước ngày bắt đầu",
        ),
        *((not _SUFFIX.fullmatch(key), f"không có kỳ “{key}”") for key in schedule.named),
        *_faults_of_day(schedule),
    )
    for wrong, reason in faults:
        if wrong:
            raise ScheduleInvalidError(reason)
    for month, day in (*schedule.day.days, *schedule.named.values()):
        _real(month, day)


def _faults_of_day(schedule: Schedule) -> tuple[tuple[bool, str], ...]:
    day, weekly = schedule.day, Frequency.WEEKLY in schedule.frequencies
    return (
        (
            (day.kind is DayKind.DAY_OF_WEEK) != weekly,
            "ngày trong tuần chỉ dùng cho báo cáo hằng tuần và ngược lại",
        ),
        (weekly and len(schedule.frequencies) > 1, "báo cáo hằng tuần đặt lịch riêng"),
        (
            day.kind is DayKind.DAY_OF_MONTH and not 1 <= day.day <= _DAYS_OF_MONTH,
            "ngày trong tháng phải từ 1 đến 31",
        ),
        (day.kind is DayKind.DAY_OF_WEEK and not 1 <= day.day <= _WEEKDAYS, "thứ phải từ 1 đến 7"),
        (
            day.kind is DayKind.DAYS_OF_YEAR
            and (not day.days or schedule.frequencies != (Frequency.YEARLY,)),
            "ngày nêu tên trong năm cần ít nhất một ngày và dùng cho báo cáo hằng năm",
        ),
        (
            tuple(sorted(set(day.days))) != day.days,
            "các ngày trong năm phải khác nhau và theo thứ tự",
        ),
        (abs(day.count) > MOST_DAYS, "số ngày quá lớn"),
        (abs(day.months) > _MONTHS or abs(day.years) > 1, "số tháng hoặc số năm quá lớn"),
    )


def _day(data: Mapping[str, Any]) -> ReportDay:
    _known(data, _DAY_KEYS)
    return ReportDay(
        kind=DayKind(data["kind"]),
        count=int(data.get("count", 0)),
        working=bool(data.get("working", False)),
        day=int(data.get("day", 0)),
        months=int(data.get("months", 0)),
        days=tuple(_month_day(one) for one in data.get("days", ())),
        years=int(data.get("years", 0)),
        inclusive=bool(data.get("inclusive", True)),
    )


def _known(data: Mapping[str, Any], keys: frozenset[str]) -> None:
    if unknown := sorted(set(data) - keys):
        raise ScheduleInvalidError(f"không hiểu mục “{unknown[0]}”")


def _month_day(text: str) -> tuple[int, int]:
    match = _MONTH_DAY.fullmatch(text)
    if match is None:
        raise ScheduleInvalidError(f"“{text}” không phải tháng-ngày, ví dụ 11-25")
    return int(match[1]), int(match[2])


def _real(month: int, day: int) -> None:
    try:
        date(2024, month, day)  # a leap year: 29/2 exists in some years
    except ValueError as err:
        raise ScheduleInvalidError(f"ngày {day}/{month} không tồn tại") from err


def _date(value: str | date | None) -> date | None:
    if isinstance(value, date) or not value:
        return value or None
    return date.fromisoformat(value)
