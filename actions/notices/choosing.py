"""Whether an officer is told by mail at once, once a day, or not at all; by their own choice."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from actions.auditing import Actor, append_event
from models.officer_notice import NoticeChoice
from models.session import Database


class Mail(StrEnum):
    """How an officer is told by mail."""

    NOW = "now"
    DAILY = "daily"
    NEVER = "never"


USUAL: Final = Mail.DAILY
"""Of whoever has not chosen."""
MAIL_WORDS: Final = {
    Mail.NOW: "Ngay khi có",
    Mail.DAILY: "Mỗi ngày một thư",
    Mail.NEVER: "Không nhận thư",
}


def mail_choice(session: Session, officer_id: str) -> Mail:
    """Returns how an officer is told by mail."""
    row = session.get(NoticeChoice, officer_id)
    return Mail(row.mail) if row is not None else USUAL


def choose_mail(database: Database, mail: Mail, *, actor: Actor, at: datetime) -> None:
    """Keeps how the actor wants to be told, with a record."""
    with database.writing() as session:
        session.merge(NoticeChoice(officer_id=actor.id, mail=mail.value, at=at))
        append_event(
            session, actor=actor, deed="choose_notices", outcome="done", subject_kind="officer",
            subject_id=actor.id, detail={"mail": mail.value}, at=at,
        )  # fmt: skip
