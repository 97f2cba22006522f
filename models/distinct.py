"""Which values a column has, found without reading its rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session


def values_of(session: Session, column: InstrumentedAttribute[Any]) -> Sequence[Any]:
    """Returns the distinct values of a column, ascending; NULL is none.

    `SELECT DISTINCT` reads every row of an index; this steps from each value to the next, so that
    its cost grows with the values. The column must be the first of an index.
    """
    value: ColumnElement[Any] = func.min(column)
    found = select(value.label("value")).cte("found", recursive=True)
    following = select(func.min(column)).where(column > found.c.value).scalar_subquery()
    found = found.union_all(select(following).where(found.c.value.is_not(None)))
    return session.scalars(select(found.c.value).where(found.c.value.is_not(None))).all()
