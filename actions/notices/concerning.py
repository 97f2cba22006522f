"""Whether what was done since an instant may concern an officer's list of work.

Everything on that list that is about a directive has its notice, standing or over; so a deed about
a directive of which an officer has no notice leaves the list as it was.
"""

from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from actions.auditing import subject_key
from actions.work.items import DIRECTIVE
from models.audit import AuditEvent
from models.officer_notice import OfficerNotice

MOST: Final = 300
"""Deeds that are looked through; after more the list is simply read again."""
HARMLESS: Final = frozenset(
    {
        *("sign_in", "sign_out", "end_sessions", "prove_password", "set_password"),
        *("send_notice", "tell_officer", "choose_notices", "digest", "chase", "fetch_document"),
    }
)
"""Deeds that leave every list of work as it was; so does a `dispatch` that arrived."""


def may_concern(session: Session, officer_id: str, since: int) -> bool:
    """Tells whether a deed after an event of the audit chain may have changed an officer's list."""
    done = session.execute(
        select(AuditEvent.deed, AuditEvent.subject_kind, AuditEvent.subject_id, AuditEvent.detail)
        .where(AuditEvent.sequence > since, AuditEvent.outcome == "done")
        .order_by(AuditEvent.sequence)
        .limit(MOST + 1)
    ).all()
    if len(done) > MOST:
        return True
    about = set()
    for deed, kind, subject, detail in done:
        if deed in HARMLESS or (deed == "dispatch" and detail.get("outcome") == "sent"):
            continue
        if kind != DIRECTIVE:
            return True
        about.add(subject_key(subject))
    return bool(about) and bool(
        session.scalar(
            select(
                exists().where(
                    OfficerNotice.officer_id == officer_id,
                    OfficerNotice.about == DIRECTIVE,
                    OfficerNotice.subject_id.in_(about),
                )
            )
        )
    )
