"""Directives, their revisions, their documents, their recipients and tasks."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, DirectiveId
from models.lifecycle import DirectiveState


class Directive(Base):
    """A directive as a case, from its first draft to its last report."""

    __tablename__ = "directive"

    id: Mapped[DirectiveId] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    regime: Mapped[str] = mapped_column(String(10))
    doc_type: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(Text)
    """Trích yếu."""
    symbol: Mapped[str] = mapped_column(String(60))
    """`HD/BTGTU` (Party), `QĐ-BNV` (State)."""
    state: Mapped[str] = mapped_column(String(20), default=DirectiveState.DRAFTING.value)
    urgency: Mapped[str | None] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(default=1)
    """Ordinal of the current revision."""
    resume_step: Mapped[str | None] = mapped_column(String(20))
    """The review step that returned the draft and gets it back first."""
    return_reason: Mapped[str | None] = mapped_column(Text)
    """Why it came back to its drafter last, until it is approved."""
    taken_back_revision: Mapped[int | None] = mapped_column()
    """The revision that the drafter took back, where `return_reason` is the drafter's own."""
    drafter_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    content_reviewer_id: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    form_reviewer_id: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    signatory_id: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    authority_id: Mapped[str | None] = mapped_column(ForeignKey("signing_authority.id"))
    number: Mapped[int | None] = mapped_column()
    number_text: Mapped[str | None] = mapped_column(String(80))
    """`96-HD/BTGTU`."""
    issue_date: Mapped[date | None] = mapped_column()
    frozen_sha256: Mapped[str | None] = mapped_column(String(64))
    """The rendered document with both empty fields; what the signatory sees and signs."""
    signed_sha256: Mapped[str | None] = mapped_column(String(64))
    sealed_sha256: Mapped[str | None] = mapped_column(String(64))
    public_code: Mapped[str | None] = mapped_column(String(12))
    """Printed on the paper, by which anybody asks whether it is real; given when it is frozen."""
    created_at: Mapped[datetime] = mapped_column()
    updated_at: Mapped[datetime] = mapped_column()
    issued_at: Mapped[datetime | None] = mapped_column()
    closed_at: Mapped[datetime | None] = mapped_column()
    close_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_directive_state", "state", "updated_at"),
        Index("ix_directive_doc_type", "doc_type"),
        Index(
            "ix_directive_number",
            "number",
            "issue_date",
            sqlite_where=text("number is not null"),
            postgresql_where=text("number is not null"),
        ),
        Index("uq_directive_public_code", "public_code", unique=True),
        Index("ix_directive_newest", "organisation_id", "updated_at", "id"),
        Index(
            "ix_directive_issued",
            "organisation_id",
            "issued_at",
            "id",
            sqlite_where=text("issued_at is not null"),
            postgresql_where=text("issued_at is not null"),
        ),
        Index(
            "ix_directive_followed",
            "organisation_id",
            "issued_at",
            "id",
            sqlite_where=text("issued_at is not null and closed_at is null"),
            postgresql_where=text("issued_at is not null and closed_at is null"),
        ),
    )


class Revision(Base):
    """One version of the content; never changed after it is written."""

    __tablename__ = "revision"

    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column()
    """`documents.content.to_json`."""
    content_sha256: Mapped[str] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(Text)
    """What the drafter says of the change."""
    created_by: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column()


class Document(Base):
    """A stored PDF (or other file) of a directive; the bytes lie in the archive by hash."""

    __tablename__ = "document"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    directive_id: Mapped[DirectiveId | None] = mapped_column(ForeignKey("directive.id"), index=True)
    revision: Mapped[int | None] = mapped_column()
    kind: Mapped[str] = mapped_column(String(20))
    """draft, frozen, prepared, uploaded, signed, sealed, archived, attachment, report,
    consolidated; source: the file that a draft was read from; annex_source: an attachment before
    the agency signed it in its own file."""
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100), default="application/pdf")
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int] = mapped_column(Integer)
    made_with: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Versions, fonts, boxes: what is needed to make the same bytes again."""
    created_at: Mapped[datetime] = mapped_column()


class RecipientLine(Base):
    """One line of the recipient list as printed, with what it was read as."""

    __tablename__ = "recipient_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"))
    revision: Mapped[int] = mapped_column()
    ordinal: Mapped[int] = mapped_column()
    raw: Mapped[str] = mapped_column(String(500))
    role: Mapped[str] = mapped_column(String(20))
    organisations: Mapped[list[Any]] = mapped_column(default=list)
    """Identifiers of organisations that the line names alone."""
    groups: Mapped[list[Any]] = mapped_column(default=list)
    """Identifiers of groups that the line names."""

    __table_args__ = (UniqueConstraint("directive_id", "revision", "ordinal"),)


class DirectiveTask(Base):
    """What the directive asks, of whom, by when: the source of obligations."""

    __tablename__ = "directive_task"

    id: Mapped[int] = mapped_column(primary_key=True)
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"))
    revision: Mapped[int] = mapped_column()
    ref: Mapped[str] = mapped_column(String(20))
    """`III.2`, `R1`."""
    what: Mapped[str] = mapped_column(Text)
    sentence: Mapped[str] = mapped_column(Text)
    """The words of the directive from which the task was read."""
    is_report: Mapped[bool] = mapped_column(default=False)
    deadline_raw: Mapped[str | None] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(30))
    """Kind of deadline, as in the intake contract: before_date, within_month, …"""
    named_date: Mapped[date | None] = mapped_column()
    inclusive: Mapped[bool | None] = mapped_column()
    organisations: Mapped[list[Any]] = mapped_column(default=list)
    groups: Mapped[list[Any]] = mapped_column(default=list)
    coordinating: Mapped[list[Any]] = mapped_column(default=list)
    """Organisations that coordinate (phối hợp); those above lead (chủ trì)."""
    schedule: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """When a periodic task comes again: frequency, rules of its periods, day of its report; empty
    for what is owed once. `deadlines.schedule` reads it."""
    reports_through: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    """The unit through which all others report (qua …)."""

    __table_args__ = (UniqueConstraint("directive_id", "revision", "ref"),)

    directive: Mapped[Directive] = relationship(lazy="raise")
