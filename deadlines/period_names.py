"""Keys and Vietnamese names of reporting periods.

`2026-M03` tháng 3 năm 2026, `2026-Q1` quý I, `2026-H1` 6 tháng đầu năm, `2026-9M`, `2026`,
`2026-W05` a week, `2026-L2` the second of several days a year.
"""

import re
from datetime import date

from deadlines.kinds import Frequency
from deadlines.periods import PeriodKind, ReportingPeriod

KIND_OF: dict[Frequency, PeriodKind] = {
    Frequency.MONTHLY: PeriodKind.MONTH,
    Frequency.QUARTERLY: PeriodKind.QUARTER,
    Frequency.HALF_YEARLY: PeriodKind.HALF_YEAR,
    Frequency.NINE_MONTHLY: PeriodKind.NINE_MONTHS,
    Frequency.YEARLY: PeriodKind.YEAR,
}
"""The period that each frequency reports on; weeks are counted by themselves."""

FREQUENCY_WORDS: dict[Frequency, str] = {
    Frequency.WEEKLY: "hằng tuần",
    Frequency.MONTHLY: "hằng tháng",
    Frequency.QUARTERLY: "hằng quý",
    Frequency.HALF_YEARLY: "6 tháng",
    Frequency.NINE_MONTHLY: "9 tháng",
    Frequency.YEARLY: "hằng năm",
}
"""How a frequency is called."""

_ROMAN = ("I", "II", "III", "IV")
_SHAPE = re.compile(r"(?P<year>\d{4})(?:-(?:(?P<kind>[MQHWL])(?P<n>\d{1,2})|(?P<nine>9M)))?")


def key_of(period: ReportingPeriod) -> str:
    """Return the key of a period, unique within a task."""
    suffixes = {
        PeriodKind.MONTH: f"-M{period.number:02d}",
        PeriodKind.QUARTER: f"-Q{period.number}",
        PeriodKind.HALF_YEAR: f"-H{period.number}",
        PeriodKind.NINE_MONTHS: "-9M",
        PeriodKind.YEAR: "",
    }
    return f"{period.year}{suffixes[period.kind]}"


def week_key(monday: date) -> str:
    """Return the key of the week (ISO 8601) that begins on a Monday."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def turn_key(year: int, number: int) -> str:
    """Return the key of the n-th of several named days of a year."""
    return f"{year}-L{number}"


def words_of(key: str) -> str:
    """Return the Vietnamese name of a period; "" for the key of what is owed once."""
    match = _SHAPE.fullmatch(key)
    if match is None:
        return key
    year, number = match["year"], int(match["n"] or 0)
    if match["nine"]:
        return f"9 tháng năm {year}"
    kind = match["kind"] or ""
    if kind == "Q" and 1 <= number <= len(_ROMAN):
        return f"quý {_ROMAN[number - 1]} năm {year}"
    if kind == "H":
        return f"6 tháng {'đầu' if number == 1 else 'cuối'} năm {year}"
    counted = {"M": "tháng", "Q": "quý", "W": "tuần", "L": "lần"}
    return f"{counted[kind]} {number} năm {year}" if kind else f"năm {year}"
