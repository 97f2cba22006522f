"""Batches: many signatures under one PIN, each with its own result."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId


class SigningBatch(Base):
    """What one person agreed to sign in one go. summarised -> running -> finished, or stopped."""

    __tablename__ = "signing_batch"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    kind: Mapped[str] = mapped_column(String(10))
    """`officer` or `seal`."""
    certificate: Mapped[str | None] = mapped_column(
        ForeignKey("registered_certificate.fingerprint")
    )
    """The one certificate that the summary showed; empty where nothing can be signed."""
    state: Mapped[str] = mapped_column(String(12), default="summarised")
    stop_asked: Mapped[bool] = mapped_column(default=False)
    """True once the person asked to stop: nothing further is begun."""
    created_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()


class BatchItem(Base):
    """One file of a batch, as it stood in the summary."""

    __tablename__ = "batch_item"

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signing_batch.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """From 1."""
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"))
    seen_sha256: Mapped[str] = mapped_column(String(64))
    """Digest of the document that the summary showed; no other bytes are signed."""
    outcome: Mapped[str] = mapped_column(String(12), default="waiting")
    """`waiting`, `signed`, `refused`, `not_begun`."""
    problem: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime | None] = mapped_column()
