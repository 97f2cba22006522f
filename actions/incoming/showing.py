"""Incoming papers as people look for them: lists by what is to be done, one paper whole."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, CompoundSelect, and_, or_, select, text, true, union_all
from sqlalchemy.orm import Session, defer

from actions.access import posts_on, roles_on
from actions.desk import local_day
from actions.incoming.handling import assignments_of, handles
from actions.incoming.registers import handler_names
from actions.incoming.rows import SUBJECT, get_document
from actions.offices import office_facts, working_calendar
from deadlines.calendar import WorkingCalendar
from models.audit import AuditEvent
from models.dispatch import Notice
from models.incoming import (
    AT_HAND,
    IncomingAssignment,
    IncomingDocument,
    IncomingReply,
    IncomingRequest,
)
from models.officer import Role

MOST: Final = 2000
"""Newest papers that a list looks through; what waits is always among them."""
BEING_HANDLED: Final = ("assigned", "in_progress")
"""States in which somebody is at work on a paper."""
LIGHT: Final = (
    defer(IncomingDocument.header, raiseload=True),
    defer(IncomingDocument.files, raiseload=True),
)
"""Header and judgements weigh far more than what a list shows."""

FILTERS: Final = {
    "": "Tất cả",
    "cho-tiep-nhan": "Chờ tiếp nhận",
    "cho-phan-cong": "Chờ phân công",
    "dang-giai-quyet": "Đang giải quyết",
    "qua-han": "Quá hạn",
    "cua-toi": "Giao cho tôi",
    "thu-hoi": "Nơi gửi đề nghị",
    "xong": "Đã xong",
    "tra-lai": "Đã trả lại, thu hồi",
}
"""Key of a filter, to its words, in the order of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPaper:
    """One paper in a list."""

    document: IncomingDocument
    handlers: str
    due: date | None
    """By when the next step is due: registering, assigning, or the lead's work."""
    late: bool
    filters: frozenset[str]
    """Keys of `FILTERS` under which it is found."""
    parts: tuple[IncomingAssignment, ...]
    """Who handles it; the lead first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePaper:
    """One paper with everything that belongs to it."""

    document: IncomingDocument
    assignments: Sequence[IncomingAssignment]
    names: dict[uuid.UUID, str]
    """Names of who handles it, by assignment."""
    mine: frozenset[uuid.UUID]
    """Assignments that are the reader's."""
    requests: Sequence[IncomingRequest]
    replies: Sequence[IncomingReply]
    answers: Sequence[Notice]
    """What went back to the sender, oldest first."""
    follows: IncomingDocument | None
    followed_by: Sequence[IncomingDocument]
    events: Sequence[AuditEvent]
    due: date | None
    late: bool


def next_due(
    document: IncomingDocument, lead: IncomingAssignment | None, calendar: WorkingCalendar
) -> date | None:
    """Returns by when the next step is due; None where nothing is due.

    Registered the same day, at latest the next working day, urgent papers at once; assigned
    likewise. Source: NĐ 30/2020 Đ22, Đ23.1.
    """
    if document.state in BEING_HANDLED:
        return lead.due if lead is not None else None
    since = {"arrived": document.arrived_at, "accepted": document.accepted_at}.get(document.state)
    if since is None:
        return None
    day = local_day(since)
    if document.urgency:
        return calendar.first_working_day_on_or_after(day)
    return calendar.next_working_day(day)


def list_papers(session: Session, *, officer_id: str, at: datetime) -> list[ListedPaper]:
    """Returns the papers, newest first, each with the filters under which it is found.

    Args:
        session: an open look.
        officer_id: who looks: papers that `may_see` would refuse are left out; empty for the
            operator at a terminal, who sees all.
        at: the instant.
    """
    query = select(IncomingDocument)
    if officer_id:
        query = query.where(seen_by(session, officer_id, local_day(at)))
    documents = session.scalars(
        query.options(*LIGHT).order_by(IncomingDocument.arrived_at.desc()).limit(MOST)
    ).all()
    return listed(session, documents, officer_id, at)


def papers_waiting_for(session: Session, *, officer_id: str, at: datetime) -> list[ListedPaper]:
    """Returns the papers that wait for an officer: to accept, answer, assign, handle.

    The oldest first, `MOST` at most; only what waits is read, however many came in before.
    """
    day = local_day(at)
    documents = session.scalars(
        select(IncomingDocument)
        .where(IncomingDocument.id.in_(_waiting_ids(session, officer_id, day)))
        .options(*LIGHT)
        .order_by(IncomingDocument.arrived_at)
        .limit(MOST)
    ).all()
    return listed(session, documents, officer_id, at)


def _waiting_ids(session: Session, officer_id: str, day: date) -> CompoundSelect[tuple[uuid.UUID]]:
    """Each reason by an index of its own: joined by OR they walk through all papers."""
    reasons = _waits_for(session, officer_id, day)
    return union_all(*(select(IncomingDocument.id).where(reason) for reason in reasons))


def _waits_for(session: Session, officer_id: str, day: date) -> list[ColumnElement[bool]]:
    posts = posts_on(session, officer_id, day)
    held = roles_on(session, officer_id, office_facts(session).organisation_id, day)
    state, presented = IncomingDocument.state, IncomingDocument.presented_to_id
    theirs = select(IncomingAssignment.document_id).where(
        text(f"incoming_assignment.{AT_HAND}"),
        or_(
            IncomingAssignment.officer_id == officer_id,
            IncomingAssignment.organisation_id.in_({post.organisation_id for post in posts}),
        ),
    )
    found = [
        and_(state == "accepted", presented == officer_id),
        and_(state.in_(BEING_HANDLED), IncomingDocument.id.in_(theirs)),
    ]
    if Role.SIGNATORY in held:
        found.append(and_(state == "accepted", presented.is_(None)))
    if Role.REGISTRY_CLERK in held:
        asked = select(IncomingRequest.document_id).where(IncomingRequest.state == "asked")
        found += [state == "arrived", IncomingDocument.id.in_(asked)]
    return found


