"""Decisions of people on a draft."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId


class Review(Base):
    """One decision on one revision: passed, or returned with a reason. Append-only."""

    __tablename__ = "review"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"))
    revision: Mapped[int] = mapped_column()
    step: Mapped[str] = mapped_column(String(20))
    """`models.lifecycle.ReviewStep`."""
    decision: Mapped[str] = mapped_column(String(20))
    """`passed` or `returned`."""
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column()

    __table_args__ = (Index("ix_review_directive", "directive_id", "revision"),)
