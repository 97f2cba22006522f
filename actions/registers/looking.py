"""A register as a page shows it: the newest lines, so many at a time, and how many there are.

What is printed or taken away holds all of them: `actions.registers.books`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Select, func, or_, select, text
from sqlalchemy.orm import Session

from actions.desk import start_of
from actions.incoming.registers import FOLLOW_UP_COLUMNS, rows_of
from actions.listing.paging import Order, page_of
from actions.registers.books import Line, Span, entered_line, is_within, posted_line
from models.directive import Directive
from models.dispatch import POSTED, Consignment
from models.incoming import IncomingDocument
from models.numbering import RegisterEntry
from models.organisation import Organisation

LINES: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One page of a register."""

    lines: Sequence[Line]
    """In the register's order."""
    before: str | None
    """Asks for the lines before these; None where they are the first."""
    count: int
    """Of all lines within the span."""


def leaf(session: Session, key: str, span: Span, *, before: str | None) -> Leaf:
    """Returns the last lines of a register within a span, or those before a cursor.

    Raises:
        InvalidInputError: the cursor is none of ours.
    """
    if key == "follow_up":
        return _followed(session, span, before)
    if key == "postal":
        return _posted(session, span, before)
    return _entered(session, key, span, before)


def _entered(session: Session, key: str, span: Span, before: str | None) -> Leaf:
    query = select(RegisterEntry).where(
        RegisterEntry.register == key,
        RegisterEntry.year.between(span.first.year, span.last.year),
        or_(
            RegisterEntry.on_day.between(span.first, span.last),
            RegisterEntry.on_day.is_(None),  # of a time when the day was not kept apart
        ),
    )
    found = page_of(
        session, query,
        Order(by=RegisterEntry.year, key=RegisterEntry.ordinal, descending=True),
        after=before, limit=LINES, values=lambda one: (one.year, one.ordinal),
    )  # fmt: skip
    lines = [entered_line(key, one) for one in reversed(found.items) if is_within(one, span)]
    return Leaf(lines=lines, before=found.next, count=_count(session, query))


def _followed(session: Session, span: Span, before: str | None) -> Leaf:
    query = select(IncomingDocument).where(
        IncomingDocument.year.between(span.first.year, span.last.year),
        IncomingDocument.number.is_not(None),
    )
    found = page_of(
        session, query,
        Order(by=IncomingDocument.year, key=IncomingDocument.number, descending=True),
        after=before, limit=LINES, values=lambda one: (one.year, one.number),
    )  # fmt: skip
    lines = [
        Line(
            cells=tuple(str(row[name]) for name in FOLLOW_UP_COLUMNS),
            incoming_document_id=row["document_id"],
        )
        for row in rows_of(session, list(reversed(found.items)))
    ]
    return Leaf(lines=lines, before=found.next, count=_count(session, query))


def _posted(session: Session, span: Span, before: str | None) -> Leaf:
    begins, ends = start_of(span.first), start_of(span.last + timedelta(days=1))
    query = select(Consignment).where(
        text(POSTED), Consignment.sent_at >= begins, Consignment.sent_at < ends
    )
    found = page_of(
        session, query, Order(by=Consignment.sent_at, key=Consignment.id, descending=True),
        after=before, limit=LINES, values=lambda one: (one.sent_at, one.id),
    )  # fmt: skip
    papers = _by_key(session, Directive, {one.directive_id for one in found.items})
    units = _by_key(session, Organisation, {one.organisation_id for one in found.items})
    lines = [
        posted_line(one, papers[one.directive_id], units[one.organisation_id].name)
        for one in reversed(found.items)
    ]
    return Leaf(lines=lines, before=found.next, count=_count(session, query))


def _by_key(session: Session, table: Any, keys: set[Any]) -> dict[Any, Any]:  # noqa: ANN401 (a table)
    rows = session.scalars(select(table).where(table.id.in_(keys)))
    return {one.id: one for one in rows}


def _count(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
