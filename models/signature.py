"""Signatures that are planned, made and verified."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId


class Signature(Base):
    """One signature of a directive or another paper: planned -> keyed -> completed, or abandoned.

    `planned`: digest, certificate and officer are written down before the key is touched.
    `keyed`: the key has signed the attributes; nothing more is needed from a person.
    `completed`: time stamp and evidence are in the file and our own judge accepted it.
    """

    __tablename__ = "signature"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    directive_id: Mapped[DirectiveId | None] = mapped_column(ForeignKey("directive.id"))
    paper_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("paper.id"))
    kind: Mapped[str] = mapped_column(String(10))
    """`officer` or `seal`."""
    state: Mapped[str] = mapped_column(String(12), default="planned")
    method: Mapped[str] = mapped_column(String(20), default="pkcs12", server_default="pkcs12")
    """How the key is reached, as `registered_certificate.key_kind` was then."""
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("signing_batch.id"))
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    """Who typed the PIN."""
    certificate: Mapped[str] = mapped_column(ForeignKey("registered_certificate.fingerprint"))
    source_sha256: Mapped[str] = mapped_column(String(64))
    """The document that is signed, as it was seen."""
    prepared_sha256: Mapped[str] = mapped_column(String(64))
    """The document with the reserved place, in the archive."""
    plan: Mapped[dict[str, Any]] = mapped_column()
    """`signing.sign.PreparedSignature.to_json`."""
    without_timestamp: Mapped[bool] = mapped_column(default=False, server_default=false())
    """True where it was completed at B-B because no time stamp was to be had."""
    raw_signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    document_sha256: Mapped[str | None] = mapped_column(String(64))
    verification: Mapped[dict[str, Any] | None] = mapped_column()
    problem: Mapped[str | None] = mapped_column(Text)
    planned_at: Mapped[datetime] = mapped_column()
    keyed_at: Mapped[datetime | None] = mapped_column()
    completed_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        CheckConstraint("(directive_id is null) <> (paper_id is null)", name="one_subject"),
        Index(
            "uq_signature_living_paper",
            "paper_id",
            "kind",
            unique=True,
            sqlite_where=(state != "abandoned"),
            postgresql_where=(state != "abandoned"),
        ),
        Index(
            "uq_signature_living",
            "directive_id",
            "kind",
            unique=True,
            sqlite_where=(state != "abandoned"),
            postgresql_where=(state != "abandoned"),
        ),
    )
