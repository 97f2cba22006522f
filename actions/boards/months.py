"""Follow-up by month: how many answers were due, and how they came."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, extract, select

from actions.boards.counting import Count, counts, of_units
from actions.boards.periods import Period
from actions.listing.sight import Reader
from models.obligation import Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthStanding:
    """One month, by last days."""

    month: int
    """1 to 12."""
    count: Count


def by_month(reader: Reader, year: Period) -> list[MonthStanding]:
    """Returns the months of a period in which an answer was due, in order."""
    month: ColumnElement[Any] = extract("month", Obligation.due).cast(Integer)
    query = (
        of_units(select(month, *counts(reader.day)), reader)
        .where(Obligation.due.between(year.first, year.last))
        .group_by(month)
        .order_by(month)
    )
    return [
        MonthStanding(month=one, count=Count(in_time=a, late=b, missing=c, to_come=d))
        for one, a, b, c, d in reader.session.execute(query)
    ]
