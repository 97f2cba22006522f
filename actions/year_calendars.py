"""Which years have their days off: what is computed in a year without them is preliminary."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.organisation import CalendarYear, DayOff

CALENDAR_FLAGS = frozenset({"calendar_missing", "calendar_unconfirmed"})
"""Codes of the flags that an import of a year takes away again."""


def years_entered(session: Session) -> Mapping[int, bool]:
    """Returns the years whose days were entered, with whether the list is a final one."""
    found = {day.year: True for day in session.scalars(select(DayOff.day))}
    rows = session.scalars(select(CalendarYear))
    return {**found, **{row.year: row.confirmed for row in rows}}


def calendar_flags(
    years: Mapping[int, bool], days: Iterable[date | None]
) -> tuple[dict[str, str], ...]:
    """Returns what to say of days that were computed without the final list of their year."""
    needed = sorted({day.year for day in days if day is not None})
    return tuple(flag for year in needed if (flag := _flag(years, year)) is not None)


def _flag(years: Mapping[int, bool], year: int) -> dict[str, str] | None:
    if year not in years:
        said = f"Chưa có lịch nghỉ năm {year}; ngày tính tạm, sẽ tính lại khi có lịch."
        return {"code": "calendar_missing", "message": said}
    if not years[year]:
        said = f"Lịch nghỉ năm {year} chưa được xác nhận; ngày tính tạm."
        return {"code": "calendar_unconfirmed", "message": said}
    return None
