"""Drafts that somebody is still writing: kept as they are typed, before they are a revision."""

import uuid
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId

OFFERED: Final = "withdrawn_at is null"
"""Condition of the index that lets a name be used once among the templates that are offered."""


class WorkingDraft(Base):
    """One person's working copy of one draft; it goes once it is stored as a revision."""

    __tablename__ = "working_draft"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    directive_id: Mapped[DirectiveId | None] = mapped_column(ForeignKey("directive.id"), index=True)
    """The directive that is revised; None for a new one."""
    base_revision: Mapped[int | None] = mapped_column()
    """The revision that it began from."""
    body: Mapped[dict[str, Any]] = mapped_column()
    """`actions.working.body.Body`."""
    before: Mapped[dict[str, Any] | None] = mapped_column()
    """The body before the last change of its structure, so that a slip can be taken back."""
    reading: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`actions.working.reading.Reading`: what was read from the source file, and what a person
    has done about each piece that was not understood; empty without a file."""
    source_sha256: Mapped[str | None] = mapped_column(String(64))
    """The file it was read from, in the archive."""
    source_name: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)
    """Counts the saves."""
    window: Mapped[str | None] = mapped_column(String(64))
    """The browser window that saved last, or opened it first."""
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    """That window's own count of its saves: a late one does not overwrite a newer one."""
    heard_at: Mapped[datetime | None] = mapped_column()
    """When that window was last heard from."""
    created_at: Mapped[datetime] = mapped_column()
    updated_at: Mapped[datetime] = mapped_column()

    __table_args__ = (UniqueConstraint("officer_id", "directive_id"),)


class DraftSource(Base):
    """A file that a draft is to begin with. waiting -> reading -> gone, failed or refused.

    Its key becomes that of the working copy, in the transaction that takes this row away.
    """

    __tablename__ = "draft_source"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """The file. Here and not in the archive, which forgets nothing: what it says is not known yet.
    None where it was refused: it may not be kept."""
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    page: Mapped[int] = mapped_column(default=0)
    """Page that is being read; 0 before the first, more than there are after the last."""
    pages: Mapped[int] = mapped_column(default=0)
    """How many pages there are; 0 while it is not known."""
    problem: Mapped[str | None] = mapped_column(Text)
    """Why it could not be read, and what to do."""
    tries: Mapped[int] = mapped_column(default=0)
    """How often a process took it up since the person asked for it."""
    token: Mapped[str | None] = mapped_column(String(32))
    """Proves who is reading it."""
    lease_until: Mapped[datetime | None] = mapped_column()
    """When whoever reads it is taken for dead."""
    created_at: Mapped[datetime] = mapped_column()


class DraftTemplate(Base):
    """A draft that an office keeps to begin others with. Withdrawn ones stay, unseen."""

    __tablename__ = "draft_template"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(120))
    doc_type: Mapped[str] = mapped_column(String(60))
    body: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    """`actions.working.body.Body` without people, files and days."""
    made_by: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column()
    withdrawn_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        Index(
            "uq_draft_template_name", "organisation_id", "name", unique=True,
            sqlite_where=text(OFFERED), postgresql_where=text(OFFERED),
        ),
    )  # fmt: skip
