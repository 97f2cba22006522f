"""Who has taken up what waits for several people."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Claim(Base):
    """That one of those for whom something waits has taken it up; given back, the row is gone.

    It orders work among colleagues and bars nobody: rights are looked at by the deeds alone.
    """

    __tablename__ = "claim"

    about: Mapped[str] = mapped_column(String(12), primary_key=True)
    """`directive`, `incoming` or `message`."""
    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    """What is to be done, as in `actions.work.items`."""
    revision: Mapped[int] = mapped_column(primary_key=True, default=0)
    """Of the directive; 0 elsewhere. What comes back changed waits for everybody again."""
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"), index=True)
    at: Mapped[datetime] = mapped_column()
