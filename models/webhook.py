"""Addresses that are told of events, what they are told, and every try to tell them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class WebhookSubscription(Base):
    """One address and the kinds of events that it is told of. Its secret is stored nowhere."""

    __tablename__ = "webhook_subscription"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    label: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(300))
    kinds: Mapped[list[Any]] = mapped_column(default=list)
    """Names of `actions.event_kinds.KINDS`."""
    serial: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """Of its secret, which is made of the office's key, its identifier and this."""
    created_by: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column()
    failing_since: Mapped[datetime | None] = mapped_column()
    """When the first try failed after which none has succeeded."""
    disabled_at: Mapped[datetime | None] = mapped_column()
    """From when on it is told nothing: by a person, or after failures of days."""
    disabled_why: Mapped[str | None] = mapped_column(Text)


class WebhookDelivery(Base):
    """One event for one address; written in the transaction of the event."""

    __tablename__ = "webhook_delivery"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    """Also the identifier of the message: a repeat bears the same."""
    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_subscription.id"))
    kind: Mapped[str] = mapped_column(String(40))
    origin: Mapped[str] = mapped_column(String(200))
    """What makes it the same event: told to an address once."""
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column()
    state: Mapped[str] = mapped_column(String(10), default="queued")
    """queued, leased, sent, failed (a person may send it again)."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column()
    lease_token: Mapped[str | None] = mapped_column(String(40))
    sent_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("subscription_id", "origin"),
        Index("ix_webhook_delivery_due", "state", "next_at"),
    )


class WebhookAttempt(Base):
    """One try to tell an address of an event. Append-only."""

    __tablename__ = "webhook_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_delivery.id"), index=True)
    started_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    status: Mapped[int | None] = mapped_column()
    """What the server answered; empty where nothing did."""
    words: Mapped[str] = mapped_column(Text, default="")
