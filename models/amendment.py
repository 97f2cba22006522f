"""What happens to a directive after it was issued: recalled, replaced, updated, corrected."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId


class Amendment(Base):
    """That an issued directive was recalled, replaced, corrected, or its recipients changed.

    The directive stays as it was, frozen and visible. Source: NĐ 30/2020 Đ18.3, Đ18.4; QĐ 28/2018
    Đ8.2; QCVN 102:2016 (BussinessDocType 1, 2, 3).
    """

    __tablename__ = "amendment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    """recall (thu hồi), replace (thay thế), update (nơi nhận), correct (đính chính)."""
    reason: Mapped[str] = mapped_column(Text)
    other_directive_id: Mapped[DirectiveId | None] = mapped_column(ForeignKey("directive.id"))
    """The directive that replaces it, or the công văn that corrects it."""
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """For an update: units added and removed; for a correction: words as printed and corrected."""
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    at: Mapped[datetime] = mapped_column()
