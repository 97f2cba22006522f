"""The registers of an office and their lines, for a year or a term.

Source: NĐ 30/2020 Đ15, Đ16, Đ22, PL IV (columns in their order); HD 36-HD/VPTW II.1.3.1.a (terms).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.desk import local_day
from actions.errors import NotFoundError
from actions.incoming.registers import FOLLOW_UP_COLUMNS, INCOMING_COLUMNS, follow_up_rows
from actions.registering import COLUMNS as OUTGOING_COLUMNS
from models.directive import Directive
from models.dispatch import Consignment
from models.distinct import values_of
from models.numbering import NumberSeries, RegisterEntry
from models.organisation import Organisation

POSTAL_COLUMNS: Final = {
    "sent_on": "Ngày chuyển",
    "number_symbol": "Số, ký hiệu văn bản",
    "recipient": "Nơi nhận văn bản",
    "copies": "Số lượng bì",
    "tracking": "Số bưu gửi, người nhận",
    "note": "Ghi chú",
}
"""Six columns; their names are not verified."""
_YEAR_END: Final = (12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a register."""

    cells: tuple[str, ...]
    """In the order of the register's columns."""
    directive_id: UUID | None = None
    incoming_document_id: UUID | None = None
    imported: bool = False
    """Read from an old register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A year or a term."""

    key: str
    """`2026`, or `2020-10-17..2025-12-15` for a term."""
    first: date
    last: date
    words: str
    """`Năm 2026`, `Nhiệm kỳ 17/10/2020 - 15/12/2025`."""

    def holds(self, day: date) -> bool:
        """Tells whether a day lies in it."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One register."""

    key: str
    title: str
    columns: Mapping[str, str]
    """Key to heading, in order."""
    weights: tuple[float, ...]
    """Shares of the page's width."""
    lines: Callable[[Session, Span, date], Iterable[Line]]
    """Session, span and today to the lines in order."""


def books() -> Mapping[str, Book]:
    """Returns every register by its key."""
    return _BOOKS


def book(key: str) -> Book:
    """Returns a register.

    Raises:
        NotFoundError: there is none of that key.
    """
    found = _BOOKS.get(key)
    if found is None:
        raise NotFoundError("sổ", key)
    return found


def year_span(year: int) -> Span:
    """Returns a calendar year."""
    return Span(
        key=str(year), first=date(year, 1, 1), last=date(year, *_YEAR_END), words=f"Năm {year}"
    )


def spans(session: Session, today: date) -> tuple[Span, ...]:
    """Returns the years of which there are lines, newest first, then the terms of the series."""
    years = {today.year, *values_of(session, RegisterEntry.year)}
    periods = session.execute(
        select(NumberSeries.period_from, NumberSeries.period_to).distinct()
    ).all()
    terms = sorted(
        {
            (first, last or today)
            for first, last in periods
            if first <= today and _is_term(first, last or today)
        },
        reverse=True,
    )
    return (
        *(year_span(year) for year in sorted(years, reverse=True)),
        *(_term(first, last) for first, last in terms),
    )


def span_of(session: Session, key: str, today: date) -> Span:
    """Returns the span of a key; this year for an empty one.

    Raises:
        NotFoundError: the office has no such year or term.
    """
    found = {one.key: one for one in spans(session, today)}
    if not key:
        return found[str(today.year)]
    if key not in found:
        raise NotFoundError("năm hoặc nhiệm kỳ của sổ", key)
    return found[key]


def _is_term(first: date, last: date) -> bool:
    """A series that outlasts a calendar year is one of a term."""
    return first.year != last.year


def _term(first: date, last: date) -> Span:
    return Span(
        key=f"{first.isoformat()}..{last.isoformat()}", first=first, last=last,
        words=f"Nhiệm kỳ {first:%d/%m/%Y} - {last:%d/%m/%Y}",
    )  # fmt: skip


