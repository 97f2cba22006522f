"""Incoming papers a page at a time, and how many are under each filter: asked of the database."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from actions.access import posts_on
from actions.desk import local_day, start_of
from actions.incoming.showing import BEING_HANDLED, LIGHT, ListedPaper, listed, seen_by
from actions.listing.paging import COUNTED, Order, Page, page_of
from actions.offices import working_calendar
from models.incoming import AT_HAND, IncomingAssignment, IncomingDocument, IncomingRequest
from models.search import folded_words

MOST_TYPED: Final = 300
"""Characters of what is looked for."""
_GONE: Final = ("refused", "recalled", "replaced")
_STATE: Final = IncomingDocument.state


def page_of_papers(
    session: Session,
    *,
    officer_id: str,
    at: datetime,
    chosen: str,
    typed: str = "",
    after: str | None,
    limit: int,
) -> Page[ListedPaper]:
    """Returns the papers under a filter that an officer may see, newest first.

    Args:
        session: the look.
        officer_id: who looks.
        at: now.
        chosen: a key of `actions.incoming.showing.FILTERS`.
        typed: words that each must have, or begin or end or hold; in any case, with or without
            marks.
        after: the cursor of the page before.
        limit: papers.

    Raises:
        InvalidInputError: the cursor is none of ours.
    """
    query = (
        select(IncomingDocument)
        .where(
            seen_by(session, officer_id, local_day(at)),
            _filters(session, officer_id, at)[chosen],
            *_said(typed),
        )
        .options(*LIGHT)
    )
    newest = Order(by=IncomingDocument.arrived_at, key=IncomingDocument.id, descending=True)
    found = page_of(
        session,
        query,
        newest,
        after=after,
        limit=limit,
        values=lambda one: (one.arrived_at, one.id),
    )
    return Page(items=listed(session, found.items, officer_id, at), next=found.next)


def counts(session: Session, *, officer_id: str, at: datetime, typed: str = "") -> dict[str, int]:
    """Returns how many papers with these words are under each filter, counted up to `COUNTED`."""
    seen, said = seen_by(session, officer_id, local_day(at)), _said(typed)
    counted = (
        select(literal(key), func.count()).select_from(
            select(IncomingDocument.id).where(seen, condition, *said).limit(COUNTED).subquery()
        )
        for key, condition in _filters(session, officer_id, at).items()
    )
    return {key: count for key, count in session.execute(union_all(*counted))}  # noqa: C416 (rows are no pairs)


def _said(typed: str) -> list[ColumnElement[bool]]:
    words = list(folded_words(typed[:MOST_TYPED]))
    if typed.strip() and not words:
        return [false()]
    # Letters and digits alone: nothing in them means anything to LIKE.
    return [IncomingDocument.words.like(f"%{word}%") for word in words]


def _filters(session: Session, officer_id: str, at: datetime) -> Mapping[str, ColumnElement[bool]]:
    """The conditions behind `actions.incoming.showing.FILTERS`."""
    handled = _STATE.in_(BEING_HANDLED)
    asked = select(IncomingRequest.document_id).where(IncomingRequest.state == "asked")
    return {
        "": true(),
        "cho-tiep-nhan": _STATE == "arrived",
        "cho-phan-cong": _STATE == "accepted",
        "dang-giai-quyet": handled,
        "qua-han": _is_late(session, local_day(at)),
        "cua-toi": and_(handled, _is_mine(session, officer_id, local_day(at))),
        "thu-hoi": IncomingDocument.id.in_(asked),
        "xong": _STATE == "done",
        "tra-lai": _STATE.in_(_GONE),
    }


def _is_mine(session: Session, officer_id: str, day: date) -> ColumnElement[bool]:
    here = {post.organisation_id for post in posts_on(session, officer_id, day)}
    mine = select(IncomingAssignment.document_id).where(
        text(f"incoming_assignment.{AT_HAND}"),
        or_(
            IncomingAssignment.officer_id == officer_id,
            and_(
                IncomingAssignment.officer_id.is_(None),
                IncomingAssignment.organisation_id.in_(here),
            ),
        ),
    )
    return IncomingDocument.id.in_(mine)


def _is_late(session: Session, day: date) -> ColumnElement[bool]:
    """What `actions.incoming.showing.next_due` says, as bounds of the instants that it starts from.

    A day's step is due the later the later the day, so there is one day from which on none is late.
    """
    calendar = working_calendar(session)
    usual = _first_in_time(calendar.next_working_day, day)
    urgent = _first_in_time(calendar.first_working_day_on_or_after, day)

    def is_before(since: InstrumentedAttribute[datetime | None]) -> ColumnElement[bool]:
        is_urgent = func.coalesce(IncomingDocument.urgency, "") != ""
        return or_(and_(is_urgent, since < urgent), and_(func.not_(is_urgent), since < usual))

    lead = exists().where(
        IncomingAssignment.document_id == IncomingDocument.id,
        IncomingAssignment.leads,
        IncomingAssignment.due < day,
    )
    return or_(
        and_(_STATE == "arrived", is_before(IncomingDocument.arrived_at)),
        and_(_STATE == "accepted", is_before(IncomingDocument.accepted_at)),
        and_(_STATE.in_(BEING_HANDLED), lead),
    )


def _first_in_time(due_of: Callable[[date], date], day: date) -> datetime:
    """Returns the beginning of the first day whose step is not late on `day`."""
    first = day
    while due_of(first - timedelta(days=1)) >= day:
        first -= timedelta(days=1)
    return start_of(first)
