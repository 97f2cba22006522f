"""Number series, numbers taken from them, and the registers."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId


class NumberSeries(Base):
    """A series of numbers (dãy số): Party per type and term, State per year.

    Source: HD 36-HD/VPTW II.1.3.1.a; NĐ 30/2020 Đ15.
    """

    __tablename__ = "number_series"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    regime: Mapped[str] = mapped_column(String(10))
    doc_type: Mapped[str | None] = mapped_column(String(60))
    """None where all types share the series."""
    period_from: Mapped[date] = mapped_column()
    period_to: Mapped[date | None] = mapped_column()
    stands_at: Mapped[int] = mapped_column(default=0)
    """The last number given."""


class TakenNumber(Base):
    """A number that was given, skipped or voided; none is ever given twice."""

    __tablename__ = "taken_number"

    series_id: Mapped[str] = mapped_column(ForeignKey("number_series.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    directive_id: Mapped[DirectiveId | None] = mapped_column(
        ForeignKey("directive.id"), unique=True
    )
    state: Mapped[str] = mapped_column(String(10), default="taken")
    """taken, skipped (a gap left on purpose) or void (its directive was cancelled)."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why there is a gap, or why the number was typed by hand."""
    officer_id: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    """Who took it; None where the machine did."""
    at: Mapped[datetime] = mapped_column()


class RegisterEntry(Base):
    """A line of a register (`outgoing`, `incoming`). Source: NĐ 30/2020 PL IV."""

    __tablename__ = "register_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    register: Mapped[str] = mapped_column(String(20), default="outgoing")
    year: Mapped[int] = mapped_column()
    ordinal: Mapped[int] = mapped_column()
    directive_id: Mapped[DirectiveId | None] = mapped_column(
        ForeignKey("directive.id"), unique=True
    )
    columns: Mapped[dict[str, Any]] = mapped_column()
    """Column key to text, in the order of PL IV; filled further while the directive goes out."""
    incoming_document_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("incoming_document.id"), unique=True
    )
    on_day: Mapped[date | None] = mapped_column()
    """Date of the paper (outgoing) or of its arrival: for registers kept by term."""
    imported_from: Mapped[str | None] = mapped_column(String(300))
    """File of the old register that it was read from; None where it was made here."""
    entered_at: Mapped[datetime] = mapped_column()
    entered_by: Mapped[str] = mapped_column(String(80))

    __table_args__ = (
        UniqueConstraint("register", "year", "ordinal"),
        Index("ix_register_entry_year", "year"),
    )


class RegisterStart(Base):
    """The first number of a register's series in a year, where paper ones were given before."""

    __tablename__ = "register_start"

    register: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column()
    officer_id: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    at: Mapped[datetime] = mapped_column()
