"""A part of the year that a board looks at: a quarter, or the year."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from actions.errors import InvalidInputError, Problem

FIRST_YEAR: Final = 1976
LAST_YEAR: Final = 2999


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from the first to the last, both within."""

    key: str
    """`2026-Q4` or `2026`."""
    first: date
    last: date


def period_of(key: str, today: date) -> Period:
    """Returns the period of a key, or the quarter of today for an empty one.

    Raises:
        InvalidInputError: it is the key of none.
    """
    if not key:
        return _quarter(today.year, (today.month - 1) // 3)
    year, _, part = key.partition("-Q")
    number = int(year) if year.isascii() and year.isdigit() and len(year) == len("2026") else 0
    if FIRST_YEAR <= number <= LAST_YEAR:
        if key == year:
            return Period(key=key, first=date(number, 1, 1), last=date(number, 12, 31))
        if part in {"1", "2", "3", "4"}:
            return _quarter(number, int(part) - 1)
    reason = "Không có kỳ này. Chọn lại trong danh sách, hoặc ghi dạng 2026-Q4, 2026."
    raise InvalidInputError(Problem(place="Kỳ", reason=reason))


def around(today: date) -> list[Period]:
    """Returns the periods to choose from: the last eight quarters and the next, and their years."""
    at = today.year * 4 + (today.month - 1) // 3
    quarters = [_quarter(*divmod(one, 4)) for one in range(at + 1, at - 8, -1)]
    years = sorted({one.first.year for one in quarters}, reverse=True)
    return quarters + [period_of(str(year), today) for year in years]


def _quarter(year: int, index: int) -> Period:
    first = date(year, 3 * index + 1, 1)
    after = date(year + (index == 3), 3 * ((index + 1) % 4) + 1, 1)  # noqa: PLR2004 (four in a year)
    return Period(key=f"{year}-Q{index + 1}", first=first, last=after - timedelta(days=1))
