"""Papers beside the directives: copies in due form, annexes of their own, papers from outside."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId


class Paper(Base):
    """One paper that is signed or certified here without being a directive.

    taken -> prepared -> signed; `refused` where it could not be taken on. Its signatures are rows
    of `signature` that name it.
    """

    __tablename__ = "paper"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    directive_id: Mapped[DirectiveId | None] = mapped_column(ForeignKey("directive.id"))
    """The directive that it belongs to or is a copy of."""
    kind: Mapped[str] = mapped_column(String(20))
    """`copy` (electronic copy), `scan` (copy of paper), `annex`, `attachment`, `foreign`."""
    copy_form: Mapped[str | None] = mapped_column(String(20))
    """`sao_y`, `sao_luc`, `trich_sao`. Source: NĐ 30/2020 Đ25, Đ26."""
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12), default="taken")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the block on its page says, resolution of a scan, pages of an extract."""
    source_sha256: Mapped[str] = mapped_column(String(64))
    """What came in, untouched."""
    prepared_sha256: Mapped[str | None] = mapped_column(String(64))
    """With its field, as it is shown before signing."""
    signed_sha256: Mapped[str | None] = mapped_column(String(64))
    verification: Mapped[dict[str, Any] | None] = mapped_column()
    """What our judge said of the signatures that it came with."""
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    """Who took it in."""
    created_at: Mapped[datetime] = mapped_column()
    signed_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (Index("ix_paper_directive", "directive_id"),)
