"""Work that must happen after a decision, written in the transaction of the decision."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId
from models.lifecycle import OutboxState


class OutboxRow(Base):
    """One piece of work: send a consignment, send a notice, wake a run."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    ikey: Mapped[str] = mapped_column(String(300), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    """`consignment`, `notice` or `wake`."""
    reference: Mapped[str] = mapped_column(String(80))
    """Identifier of the consignment, notice or directive."""
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default=OutboxState.QUEUED.value)
    next_at: Mapped[datetime] = mapped_column()
    lease_until: Mapped[datetime | None] = mapped_column()
    lease_token: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(default=0)
    priority: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """0: what is urgent goes first; 1: the usual."""

    # The index has exactly the condition of the claiming query, written as a literal: with a
    # wider condition or a bound parameter the planner scans the table.
    __table_args__ = (
        Index(
            "ix_outbox_due",
            "kind",
            "priority",
            "next_at",
            "id",
            sqlite_where=(state == "queued"),
            postgresql_where=(state == "queued"),
        ),
        Index(
            "ix_outbox_leased",
            "lease_until",
            sqlite_where=(state == "leased"),
            postgresql_where=(state == "leased"),
        ),
    )


class RunLease(Base):
    """Which flow run drives a directive, and until when it is known to live."""

    __tablename__ = "run_lease"

    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"), primary_key=True)
    generation: Mapped[int] = mapped_column(default=1)
    """Part of the run's idempotency key: a restart takes the next generation."""
    flow_run_id: Mapped[str | None] = mapped_column(String(40))
    token: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None] = mapped_column()
    last_problem: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column()
