"""The audit trail: append-only, chained by hash."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class AuditEvent(Base):
    """One thing that was done, or refused to somebody who tried. Never changed, never deleted."""

    __tablename__ = "audit_event"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 … without gaps."""
    at: Mapped[datetime] = mapped_column()
    actor_kind: Mapped[str] = mapped_column(String(10))
    """`officer`, `unit` or `machine`."""
    actor_id: Mapped[str] = mapped_column(String(80))
    actor_name: Mapped[str] = mapped_column(String(200))
    """Name and post as they were then."""
    deed: Mapped[str] = mapped_column(String(60))
    outcome: Mapped[str] = mapped_column(String(10))
    """`done` or `refused`."""
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(300))
    detail: Mapped[dict[str, Any]] = mapped_column()
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 over the previous hash and the canonical JSON of this event."""

    __table_args__ = (Index("ix_audit_subject", "subject_kind", "subject_id", "sequence"),)


class AuditHead(Base):
    """Where the chain ends; the one row that writers queue for."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    sequence: Mapped[int] = mapped_column()
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (CheckConstraint("id = 1", name="single"),)
