"""What people say and see of a draft before it is signed: remarks, opinions, last looks."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId


class DraftLook(Base):
    """Which version an officer opened last, and which one before it: what is new to them."""

    __tablename__ = "draft_look"

    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"), primary_key=True)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"), primary_key=True)
    revision: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column()
    """When that version was first opened."""
    before: Mapped[int | None] = mapped_column()
    """The version that was open before; None at the first look."""
    before_at: Mapped[datetime | None] = mapped_column()


class DraftComment(Base):
    """A remark on words of a draft, or an answer to one. Its words never change."""

    __tablename__ = "draft_comment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"))
    answers_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("draft_comment.id"))
    """The remark that it answers; None for a remark."""
    revision: Mapped[int] = mapped_column()
    """The version that was looked at."""
    place: Mapped[str] = mapped_column(String(300), default="")
    """Where in that version, in words; empty for an answer."""
    quote: Mapped[str] = mapped_column(Text, default="")
    """The words that it is about, as they were; empty for an answer."""
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    at: Mapped[datetime] = mapped_column()
    done_at: Mapped[datetime | None] = mapped_column()
    done_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))

    __table_args__ = (Index("ix_draft_comment_directive", "directive_id", "at"),)


class OpinionRequest(Base):
    """An opinion that was asked of an officer or a unit, by a day; and what they said."""

    __tablename__ = "opinion_request"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"))
    revision: Mapped[int] = mapped_column()
    """The version that was sent round."""
    officer_id: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    """The unit, where no officer was named: any of its officers may answer."""
    question: Mapped[str] = mapped_column(Text, default="")
    due: Mapped[date] = mapped_column()
    asked_by: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    asked_at: Mapped[datetime] = mapped_column()
    answer: Mapped[str | None] = mapped_column(String(20))
    """agree, with_remarks, disagree; None while it waits."""
    text: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    answered_at: Mapped[datetime | None] = mapped_column()
    answered_revision: Mapped[int | None] = mapped_column()
    received_as: Mapped[str | None] = mapped_column(String(300))
    """The unit's own paper, where the drafter wrote its answer down: number and day."""
    withdrawn_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        Index("ix_opinion_request_directive", "directive_id", "asked_at"),
        Index("ix_opinion_request_officer", "officer_id", "answered_at"),
        Index("ix_opinion_request_organisation", "organisation_id", "answered_at"),
    )
