"""What officers are told in the portal and by mail, and how each wants to be told."""

import uuid
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

STANDING: Final = "waits and over_at is null"
"""Condition of the index that lets one thing wait for one officer once."""
NEW: Final = "read_at is null and over_at is null and not own"
"""Condition of the index on what the bell counts, and of its query."""


class OfficerNotice(Base):
    """One thing that an officer is told; written in the transaction of the deed that caused it.

    Its words are made when it is shown, so that nothing stands here that may not be seen any more.
    """

    __tablename__ = "officer_notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    kind: Mapped[str] = mapped_column(String(20))
    """A value of `actions.notices.kinds.Kind`."""
    about: Mapped[str] = mapped_column(String(12))
    """As in `models.work.Claim`."""
    subject_id: Mapped[uuid.UUID] = mapped_column()
    origin: Mapped[str] = mapped_column(String(80))
    """What makes it the same notice: an officer gets it once."""
    waits: Mapped[bool] = mapped_column()
    """Whether something is asked of the officer; it is over when nothing is any more."""
    own: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Came of what the officer did: known to them, so neither shown nor told."""
    at: Mapped[datetime] = mapped_column()
    """When it came, or came again."""
    read_at: Mapped[datetime | None] = mapped_column()
    over_at: Mapped[datetime | None] = mapped_column()
    mailed_at: Mapped[datetime | None] = mapped_column()
    """When it was put into a letter."""
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`by`: who did it, name and post; `count`: how often it came; `reason`: what they said."""

    __table_args__ = (
        UniqueConstraint("officer_id", "origin"),
        Index(
            "uq_officer_notice_standing", "about", "subject_id", "officer_id", "kind",
            unique=True, sqlite_where=text(STANDING), postgresql_where=text(STANDING),
        ),
        Index(
            "ix_officer_notice_new", "officer_id", "mailed_at",
            sqlite_where=text(NEW), postgresql_where=text(NEW),
        ),
        Index("ix_officer_notice_listed", "officer_id", "at", "id"),
    )  # fmt: skip


class NoticeChoice(Base):
    """How an officer wants to be told by mail; the usual way where there is no row."""

    __tablename__ = "notice_choice"

    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"), primary_key=True)
    mail: Mapped[str] = mapped_column(String(10))
    """now, daily or never."""
    at: Mapped[datetime] = mapped_column()
