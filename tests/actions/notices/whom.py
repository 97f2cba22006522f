"""Whom things wait for: as notices say it, and as “Việc của tôi” does."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.notices.kinds import Kind
from actions.work.items import MESSAGE
from actions.work.listing import everything_for
from models.officer import Officer
from models.officer_notice import OfficerNotice

Matters = Counter[tuple[str, str, str]]
"""Officer, directive, paper or mail, step; each should be there once."""


def told(session: Session) -> Matters:
    """What the notices say that nobody has dealt with yet."""
    found = session.scalars(
        select(OfficerNotice).where(OfficerNotice.waits, OfficerNotice.over_at.is_(None))
    )
    return Counter(
        (one.officer_id, str(one.subject_id), one.kind.removeprefix("paper_")) for one in found
    )


def waited_for(session: Session, at: datetime) -> Matters:
    """What everybody's list of work says."""
    return Counter(
        (
            officer_id,
            str(one.subject.id),
            Kind.MAIL if one.subject.about == MESSAGE else one.subject.step,
        )
        for officer_id in session.scalars(select(Officer.id)).all()
        for one in everything_for(session, officer_id, at).mine
    )
