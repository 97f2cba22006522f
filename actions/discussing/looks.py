"""Which version an officer opened last, so that a page can say what is new to them.

A convenience of the reader and no deed: it decides nothing and leaves no audit event. Kept for
those who must decide on a draft or were asked about it, while it is not yet signed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.access import BEFORE_SIGNATURE
from actions.discussing.versions import compare_versions
from documents.versions.comparing import Comparison
from models.directive import Directive
from models.discussion import DraftLook
from models.review import Review
from models.session import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLook:
    """What somebody saw before the version that stands now."""

    revision: int
    at: datetime


def is_open_to_change(directive: Directive) -> bool:
    """Tells whether the text may still come in another version: nobody has signed it."""
    return directive.state in BEFORE_SIGNATURE and directive.signed_sha256 is None


def deciders_of(directive: Directive) -> frozenset[str]:
    """Returns the officers who decide on the draft."""
    named = (directive.content_reviewer_id, directive.form_reviewer_id, directive.signatory_id)
    return frozenset(filter(None, named))


def last_look(session: Session, directive: Directive, officer_id: str) -> LastLook | None:
    """Returns what an officer saw before the version that stands now; None: nothing, or the same.

    Who has opened no version, but decided on one elsewhere, has seen that one.
    """
    row = session.get(DraftLook, (directive.id, officer_id))
    if row is not None and row.revision < directive.revision:
        return LastLook(revision=row.revision, at=row.at)
    if row is not None and row.before is not None:
        return LastLook(revision=row.before, at=row.before_at or row.at)
    decided = session.scalars(
        select(Review)
        .where(
            Review.directive_id == directive.id,
            Review.officer_id == officer_id,
            Review.revision < directive.revision,
        )
        .order_by(Review.revision.desc())
        .limit(1)
    ).first()
    return LastLook(revision=decided.revision, at=decided.at) if decided else None


def news_for(
    session: Session, directive: Directive, officer_id: str
) -> tuple[LastLook, Comparison] | None:
    """Returns what changed since an officer's last look; None where nothing did.

    Only while the text may still change: what is signed is looked at as it is.
    """
    if not is_open_to_change(directive):
        return None
    seen = last_look(session, directive, officer_id)
    if seen is None:
        return None
    found = compare_versions(session, directive, seen.revision, directive.revision)
    return (seen, found) if found.differs else None


def needs_keeping(session: Session, directive: Directive, officer_id: str) -> bool:
    """Tells whether opening the version that stands now is news."""
    if not is_open_to_change(directive):
        return False
    row = session.get(DraftLook, (directive.id, officer_id))
    return row is None or row.revision < directive.revision


def keep_look(
    database: Database,
    directive: Directive,
    officer_id: str,
    *,
    at: datetime,
    among: Collection[str] | None = None,
) -> None:
    """Writes down that an officer has opened the version that stands now.

    Args:
        database: the tables.
        directive: as it was shown.
        officer_id: who opened it.
        at: now.
        among: whose looks are kept; by default those who decide on the draft.
    """
    if officer_id not in (deciders_of(directive) if among is None else among):
        return
    with database.reading() as session:
        if not needs_keeping(session, directive, officer_id):
            return
    try:
        with database.writing() as session:
            _keep(session, directive, officer_id, at)
    except IntegrityError:
        return  # the same officer's other window was quicker, with the same to say


def _keep(session: Session, directive: Directive, officer_id: str, at: datetime) -> None:
    row = session.get(DraftLook, (directive.id, officer_id), with_for_update=True)
    if row is None:
        before = last_look(session, directive, officer_id)
        session.add(
            DraftLook(
                directive_id=directive.id, officer_id=officer_id, revision=directive.revision,
                at=at, before=before.revision if before else None,
                before_at=before.at if before else None,
            )
        )  # fmt: skip
    elif row.revision < directive.revision:
        row.before, row.before_at = row.revision, row.at
        row.revision, row.at = directive.revision, at
