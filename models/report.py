"""Answers of units, and the report made out of them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId


class Report(Base):
    """An answer of a unit to one or more obligations. received -> accepted or returned."""

    __tablename__ = "report"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    via: Mapped[str] = mapped_column(String(10))
    """`mail` or `upload`."""
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

    __table_args__ = (Index("ix_report_directive", "directive_id", "organisation_id"),)


class ReportedObligation(Base):
    """Which obligations a report answers."""

    __tablename__ = "reported_obligation"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    obligation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("obligation.id"), primary_key=True, index=True
    )


class Consolidation(Base):
    """A consolidated report as it stood at an instant."""

    __tablename__ = "consolidation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"), index=True)
    at: Mapped[datetime] = mapped_column()
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    xlsx_sha256: Mapped[str] = mapped_column(String(64))
    figures: Mapped[dict[str, Any]] = mapped_column()