def listed(
    session: Session, documents: Sequence[IncomingDocument], officer_id: str, at: datetime
) -> list[ListedPaper]:
    """Returns papers with who handles them and by when, in the order given."""
    keys = [one.id for one in documents]
    if not keys:
        return []
    assigned: dict[uuid.UUID, list[IncomingAssignment]] = {}
    parts_of = select(IncomingAssignment).where(IncomingAssignment.document_id.in_(keys))
    for one in session.scalars(parts_of.order_by(IncomingAssignment.leads.desc())):
        assigned.setdefault(one.document_id, []).append(one)
    names = handler_names(session, [one for found in assigned.values() for one in found])
    asked = set(
        session.scalars(select(IncomingRequest.document_id).where(IncomingRequest.state == "asked"))
    )
    calendar, day = working_calendar(session), local_day(at)
    here = {post.organisation_id for post in posts_on(session, officer_id, day)}
    made = []
    for document in documents:
        parts = assigned.get(document.id, [])
        lead = next((one for one in parts if one.leads), None)
        due = next_due(document, lead, calendar)
        late = due is not None and due < day
        mine = any(
            one.officer_id == officer_id or (one.officer_id is None and one.organisation_id in here)
            for one in parts
            if one.state != "done"
        )
        found = _filters(document, late=late, mine=mine, asked=document.id in asked)
        made.append(
            ListedPaper(
                document=document, handlers="; ".join(names[one.id] for one in parts), due=due,
                late=late, filters=found, parts=tuple(parts),
            )
        )  # fmt: skip
    return made


def late_to_register(session: Session, *, at: datetime) -> list[IncomingDocument]:
    """Returns what arrived and was not registered by the next working day, oldest first."""
    calendar, day = working_calendar(session), local_day(at)
    waiting = session.scalars(
        select(IncomingDocument)
        .where(IncomingDocument.state == "arrived")
        .order_by(IncomingDocument.arrived_at)
    )
    return [one for one in waiting if (next_due(one, None, calendar) or day) < day]


def whole_paper(
    session: Session, document_id: uuid.UUID, *, officer_id: str, at: datetime
) -> WholePaper:
    """Returns one paper with what belongs to it.

    Raises:
        NotFoundError: there is none.
    """
    document = get_document(session, document_id)
    parts, day = assignments_of(session, document_id), local_day(at)
    due = next_due(
        document, next((one for one in parts if one.leads), None), working_calendar(session)
    )
    return WholePaper(
        document=document,
        assignments=parts,
        names=handler_names(session, parts),
        mine=frozenset(one.id for one in parts if handles(session, officer_id, one, day)),
        requests=session.scalars(
            select(IncomingRequest)
            .where(IncomingRequest.document_id == document_id)
            .order_by(IncomingRequest.asked_at)
        ).all(),
        replies=session.scalars(
            select(IncomingReply)
            .where(IncomingReply.document_id == document_id)
            .order_by(IncomingReply.at)
        ).all(),
        answers=session.scalars(
            select(Notice)
            .where(Notice.key.startswith(f"incoming:{document_id}:"))
            .order_by(Notice.created_at, Notice.key)
        ).all(),
        follows=session.get(IncomingDocument, document.follows_id) if document.follows_id else None,
        followed_by=session.scalars(
            select(IncomingDocument).where(IncomingDocument.follows_id == document_id)
        ).all(),
        events=session.scalars(
            select(AuditEvent)
            .where(AuditEvent.subject_kind == SUBJECT, AuditEvent.subject_id == str(document_id))
            .order_by(AuditEvent.sequence)
        ).all(),
        due=due,
        late=due is not None and due < day,
    )


def may_see(session: Session, officer_id: str, document_id: uuid.UUID, day: date) -> bool:
    """Tells whether an officer may open a paper: of this office, or of a unit that handles it."""
    found = select(IncomingDocument.id).where(
        IncomingDocument.id == document_id, seen_by(session, officer_id, day)
    )
    return session.scalar(found) is not None


def seen_by(session: Session, officer_id: str, day: date) -> ColumnElement[bool]:
    """Returns the condition on `IncomingDocument` under which a paper is an officer's to see."""
    held = {post.organisation_id for post in posts_on(session, officer_id, day)}
    if office_facts(session).organisation_id in held:
        return true()
    return IncomingDocument.id.in_(
        select(IncomingAssignment.document_id).where(
            or_(
                IncomingAssignment.officer_id == officer_id,
                IncomingAssignment.organisation_id.in_(held),
            )
        )
    )


def _filters(document: IncomingDocument, *, late: bool, mine: bool, asked: bool) -> frozenset[str]:
    state = document.state
    found = (
        ("", True),
        ("cho-tiep-nhan", state == "arrived"),
        ("cho-phan-cong", state == "accepted"),
        ("dang-giai-quyet", state in BEING_HANDLED),
        ("qua-han", late),
        ("cua-toi", mine and state in BEING_HANDLED),
        ("thu-hoi", asked),
        ("xong", state == "done"),
        ("tra-lai", state in ("refused", "recalled", "replaced")),
    )
    return frozenset(key for key, true in found if true)
