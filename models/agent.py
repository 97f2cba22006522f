"""Machines of signatories, paired with the office's portal for `trinhky agent`."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class AgentDevice(Base):
    """One machine of one officer; neither code nor token is stored, only their digests."""

    __tablename__ = "agent_device"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    label: Mapped[str] = mapped_column(String(200))
    code_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the pairing code; empty once it was used."""
    code_expires_at: Mapped[datetime | None] = mapped_column()
    token_sha256: Mapped[str | None] = mapped_column(String(64))
    """Empty until the machine is paired."""
    created_at: Mapped[datetime] = mapped_column()
    paired_at: Mapped[datetime | None] = mapped_column()
    last_seen_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("token_sha256"),
        UniqueConstraint("code_sha256"),
        Index("ix_agent_device_officer", "officer_id"),
    )
