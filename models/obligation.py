"""What units owe, extensions they ask for, reminders they got."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId
from models.lifecycle import ObligationState

STILL_CHASED = (
    "coalesce(state, '') in ('open', 'returned') and reports_through_id is null"
    " and due is not null and (ladder_ended is null or ladder_ended <> due)"
)
"""Condition of the index that chasing reads, and of its queries: to the letter, with literals.

A bare `state` would let SQLite take the index on state and day, and walk all that was ever late.
"""

ANSWERED = "state in ('reported', 'extension_requested')"
"""Condition of the index on what waits for a decision of the office, and of its queries."""

OWED = "state in ('extension_requested', 'open', 'returned')"
"""Condition of the index on what is still owed; `actions.boards.counting.is_owed` says the same."""


class Obligation(Base):
    """One task of one directive for one unit (nhiệm vụ)."""

    __tablename__ = "obligation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    directive_id: Mapped[DirectiveId] = mapped_column(ForeignKey("directive.id"))
    task_ref: Mapped[str] = mapped_column(String(20))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    leads: Mapped[bool] = mapped_column(default=True)
    """True for the lead unit (chủ trì), False for a coordinating one (phối hợp)."""
    what: Mapped[str] = mapped_column(Text)
    sentence: Mapped[str] = mapped_column(Text)
    is_report: Mapped[bool] = mapped_column(default=False)
    deadline_raw: Mapped[str | None] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(30))
    named_date: Mapped[date | None] = mapped_column()
    inclusive: Mapped[bool | None] = mapped_column()
    last_allowed_day: Mapped[date | None] = mapped_column()
    due: Mapped[date | None] = mapped_column()
    """Last working day on which the answer is in time; None where no date can be computed."""
    computed: Mapped[str] = mapped_column(Text)
    """How the date was computed, in Vietnamese."""
    flags: Mapped[list[Any]] = mapped_column(default=list)
    """Conflicts shown to the follow-up officer."""
    state: Mapped[str] = mapped_column(String(20), default=ObligationState.OPEN.value)
    opened_at: Mapped[datetime] = mapped_column()
    reported_at: Mapped[datetime | None] = mapped_column()
    accepted_at: Mapped[datetime | None] = mapped_column()
    successor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("obligation.id"))
    """The obligation of the successor organisation, where transferred."""
    period_key: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))
    """Which period it is for: `2026-M03`, `2026-Q1`, `2026-H1`, `2026-9M`, `2026`; empty where it
    is owed once."""
    period_from: Mapped[date | None] = mapped_column()
    period_to: Mapped[date | None] = mapped_column()
    """The cut-off day (ngày chốt số liệu)."""
    reports_through_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    """The unit through which it reports; that one hands in and is chased."""
    ladder_ended: Mapped[date | None] = mapped_column()
    """The `due` for which the last step of the ladder was taken; another `due` begins it anew."""

    __table_args__ = (
        UniqueConstraint("directive_id", "task_ref", "organisation_id", "period_key"),
        Index("ix_obligation_open", "state", "due"),
        Index("ix_obligation_unit", "organisation_id", "state", "due"),
        Index(
            "ix_obligation_chased",
            "due",
            "organisation_id",
            sqlite_where=text(STILL_CHASED),
            postgresql_where=text(STILL_CHASED),
        ),
        Index(
            "ix_obligation_owed",
            "due",
            "id",
            sqlite_where=text(OWED),
            postgresql_where=text(OWED),
        ),
        Index(
            "ix_obligation_answered",
            "directive_id",
            "state",
            "due",
            sqlite_where=text(ANSWERED),
            postgresql_where=text(ANSWERED),
        ),
    )


class ObligationChange(Base):
    """One change of what is owed after the directive was issued. Append-only."""

    __tablename__ = "obligation_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    obligation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("obligation.id"), index=True)
    field: Mapped[str] = mapped_column(String(40))
    """Column that changed: `due`, `what`, `leads`, `state`, …; `opened` for a new one."""
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    amendment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("amendment.id"))
    officer_id: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    at: Mapped[datetime] = mapped_column()


class ExtensionRequest(Base):
    """That a unit asks for more time, and the answer."""

    __tablename__ = "extension_request"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    obligation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("obligation.id"), index=True)
    asked_until: Mapped[date] = mapped_column()
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column()
    state: Mapped[str] = mapped_column(String(10), default="asked")
    """asked, granted, refused."""
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("officer.id"))
    decided_at: Mapped[datetime | None] = mapped_column()
    decision_reason: Mapped[str | None] = mapped_column(Text)


class Reminder(Base):
    """That a step of the ladder was taken for an obligation; each step once per due date."""

    __tablename__ = "reminder"

    obligation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("obligation.id"), primary_key=True)
    step_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    due: Mapped[date] = mapped_column(primary_key=True)
    notice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("notice.id"))
    """None where a step was passed over because a later one went out in its place."""
    at: Mapped[datetime] = mapped_column()
