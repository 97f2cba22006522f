from datetime import date

import pytest

from deadlines.periods import CALENDAR_PERIODS, LEGAL_PERIODS, PeriodKind


@pytest.mark.parametrize(
    ("kind", "number", "first", "cut_off"),
    [
        (PeriodKind.MONTH, 3, date(2026, 2, 15), date(2026, 3, 14)),
        (PeriodKind.MONTH, 1, date(2025, 12, 15), date(2026, 1, 14)),
        (PeriodKind.QUARTER, 1, date(2025, 12, 15), date(2026, 3, 14)),
        (PeriodKind.QUARTER, 4, date(2026, 9, 15), date(2026, 12, 14)),
        (PeriodKind.HALF_YEAR, 1, date(2025, 12, 15), date(2026, 6, 14)),
        (PeriodKind.HALF_YEAR, 2, date(2026, 6, 15), date(2026, 12, 14)),
        (PeriodKind.NINE_MONTHS, 1, date(2025, 12, 15), date(2026, 9, 14)),
        (PeriodKind.YEAR, 1, date(2025, 12, 15), date(2026, 12, 14)),
    ],
)
def test_legal_periods_run_from_the_fifteenth_to_the_fourteenth(
    kind: PeriodKind, number: int, first: date, cut_off: date
) -> None:
    period = LEGAL_PERIODS.periods_of(2026, kind)[number - 1]
    assert (period.first, period.cut_off) == (first, cut_off)


def test_a_calendar_report_keeps_calendar_quarters() -> None:
    first, *_, last = CALENDAR_PERIODS.periods_of(2026, PeriodKind.QUARTER)
    assert (first.first, first.cut_off) == (date(2026, 1, 1), date(2026, 3, 31))
    assert last.cut_off == date(2026, 12, 31)
    (half, _) = CALENDAR_PERIODS.periods_of(2026, PeriodKind.HALF_YEAR)
    assert half.cut_off == date(2026, 6, 30)


def test_every_day_of_a_year_falls_into_exactly_one_month() -> None:
    for ordinal in range(date(2025, 12, 15).toordinal(), date(2026, 12, 15).toordinal()):
        day = date.fromordinal(ordinal)
        period = LEGAL_PERIODS.period_holding(day, PeriodKind.MONTH)
        assert period is not None
        assert period.first <= day <= period.cut_off
