"""Planned absences of officers: from a day to a day, with the deputy who stands in."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Absence(Base):
    """That an officer is away from a day to a day, and who stands in meanwhile.

    What the deputy may do stands where rights always stand, with the same days: an authority to
    sign (`SigningAuthority`) and a post (`Post`). This row says in whose place, and why.
    """

    __tablename__ = "absence"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"), index=True)
    deputy_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    first_day: Mapped[date] = mapped_column()
    last_day: Mapped[date] = mapped_column()
    """The day of return where it ended early."""
    reason: Mapped[str] = mapped_column(Text)
    basis: Mapped[str | None] = mapped_column(String(300))
    """The paper that says so: `Quyết định số 12-QĐ/BTGTU ngày 01/12/2026`."""
    signing: Mapped[str] = mapped_column(String(10))
    """`none` (what waits for the signature goes on waiting), `own` (the deputy signs by an
    authority held anyway) or `given` (by the one that was made for these days)."""
    authority_id: Mapped[str | None] = mapped_column(ForeignKey("signing_authority.id"))
    """The one that was made, where `signing` is `given`."""
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    """The post that gives the deputy roles of the absent officer for these days."""
    state: Mapped[str] = mapped_column(String(10), default="stated")
    """`stated`, `ended` (early), `cancelled` (before it began)."""
    settled: Mapped[bool] = mapped_column(default=False)
    """True once what the deputy had not signed by the given authority went back."""
    version: Mapped[int] = mapped_column(default=1)
    """Rises with each change, so that nobody changes what he has not seen."""
    made_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    """None where the machine did."""
    made_at: Mapped[datetime] = mapped_column()

    __table_args__ = (CheckConstraint("last_day >= first_day", name="days"),)
