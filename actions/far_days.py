"""Days so far away that a year was mistyped: nobody waits for a report until 31/12/9999."""

from datetime import date
from typing import Final

from actions.errors import InvalidInputError, Problem

MOST_YEARS: Final = 3
"""Farther from today, before or after, no day is taken."""
_YEAR: Final = 366


def require_near(day: date, today: date, place: str) -> None:
    """Insists that a day is within some years of today.

    Raises:
        InvalidInputError: it is farther away.
    """
    if abs((day - today).days) > MOST_YEARS * _YEAR:
        said = f"Ngày {day:%d/%m/%Y} cách hôm nay quá {MOST_YEARS} năm. Xem lại năm."
        raise InvalidInputError(Problem(place=place, reason=said))
