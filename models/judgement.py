"""What our judge said of stored documents, each time they were looked at again."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId


class Judgement(Base):
    """One judgement of one stored document; never changed after it is written."""

    __tablename__ = "judgement"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    sha256: Mapped[str] = mapped_column(String(64))
    directive_id: Mapped[DirectiveId | None] = mapped_column(ForeignKey("directive.id"))
    paper_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("paper.id"))
    at: Mapped[datetime] = mapped_column()
    verdict: Mapped[str] = mapped_column(String(20))
    sentence: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(String(10))
    """Lowest level of its signatures: `B-B` to `B-LTA`, or `none`."""
    renew_by: Mapped[date | None] = mapped_column()
    """By when it needs a further archive time stamp; empty where nothing presses."""
    turned_from: Mapped[str | None] = mapped_column(String(20))
    """The verdict before, where this one differs from it."""
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Findings that made it turn; the document that replaced it."""

    __table_args__ = (Index("ix_judgement_sha256", "sha256", "at"),)
