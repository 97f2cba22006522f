"""Drafts on which somebody's opinion waits."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from actions.discussing.asked import opinions_for
from actions.work.items import DIRECTIVE, Kind, Subject, Waiting


def waiting_opinions(session: Session, officer_id: str, at: datetime) -> Iterator[Waiting]:
    """Returns what an officer, or a unit of theirs, was asked about and has not answered."""
    for one in opinions_for(session, officer_id, at):
        yield Waiting(
            kind=Kind.OPINION,
            subject=Subject(about=DIRECTIVE, id=one.directive_id, step="opinion"),
            title="Dự thảo",
            text=one.subject,
            doc_type=one.doc_type,
            urgency=one.urgency,
            words=f"{one.asked_by} xin ý kiến.",
            due=one.due,
            why_due="Ngày người xin ý kiến đã đặt",
            since=one.asked_at,
        )
