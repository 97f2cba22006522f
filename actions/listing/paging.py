"""One page of a list, and the cursor that leads to the next one. Nothing is counted or skipped."""

import base64
import binascii
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from actions.errors import InvalidInputError, Problem

Row = TypeVar("Row")
MOST: Final = 200
"""Rows of a page, at most."""
COUNTED: Final = 1000
"""Up to here it is said how many rows there are; beyond, that there are more."""
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows, in order."""

    items: Sequence[Row]
    next: str | None
    """Asked for with `after`; None where the list ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How a list is sorted: by a column, and where that is the same by another one, unique."""

    key: InstrumentedAttribute[Any]
    """The unique one."""
    by: InstrumentedAttribute[Any] | None = None
    """The one before it, which may not be empty; None where the unique one does alone."""
    descending: bool = False


def page_of(
    session: Session,
    query: Select[tuple[Row]],
    order: Order,
    *,
    after: str | None,
    limit: int,
    values: Callable[[Row], Sequence[object]],
) -> Page[Row]:
    """Returns the rows that come after a cursor.

    Args:
        session: an open look.
        query: without order and limit.
        order: how it is sorted.
        after: `Page.next` of the page before; None for the first.
        limit: rows, at most `MOST`.
        values: of a row, in the order's columns.

    Raises:
        InvalidInputError: the cursor is none of ours.
    """
    columns = [one for one in (order.by, order.key) if one is not None]
    if after is not None:
        query = query.where(_beyond(columns, _read(after, len(columns)), order))
    sorted_by = [one.desc() if order.descending else one.asc() for one in columns]
    limit = max(1, min(limit, MOST))
    rows = session.scalars(query.order_by(*sorted_by).limit(limit + 1)).all()
    is_more = len(rows) > limit
    shown = rows[:limit]
    return Page(items=shown, next=_write(values(shown[-1])) if is_more else None)


def _beyond(
    columns: Sequence[InstrumentedAttribute[Any]], given: Sequence[object], order: Order
) -> Any:  # noqa: ANN401 (a condition)
    def further(column: InstrumentedAttribute[Any], value: object) -> Any:  # noqa: ANN401 (same)
        return column < value if order.descending else column > value

    if len(columns) == 1:
        return further(columns[0], given[0])
    first, last = columns
    # Said twice, so that an index on both columns is entered where the page before ended.
    begun = first <= given[0] if order.descending else first >= given[0]
    rest = or_(further(first, given[0]), and_(first == given[0], further(last, given[1])))
    return and_(begun, rest)


def _write(values: Sequence[object]) -> str:
    told = [
        one.astimezone(UTC).isoformat() if isinstance(one, datetime)
        else one if isinstance(one, int)
        else str(one)
        for one in values
    ]  # fmt: skip
    kinds = "".join(_kind(one) for one in values)
    return base64.urlsafe_b64encode(json.dumps([kinds, *told]).encode()).decode().rstrip("=")


def _kind(value: object) -> str:
    if isinstance(value, datetime):
        return "t"
    if isinstance(value, date):
        return "d"
    if isinstance(value, uuid.UUID):
        return "u"
    return "i" if isinstance(value, int) else "s"


def _read(cursor: str, count: int) -> list[object]:
    wrong = InvalidInputError(
        Problem(place="after", reason="chép đúng giá trị next của trang trước, hoặc bỏ trống.")
    )
    readers: dict[str, Callable[[Any], object]] = {
        "t": _instant, "d": date.fromisoformat, "u": uuid.UUID, "i": _whole, "s": str,
    }  # fmt: skip
    if len(cursor) > _LONGEST:
        raise wrong
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        kinds, *told = json.loads(base64.urlsafe_b64decode(padded))
        if len(told) != count or not isinstance(kinds, str):
            raise wrong
        return [readers[kind](one) for kind, one in zip(kinds, told, strict=True)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as err:
        raise wrong from err


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def _whole(number: object) -> int:
    if not isinstance(number, int) or abs(number) >= 1 << 62:
        raise TypeError(number)
    return number
