"""Answers that are kept for programs which may have to ask again."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class PromisedAnswer(Base):
    """What became of a request that bore an idempotency key: one deed, one answer."""

    __tablename__ = "promised_answer"

    token_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("api_token.id"), primary_key=True)
    """Keys of different tokens have nothing to do with each other."""
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_sha256: Mapped[str] = mapped_column(String(64))
    """Of method, address and body: another request under the same key is refused."""
    attempt: Mapped[str] = mapped_column(String(40))
    """Whose turn it is: an attempt that was given up may not do the deed any more."""
    state: Mapped[str] = mapped_column(String(10))
    """begun, acted (a deed is done, more may follow), settled."""
    status: Mapped[int | None] = mapped_column()
    """Status of the answer, where it is known."""
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column()
    given_up_at: Mapped[datetime] = mapped_column()
    """Until then the attempt is believed to be under way."""
    expires_at: Mapped[datetime] = mapped_column()

    __table_args__ = (Index("ix_promised_answer_expires", "expires_at"),)
