"""Reporting periods with their cut-off days, as data.

Source: Nghị định 09/2019/NĐ-CP as papers under it repeat it (wording unverified). A rule belongs to
    a REPORT, not to the office: some reports keep calendar quarters, so every function takes the
    rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PeriodKind(StrEnum):
    """How long a reporting period lasts."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    NINE_MONTHS = "nine_months"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRule:
    """One period of the year: first and last day, relative to the year reported on."""

    kind: PeriodKind
    """How long it lasts."""
    number: int
    """Which one of its kind in the year, from 1."""
    first_month: int
    """Month of the first day; 0 is December of the year before."""
    first_day: int
    """Day of the month of the first day."""
    last_month: int
    """Month of the last day (the cut-off, ngày chốt số liệu)."""
    last_day: int
    """Day of the month of the last day; 31 stands for the last day of any month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRules:
    """A set of periods with its source and the time it holds."""

    name: str
    """What people call it."""
    source: str
    """The paper and clause it comes from."""
    confidence: str
    """How sure the wording is."""
    valid_from: date
    """First day on which it holds."""
    valid_to: date | None
    """Last day on which it holds; None while it is in force."""
    rules: tuple[PeriodRule, ...]
    """All periods of a year."""

    def periods_of(self, year: int, kind: PeriodKind) -> tuple["ReportingPeriod", ...]:
        """Return the periods of one kind in `year`, in order."""
        return tuple(
            ReportingPeriod(
                kind=kind,
                year=year,
                number=rule.number,
                first=_day(year, rule.first_month, rule.first_day),
                cut_off=_day(year, rule.last_month, rule.last_day),
            )
            for rule in self.rules
            if rule.kind is kind
        )

    def period_holding(self, day: date, kind: PeriodKind) -> "ReportingPeriod | None":
        """Return the period of `kind` that `day` falls into; None where none holds it."""
        years = (day.year, day.year + 1)
        found = (p for year in years for p in self.periods_of(year, kind))
        return next((p for p in found if p.first <= day <= p.cut_off), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingPeriod:
    """One period of one year."""

    kind: PeriodKind
    """How long it lasts."""
    year: int
    """The year reported on."""
    number: int
    """Which one of its kind, from 1."""
    first: date
    """First day counted."""
    cut_off: date
    """Last day counted."""


def _day(year: int, month: int, day: int) -> date:
    """Build a day; month 0 is December of the year before, too late a day the last of its month."""
    if month == 0:
        year, month = year - 1, 12
    for candidate in (day, 30, 29, 28):
        try:
            return date(year, month, candidate)
        except ValueError:
            continue
    return date(year, month, 28)


_FIRST_DAY, _CUT_OFF = 15, 14


def _legal(kind: PeriodKind, number: int, first_month: int, last_month: int) -> PeriodRule:
    return PeriodRule(
        kind=kind,
        number=number,
        first_month=first_month,
        first_day=_FIRST_DAY,
        last_month=last_month,
        last_day=_CUT_OFF,
    )


def _calendar(kind: PeriodKind, number: int, first_month: int, last_month: int) -> PeriodRule:
    return PeriodRule(
        kind=kind,
        number=number,
        first_month=first_month,
        first_day=1,
        last_month=last_month,
        last_day=31,
    )


def _both_halves() -> Iterable[tuple[PeriodKind, int, int, int]]:
    """Kind, number, first month and last month of the periods of a year under the decree."""
    yield from ((PeriodKind.MONTH, m, m - 1, m) for m in range(1, 13))
    yield from ((PeriodKind.QUARTER, q, 3 * q - 3, 3 * q) for q in range(1, 5))
    yield from ((PeriodKind.HALF_YEAR, 1, 0, 6), (PeriodKind.HALF_YEAR, 2, 6, 12))
    yield from ((PeriodKind.NINE_MONTHS, 1, 0, 9), (PeriodKind.YEAR, 1, 0, 12))


LEGAL_PERIODS = PeriodRules(
    name="Chế độ báo cáo định kỳ của cơ quan hành chính nhà nước",
    source="Nghị định 09/2019/NĐ-CP",
    confidence="secondary",
    valid_from=date(2019, 3, 12),
    valid_to=None,
    rules=tuple(_legal(*row) for row in _both_halves()),
)
"""From the 15th of the month before to the 14th of the last month."""

CALENDAR_PERIODS = PeriodRules(
    name="Theo tháng, quý, năm dương lịch",
    source="Thông tư 02/2019/TT-BTC, Thông tư 07/2023/TT-BYT (ngoại lệ)",
    confidence="secondary",
    valid_from=date(2019, 1, 1),
    valid_to=None,
    rules=tuple(_calendar(kind, n, first + 1, last) for kind, n, first, last in _both_halves()),
)
"""From the first day of the first month to the last day of the last."""
