"""Papers that come in (văn bản đến): their number, who handles them, what is answered."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId
from models.search import folded_words

AT_HAND = "state in ('open', 'working')"
"""Condition of the index on what somebody has at hand, and of its queries."""


class IncomingDocument(Base):
    """A paper from another office. Source: NĐ 30/2020 Đ20-24, PL IV; QĐ 28/2018 Đ9."""

    __tablename__ = "incoming_document"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    origin_key: Mapped[str] = mapped_column(String(300), unique=True)
    """What makes it the same paper when it comes again: sender and document id, or the mail."""
    via: Mapped[str] = mapped_column(String(20))
    """A name of `delivery.parcel.FORMS`, or `hand`."""
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("incoming_message.id"))
    sender_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    """The sending organisation, where this office knows it."""
    sender_name: Mapped[str] = mapped_column(String(300))
    sender_agency_id: Mapped[str | None] = mapped_column(String(40))
    document_code: Mapped[str | None] = mapped_column(String(300))
    """The sender's DocumentId: compared, never parsed."""
    number_symbol: Mapped[str] = mapped_column(String(80), default="")
    document_date: Mapped[date | None] = mapped_column()
    doc_type: Mapped[str] = mapped_column(String(60), default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    signatory: Mapped[str] = mapped_column(String(200), default="")
    urgency: Mapped[str | None] = mapped_column(String(20))
    due: Mapped[date | None] = mapped_column()
    """By when the sender wants an answer."""
    header: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The message's header as it was read; what statuses and the reply refer to."""
    reply_channel: Mapped[str | None] = mapped_column(String(20))
    """How statuses and the reply go back; None where none can."""
    reply_address: Mapped[str | None] = mapped_column(String(300))
    files: Mapped[list[Any]] = mapped_column(default=list)
    """{"name", "media_type", "sha256", "size", "verdict", "sentence"} in the message's order."""
    verdict: Mapped[str] = mapped_column(String(20), default="unsigned")
    """Worst verdict of its PDFs on arrival."""
    state: Mapped[str] = mapped_column(String(20), default="arrived")
    """arrived, refused, accepted, assigned, in_progress, done, recall_asked, recalled, replaced."""
    state_before_recall: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was refused, or asked back."""
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    """What the clerk must look at before accepting: sentences in Vietnamese."""
    accept_note: Mapped[str | None] = mapped_column(Text)
    """Why the clerk accepted it in spite of a warning or of a signature that does not hold."""
    follows_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("incoming_document.id"))
    """The earlier paper that this one replaces or updates."""
    presented_to_id: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    """Who is to assign it, as the clerk presented it (trình); any leader where empty."""
    files_destroyed_at: Mapped[datetime | None] = mapped_column()
    """When its files were destroyed after a recall. Source: QĐ 28/2018 Đ8.2."""
    year: Mapped[int | None] = mapped_column()
    number: Mapped[int | None] = mapped_column()
    """Số đến, from 1 in each year; taken at acceptance. Source: NĐ 30/2020 Đ22.2."""
    opinion: Mapped[str | None] = mapped_column(Text)
    """The leader's opinion (ý kiến chỉ đạo)."""
    arrived_at: Mapped[datetime] = mapped_column()
    accepted_at: Mapped[datetime | None] = mapped_column()
    assigned_at: Mapped[datetime | None] = mapped_column()
    done_at: Mapped[datetime | None] = mapped_column()
    words: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """Its words, folded, by which it is found; kept current whenever a row is written."""

    __table_args__ = (
        UniqueConstraint("year", "number"),
        Index("ix_incoming_document_state", "state", "arrived_at"),
        Index("ix_incoming_document_symbol", "number_symbol"),
        Index("ix_incoming_document_follows", "follows_id"),
        Index("ix_incoming_document_newest", "arrived_at", "id"),
    )


def words_of_paper(paper: IncomingDocument) -> str:
    """Returns the words by which a paper is found: numbers, sender, kind, subject, signer."""
    said = (
        str(paper.number or ""), paper.number_symbol, paper.sender_name, paper.doc_type,
        paper.subject, paper.signatory,
    )  # fmt: skip
    return " ".join(word for one in said for word in folded_words(one or ""))


@event.listens_for(IncomingDocument, "before_insert")
@event.listens_for(IncomingDocument, "before_update")
def _keep_words(_mapper: object, _connection: object, paper: IncomingDocument) -> None:
    paper.words = words_of_paper(paper)


class IncomingRequest(Base):
    """That the sender asks a paper back, or wants it replaced or updated; answered by 15 or 16."""

    __tablename__ = "incoming_request"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incoming_document.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    """recall, replace or update."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """The sender's own words."""
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("incoming_message.id"))
    new_document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("incoming_document.id"))
    """The paper that came in its place."""
    removes_us: Mapped[bool] = mapped_column(default=False)
    """True for an update by which this office is no longer a receiver."""
    state: Mapped[str] = mapped_column(String(10), default="asked")
    """asked, agreed or refused."""
    answer: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column()
    answered_at: Mapped[datetime | None] = mapped_column()
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))


class IncomingAssignment(Base):
    """Who handles an incoming paper: lead (chủ trì) or coordinating (phối hợp), with a day."""

    __tablename__ = "incoming_assignment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incoming_document.id"), index=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    officer_id: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    """A unit or an officer, one of both."""
    leads: Mapped[bool] = mapped_column(default=False)
    due: Mapped[date | None] = mapped_column()
    note: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), default="open")
    """open, working, done."""
    assigned_by: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    assigned_at: Mapped[datetime] = mapped_column()
    done_at: Mapped[datetime | None] = mapped_column()
    result: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_incoming_assignment_officer", "officer_id", "state"),
        Index("ix_incoming_assignment_unit", "organisation_id", "state"),
        Index(
            "ix_incoming_assignment_at_hand",
            "officer_id",
            "organisation_id",
            "document_id",
            sqlite_where=text(AT_HAND),
            postgresql_where=text(AT_HAND),
        ),
    )


class IncomingReply(Base):
    """Our report to the sender of an incoming paper (ResponseFor)."""

    __tablename__ = "incoming_reply"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incoming_document.id"), index=True)
    directive_id: Mapped[DirectiveId | None] = mapped_column(ForeignKey("directive.id"))
    """The report as a directive of this office, where it went its own way to signature here."""
    file_name: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(String(64))
    number_symbol: Mapped[str] = mapped_column(String(80), default="")
    notice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("notice.id"))
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    at: Mapped[datetime] = mapped_column()
