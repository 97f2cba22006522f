"""Answers of units, and the report made out of them."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId


class Report(Base):
    """An answer of a unit to one or more obligations. received -> accepted or returned."""

    __tablename__ = "report"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    via: Mapped[str] = mapped_column(String(10))
    """`mail`, `upload` (personal link), `portal` (account) or `edxml`."""
    incoming_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("incoming_message.id"))
    file_name: Mapped[str] = mapped_column(String(300))
    document_sha256: Mapped[str] = mapped_column(String(64))
    answers: Mapped[list[Any]] = mapped_column(default=list)
    """Lines of the answer: {"label", "value", "source"}."""
    verdict: Mapped[str] = mapped_column(String(20))
    verification: Mapped[dict[str, Any]] = mapped_column()
    state: Mapped[str] = mapped_column(String(10), default="received")
    reason: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column()
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column()
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """From 1, per unit, directive and period; all are kept."""
    period_key: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))
    number_symbol: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    """The unit's own number of its report, where it gave one."""
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """Tables that the directive asks for: {"forms": [{"form", "version", "rows": [{key: value}]}]}.
    Decimals are texts, days are ISO; a fixed row bears its title under `row`."""
    attachments: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    """{"name", "media_type", "sha256", "size"} beside the main file."""
    new_due: Mapped[date | None] = mapped_column()
    """The day that the officer set when the report was returned."""

    __table_args__ = (Index("ix_report_directive", "directive_id", "organisation_id"),)


class ReportedObligation(Base):
    """Which obligations a report answers."""

    __tablename__ = "reported_obligation"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    obligation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("obligation.id"), primary_key=True, index=True
    )


class ReportForm(Base):
    """The table that a directive asks its units to fill (biểu mẫu)."""

    __tablename__ = "report_form"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"), index=True)
    task_ref: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    columns: Mapped[list[Any]] = mapped_column(default=list)
    """{"key", "title", "kind": text|integer|decimal|date|choice, "required", "choices", "sum"}."""
    rows: Mapped[list[Any]] = mapped_column(default=list)
    """Titles of fixed rows; empty where the unit adds its own."""
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """From 1; one more each time it is defined anew, which ends with the first answer."""
    created_by: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column()

    __table_args__ = (UniqueConstraint("directive_id", "task_ref"),)


class UnitLink(Base):
    """A personal link of a unit, for one directive and one purpose; ends, and can be ended."""

    __tablename__ = "unit_link"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"))
    purpose: Mapped[str] = mapped_column(String(12), default="answer")
    """`answer`: read, acknowledge, report."""
    serial: Mapped[int] = mapped_column(default=1)
    """A new link takes the next one; the address is made of unit, directive and serial."""
    made_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime | None] = mapped_column()
    revoked_at: Mapped[datetime | None] = mapped_column()
    revoked_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("organisation_id", "directive_id", "purpose", "serial"),)


class Consolidation(Base):
    """A consolidated report as it stood at an instant."""

    __tablename__ = "consolidation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"), index=True)
    at: Mapped[datetime] = mapped_column()
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    xlsx_sha256: Mapped[str] = mapped_column(String(64))
    figures: Mapped[dict[str, Any]] = mapped_column()
    period_key: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))
    draft_id: Mapped[DirectiveId | None] = mapped_column(ForeignKey("directive.id"))
    """The report upwards that was drafted from it."""
