"""Who handles an incoming paper begins and finishes; the sender hears 05 and 06.

The paper is done when the lead says so; those who coordinate must have finished before, or the
leader ends their part with a reason. Source: NĐ 30/2020 Đ24; QĐ 28/2018 Đ9.2.
"""

import uuid
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.access import posts_on
from actions.auditing import Actor
from actions.closing import require_reason
from actions.desk import Deed, Desk, doing
from actions.errors import (
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    Problem,
    WrongStateError,
)
from actions.incoming.answering import queue_status
from actions.incoming.assigning import may_assign
from actions.incoming.register_lines import fill
from actions.incoming.registers import handler_names
from actions.incoming.rows import SUBJECT, change, get_document, require_state
from actions.incoming.words import ASSIGNMENT_WORDS
from models.incoming import IncomingAssignment, IncomingDocument


def begin(desk: Desk, actor: Actor, assignment_id: uuid.UUID) -> None:
    """Begins work; the first to begin makes the paper being handled (05).

    Raises:
        NotFoundError: no such assignment; the paper may have been assigned anew.
        NotAuthorisedError: it is not the actor's.
        WrongStateError: begun or done before, or the paper is taken back.
    """
    with doing(desk, actor, "begin_incoming", kind=SUBJECT) as deed:
        assignment, document = _mine(deed, assignment_id, "giải quyết văn bản đến")
        require_state(document, "assigned", "in_progress")
        _move(deed, assignment, "open", state="working")
        fill(deed, document, received_by=deed.actor.name)
        if document.state == "assigned":
            change(deed, document, "assigned", state="in_progress")
            queue_status(desk, deed, document, "05")


def finish(desk: Desk, actor: Actor, assignment_id: uuid.UUID, *, result: str) -> bool:
    """Finishes an assignment. Returns whether the whole paper is done with it (06).

    Raises:
        NotFoundError, NotAuthorisedError: as in `begin`; the leader may end any part.
        WrongStateError: done before, or the paper is taken back.
        InvalidInputError: no result is said, or others still work while the lead would end.
    """
    with doing(desk, actor, "finish_incoming", kind=SUBJECT) as deed:
        assignment, document = _mine(deed, assignment_id, "kết thúc giải quyết văn bản đến")
        require_state(document, "assigned", "in_progress")
        said = require_reason(result, "Kết quả giải quyết")
        if assignment.leads:
            _require_all_done(deed.session, assignment)
        _move(deed, assignment, "open", "working", state="done", result=said, done_at=deed.at)
        if not assignment.leads:
            return False
        change(deed, document, "assigned", "in_progress", state="done", done_at=deed.at)
        queue_status(desk, deed, document, "06", said=said)
        return True


def handles(session: Session, officer_id: str, assignment: IncomingAssignment, day: date) -> bool:
    """Tells whether an assignment is an officer's: by name, or by a post at the unit."""
    if assignment.officer_id is not None:
        return assignment.officer_id == officer_id
    held = posts_on(session, officer_id, day)
    return any(post.organisation_id == assignment.organisation_id for post in held)


def assignments_of(session: Session, document_id: uuid.UUID) -> list[IncomingAssignment]:
    """Returns the assignments of a paper, the lead first."""
    return list(
        session.scalars(
            select(IncomingAssignment)
            .where(IncomingAssignment.document_id == document_id)
            .order_by(
                IncomingAssignment.leads.desc(),
                IncomingAssignment.assigned_at,
                IncomingAssignment.id,
            )
        )
    )


def _mine(
    deed: Deed, assignment_id: uuid.UUID, what: str
) -> tuple[IncomingAssignment, IncomingDocument]:
    assignment = deed.session.get(IncomingAssignment, assignment_id)
    if assignment is None:
        raise NotFoundError("phân công (có thể vừa được phân công lại)", assignment_id)
    deed.subject_id = str(assignment.document_id)
    document = get_document(deed.session, assignment.document_id)
    actor, session = deed.actor, deed.session
    theirs = actor.kind == "officer" and (
        handles(session, actor.id, assignment, deed.day)
        or may_assign(session, actor.id, document, deed.day)
    )
    if not theirs:
        name = handler_names(session, [assignment])[assignment.id]
        raise NotAuthorisedError(actor.name, what, f"{name} hoặc lãnh đạo đã phân công")
    return assignment, document


def _require_all_done(session: Session, lead: IncomingAssignment) -> None:
    others = [
        one
        for one in assignments_of(session, lead.document_id)
        if one.id != lead.id and one.state != "done"
    ]
    if others:
        names = handler_names(session, others)
        reason = (
            f"Còn đơn vị phối hợp chưa xong: {'; '.join(names[one.id] for one in others)}. Chờ các "
            "đơn vị này báo xong, hoặc đề nghị lãnh đạo kết thúc phần việc của họ."
        )
        raise InvalidInputError(Problem(place="Phối hợp", reason=reason))


def _move(
    deed: Deed,
    assignment: IncomingAssignment,
    *expected: str,
    **values: object,
) -> None:
    changed = deed.session.execute(
        update(IncomingAssignment)
        .where(IncomingAssignment.id == assignment.id, IncomingAssignment.state.in_(expected))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    deed.session.refresh(assignment)
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise WrongStateError(
            "Phần việc",
            expected=tuple(ASSIGNMENT_WORDS[one] for one in expected),
            actual=ASSIGNMENT_WORDS[assignment.state],
        )
    deed.detail |= {"assignment": str(assignment.id), **{k: str(v) for k, v in values.items()}}
