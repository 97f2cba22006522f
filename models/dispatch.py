"""Consignments to units, each attempt to send them, and notices beside them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId
from models.lifecycle import DeliveryState

STUCK = "state in ('bounced', 'failed', 'held', 'unknown', 'refused') and rerouted_to_id is null"
"""Condition of the index on what goes on only when somebody does something, and of its query: the
states are those of `lifecycle.NEEDS_A_PERSON`, which a test compares."""

POSTED = "channel = 'paper' and sent_at is not null"
"""Condition of the index on what went out on paper, and of the postal register's query."""


class Consignment(Base):
    """What one unit gets of one revision through one channel, and how far it came."""

    __tablename__ = "consignment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"))
    revision: Mapped[int] = mapped_column()
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[str] = mapped_column(String(20))
    """The strongest role under which the unit is named."""
    lines: Mapped[list[Any]] = mapped_column(default=list)
    """Ordinals of the recipient lines that led to it."""
    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(300))
    key: Mapped[str] = mapped_column(String(300), unique=True)
    """directive:revision:organisation:channel; a repeat bears the same key."""
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=DeliveryState.PLANNED.value)
    detail: Mapped[str | None] = mapped_column(Text)
    """The channel's or the unit's own last words."""
    planned_at: Mapped[datetime] = mapped_column()
    sent_at: Mapped[datetime | None] = mapped_column()
    acknowledged_at: Mapped[datetime | None] = mapped_column()
    rerouted_to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("consignment.id"))
    """The consignment of the unit's next channel, where this one failed for good. What a unit's
    state is, says the one that was not rerouted."""
    send_by: Mapped[datetime | None] = mapped_column()
    """By when it must be sent. Source: QĐ 28/2018 Đ6.2."""
    warned_at: Mapped[datetime | None] = mapped_column()
    """When the clerk was warned that `send_by` is near."""
    tracking: Mapped[str | None] = mapped_column(String(200))
    """Number in the postal register, or who took the paper; for what is sent by hand."""
    state_before_recall: Mapped[str | None] = mapped_column(String(20))
    """Where it stood when it was asked back."""

    __table_args__ = (
        UniqueConstraint("directive_id", "revision", "organisation_id", "channel"),
        Index("ix_consignment_state", "directive_id", "state"),
        Index("ix_consignment_organisation", "organisation_id"),
        # What is not sent yet and not warned of: the condition of the warning's query.
        Index(
            "ix_consignment_send_by",
            "send_by",
            sqlite_where=text("sent_at is null and warned_at is null"),
            postgresql_where=text("sent_at is null and warned_at is null"),
        ),
        Index(
            "ix_consignment_posted",
            "sent_at",
            "id",
            sqlite_where=text(POSTED),
            postgresql_where=text(POSTED),
        ),
        Index(
            "ix_consignment_stuck",
            "directive_id",
            sqlite_where=text(STUCK),
            postgresql_where=text(STUCK),
        ),
    )


class DeliveryEvent(Base):
    """One thing that became known of a consignment: a state, a status, a word. Append-only."""

    __tablename__ = "delivery_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    consignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consignment.id"), index=True)
    at: Mapped[datetime] = mapped_column()
    """When it became known here."""
    said_at: Mapped[datetime | None] = mapped_column()
    """The other side's own time, where it gave one."""
    source: Mapped[str] = mapped_column(String(20))
    """channel, dsn, mdn, edxml, portal, officer, machine."""
    state: Mapped[str | None] = mapped_column(String(20))
    """The state that it moved the consignment to; None for a mere word."""
    code: Mapped[str | None] = mapped_column(String(40))
    """The other side's code (`03`, `5.1.1`), also one that we do not know."""
    words: Mapped[str] = mapped_column(Text)
    incoming_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("incoming_message.id"))


class DeliveryAttempt(Base):
    """One try to send a consignment or a notice. Append-only."""

    __tablename__ = "delivery_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    ikey: Mapped[str] = mapped_column(String(300), index=True)
    """The outbox row it was made for."""
    ordinal: Mapped[int] = mapped_column()
    started_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    outcome: Mapped[str] = mapped_column(String(20), default="started")
    """started, sent, transient, permanent, unknown, lease_lost."""
    code: Mapped[str | None] = mapped_column(String(40))
    text: Mapped[str | None] = mapped_column(Text)


class Notice(Base):
    """A message beside the directive: reminder, escalation, answer to a report."""

    __tablename__ = "notice"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    key: Mapped[str] = mapped_column(String(300), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    """reminder, overdue, escalation, returned, accepted, extension, recall, replace, correct,
    status (edXML code to the sender of an incoming paper), reply (our report to it), test, limit
    (to the clerk: what is not sent although its limit is near)."""
    directive_id: Mapped[DirectiveId | None] = mapped_column(ForeignKey("directive.id"))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    address: Mapped[str] = mapped_column(String(300))
    channel: Mapped[str] = mapped_column(String(20), default="smtp", server_default="smtp")
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """What the channel's form needs beside subject and text: status code, recall, response."""
    copy_to: Mapped[list[Any]] = mapped_column(default=list)
    subject: Mapped[str] = mapped_column(String(500))
    text: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=DeliveryState.PLANNED.value)
    detail: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column()
    sent_at: Mapped[datetime | None] = mapped_column()


class IncomingMessage(Base):
    """A message that came in: a bounce, a report, a question. Never matched twice."""

    __tablename__ = "incoming_message"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    dedupe_key: Mapped[str] = mapped_column(String(300), unique=True)
    channel: Mapped[str] = mapped_column(String(20), default="smtp", server_default="smtp")
    """How it came: a name of `delivery.parcel.FORMS`."""
    message_id: Mapped[str | None] = mapped_column(String(300))
    sender: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(500))
    raw_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12), default="new")
    """new, matched, unmatched (waits for a person), set_aside."""
    matched_to: Mapped[str | None] = mapped_column(String(300))
    """`consignment:<id>`, `notice:<id>`, `report:<id>`, `document:<id>` (an incoming paper)."""
    detail: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column()
