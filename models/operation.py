"""What flows did: one row a run, for whoever operates the office."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId


class RunRecord(Base):
    """One run of a flow: who started it, on what, what it did, what to do where it failed."""

    __tablename__ = "run_record"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    flow: Mapped[str] = mapped_column(String(60))
    """Name of the deployment, for instance `deliver-pending`."""
    directive_id: Mapped[DirectiveId | None] = mapped_column(ForeignKey("directive.id"))
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    started_by: Mapped[str] = mapped_column(String(80))
    """An officer's identifier, `schedule`, or `prefect` for one started in Prefect's own pages."""
    flow_run_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="asked")
    """asked, running, done, failed."""
    summary: Mapped[str | None] = mapped_column(Text)
    """What it did, one Vietnamese sentence."""
    advice: Mapped[str | None] = mapped_column(Text)
    """What to do, where it failed."""
    asked_at: Mapped[datetime] = mapped_column()
    started_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (Index("ix_run_record_asked", "asked_at"),)