def _entered(register: str, columns: Mapping[str, str]) -> Callable[..., Iterable[Line]]:
    def lines(session: Session, span: Span, _today: date) -> Iterable[Line]:
        entries = session.scalars(
            select(RegisterEntry)
            .where(
                RegisterEntry.register == register,
                RegisterEntry.year.between(span.first.year, span.last.year),
            )
            .order_by(RegisterEntry.year, RegisterEntry.ordinal)
        )
        for entry in entries:
            if is_within(entry, span):
                yield _entered_line(entry, columns)

    return lines


def entered_line(register: str, entry: RegisterEntry) -> Line:
    """Returns a line that was written down when it came about."""
    return _entered_line(entry, book(register).columns)


def _entered_line(entry: RegisterEntry, columns: Mapping[str, str]) -> Line:
    return Line(
        cells=tuple(str(entry.columns.get(key, "")) for key in columns),
        directive_id=entry.directive_id,
        incoming_document_id=entry.incoming_document_id,
        imported=entry.imported_from is not None,
    )


def is_within(entry: RegisterEntry, span: Span) -> bool:
    """Tells whether a line belongs to a year or term."""
    return span.holds(_day_of(entry, span))


def _day_of(entry: RegisterEntry, span: Span) -> date:
    """Lines of a time when the day was not kept apart: it is printed in them."""
    if entry.on_day is not None:
        return entry.on_day
    try:
        return datetime.strptime(str(entry.columns.get("date", "")), "%d/%m/%Y").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return max(span.first, date(entry.year, 1, 1))


def _followed(session: Session, span: Span, _today: date) -> Iterable[Line]:
    for year in range(span.first.year, span.last.year + 1):
        for row in follow_up_rows(session, year=year):
            yield Line(
                cells=tuple(str(row[key]) for key in FOLLOW_UP_COLUMNS),
                incoming_document_id=row["document_id"],
            )


def _posted(session: Session, span: Span, _today: date) -> Iterable[Line]:
    rows = session.execute(
        select(Consignment, Directive, Organisation.name)
        .join(Directive, Directive.id == Consignment.directive_id)
        .join(Organisation, Organisation.id == Consignment.organisation_id)
        .where(Consignment.channel == "paper", Consignment.sent_at.is_not(None))
        .order_by(Consignment.sent_at, Organisation.sort_key)
    )
    for one, directive, name in rows:
        sent = local_day(one.sent_at) if one.sent_at else span.first
        if span.holds(sent):
            yield posted_line(one, directive, name)


def posted_line(one: Consignment, directive: Directive, unit: str) -> Line:
    """Returns the line of a letter that went by post or by hand."""
    sent = f"{local_day(one.sent_at):%d/%m/%Y}" if one.sent_at else ""
    return Line(
        cells=(
            sent, directive.number_text or "", unit, "1", one.tracking or "", one.detail or "",
        ),
        directive_id=directive.id,
    )  # fmt: skip


_BOOKS: Final = {
    one.key: one
    for one in (
        Book(
            key="outgoing", title="Sổ đăng ký văn bản đi", columns=OUTGOING_COLUMNS,
            weights=(16, 10, 30, 13, 27, 12, 7, 10, 9, 11),
            lines=_entered("outgoing", OUTGOING_COLUMNS),
        ),
        Book(
            key="incoming", title="Sổ đăng ký văn bản đến", columns=INCOMING_COLUMNS,
            weights=(10, 7, 22, 15, 10, 34, 18, 10, 9, 11),
            lines=_entered("incoming", INCOMING_COLUMNS),
        ),
        Book(
            key="follow_up", title="Sổ theo dõi giải quyết văn bản đến",
            columns=FOLLOW_UP_COLUMNS, weights=(8, 40, 24, 14, 24, 20, 14), lines=_followed,
        ),
        Book(
            key="postal", title="Sổ gửi văn bản đi bưu điện", columns=POSTAL_COLUMNS,
            weights=(12, 18, 40, 9, 26, 24), lines=_posted,
        ),
    )
}  # fmt: skip
