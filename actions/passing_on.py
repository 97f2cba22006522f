"""What an officer who leaves has beside directives: papers, opinions, drafts, things taken up.

Incoming papers, opinions and what was begun and not handed in pass to who takes over; without
anybody they stay and are told. What was taken from a queue waits for everybody again.
`actions.handing_over` does the same for directives.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select, text, update

from actions.access import ROLE_WORDS, roles_on
from actions.auditing import append_event
from actions.desk import Deed
from actions.handing_over import Leaver, Passed, Piece
from actions.incoming.register_lines import fill
from actions.incoming.registers import handler_names
from actions.incoming.rows import SUBJECT
from actions.working.keeping import KIND as WORKING
from models.directive import Directive
from models.discussion import OpinionRequest
from models.incoming import AT_HAND, IncomingAssignment, IncomingDocument
from models.officer import Role
from models.work import Claim
from models.working import WorkingDraft

OPINION: Final = "người được xin ý kiến"
LEADS: Final = "chủ trì giải quyết"
TAKES_PART: Final = "phối hợp giải quyết"
ASSIGNS: Final = "người được trình để phân công"
_NOBODY: Final = "Chưa nêu ai nhận việc này; nêu người nhận rồi làm lại."


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedPaper(Piece):
    """A piece that belongs to an incoming paper."""

    paper_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedDraft(Piece):
    """What was begun and not handed in."""

    draft_id: uuid.UUID


def pass_on_opinions(deed: Deed, leaver: Leaver) -> tuple[Passed, ...]:
    """Passes on the opinions asked of the leaver. Does not commit; idempotent."""
    return tuple(_opinions(deed, leaver))


def pass_on_papers(deed: Deed, leaver: Leaver) -> tuple[PassedPaper, ...]:
    """Passes on the leaver's part in incoming papers. Does not commit; idempotent."""
    return (*_papers(deed, leaver), *_presented(deed, leaver))


def pass_on_drafts(deed: Deed, leaver: Leaver) -> tuple[PassedDraft, ...]:
    """Passes on what the leaver has begun to write. Does not commit; idempotent.

    The working copy of a directive goes with the directive, unless its new drafter has one.
    """
    begun = deed.session.scalars(
        select(WorkingDraft)
        .where(WorkingDraft.officer_id == leaver.officer.id)
        .order_by(WorkingDraft.created_at, WorkingDraft.id)
    ).all()
    for copy in begun:
        if copy.directive_id is not None and leaver.to is not None:
            _follow(deed, copy, leaver.to.id)
    return tuple(_draft(deed, leaver, one) for one in begun if one.directive_id is None)


def give_back_claims(deed: Deed, officer_id: str) -> int:
    """Gives back what the officer took from queues; returns how many things."""
    given = deed.session.execute(delete(Claim).where(Claim.officer_id == officer_id))
    return int(given.rowcount)  # type: ignore[attr-defined]  # a DELETE gives a CursorResult


def _opinions(deed: Deed, leaver: Leaver) -> Iterator[Passed]:
    asked = deed.session.execute(
        select(OpinionRequest, Directive)
        .join(Directive, Directive.id == OpinionRequest.directive_id)
        .where(
            OpinionRequest.officer_id == leaver.officer.id,
            OpinionRequest.answered_at.is_(None),
            OpinionRequest.withdrawn_at.is_(None),
        )
        .order_by(OpinionRequest.asked_at, OpinionRequest.id)
    ).all()
    for one, directive in asked:
        outcome, words = "left", _NOBODY
        if leaver.to is not None and leaver.to.id == one.asked_by:
            words = f"{leaver.to.name} là người xin ý kiến; nêu người khác."
        elif leaver.to is not None:
            one.officer_id = leaver.to.id
            outcome, words = "handed", f"{leaver.to.name} cho ý kiến."
        deed.session.flush()
        passed = Passed(
            directive_id=directive.id, title=directive.number_text or "Dự thảo",
            subject=directive.subject, what=OPINION, outcome=outcome, words=words,
        )  # fmt: skip
        # In an absence what stays is looked at time and again, and noted by nobody.
        if outcome == "handed" or leaver.absence_id is None:
            _note(deed, leaver, passed, "directive", directive.id)
        yield passed


def _draft(deed: Deed, leaver: Leaver, one: WorkingDraft) -> PassedDraft:
    to, what = leaver.to, ROLE_WORDS[Role.DRAFTER]
    if to is None:
        outcome, words = "left", _NOBODY
    elif Role.DRAFTER not in roles_on(deed.session, to.id, one.organisation_id, leaver.day):
        outcome, words = "left", f"{to.name} không có vai trò {what}; nêu người khác."
    else:
        one.officer_id, one.window = to.id, None
        outcome, words = "handed", f"{to.name} soạn thảo tiếp."
    passed = PassedDraft(
        draft_id=one.id, title="Bản đang soạn, chưa trình",
        subject=one.body["title"] or one.body["doc_type"], what=what, outcome=outcome, words=words,
    )  # fmt: skip
    if outcome == "left":
        _note(deed, leaver, passed, WORKING, one.id)
    else:
        # Its new writer is told.
        detail = {**leaver.detail(passed), "officer": one.officer_id}
        append_event(
            deed.session, actor=deed.actor, deed="pass_draft", outcome="done",
            subject_kind=WORKING, subject_id=str(one.id), at=deed.at, detail=detail,
        )  # fmt: skip
    return passed


def _follow(deed: Deed, copy: WorkingDraft, officer_id: str) -> None:
    """The text that somebody was changing stays with who drafts the directive now."""
    directive = deed.session.get_one(Directive, copy.directive_id)
    theirs = select(WorkingDraft.id).where(
        WorkingDraft.officer_id == officer_id, WorkingDraft.directive_id == copy.directive_id
    )
    if directive.drafter_id == officer_id and deed.session.scalars(theirs).first() is None:
        copy.officer_id, copy.window = officer_id, None
        deed.session.flush()


def _papers(deed: Deed, leaver: Leaver) -> Iterator[PassedPaper]:
    at_hand = deed.session.execute(
        select(IncomingAssignment, IncomingDocument)
        .join(IncomingDocument, IncomingDocument.id == IncomingAssignment.document_id)
        .where(
            IncomingAssignment.officer_id == leaver.officer.id,
            text(f"incoming_assignment.{AT_HAND}"),
        )
        .order_by(IncomingDocument.arrived_at, IncomingDocument.id)
    ).all()
    for one, paper in at_hand:
        what, outcome, words = LEADS if one.leads else TAKES_PART, "left", _NOBODY
        if leaver.to is not None:
            _give(deed, one, leaver.to.id)
            outcome, words = "handed", f"{leaver.to.name} {what} tiếp."
        yield _passed_paper(deed, leaver, paper, what, outcome, words)
        if outcome == "handed":
            _enter_who_has_it(deed, paper)


def _give(deed: Deed, one: IncomingAssignment, officer_id: str) -> None:
    """Each handles a paper once: who takes over and has a part in it already keeps the larger."""
    theirs = deed.session.scalars(
        select(IncomingAssignment).where(
            IncomingAssignment.document_id == one.document_id,
            IncomingAssignment.officer_id == officer_id,
        )
    ).first()
    if theirs is None:
        one.officer_id = officer_id
    elif one.leads or theirs.state == "done":
        deed.session.delete(theirs)
        deed.session.flush()
        one.officer_id = officer_id
    else:
        deed.session.delete(one)
    deed.session.flush()


def _enter_who_has_it(deed: Deed, paper: IncomingDocument) -> None:
    made = deed.session.scalars(
        select(IncomingAssignment)
        .where(IncomingAssignment.document_id == paper.id)
        .order_by(IncomingAssignment.leads.desc(), IncomingAssignment.id)
    ).all()
    names = handler_names(deed.session, made)
    fill(deed, paper, receiver="; ".join(names[one.id] for one in made))


def _presented(deed: Deed, leaver: Leaver) -> Iterator[PassedPaper]:
    papers = deed.session.scalars(
        select(IncomingDocument)
        .where(
            IncomingDocument.presented_to_id == leaver.officer.id,
            IncomingDocument.state == "accepted",
        )
        .order_by(IncomingDocument.arrived_at, IncomingDocument.id)
    ).all()
    for paper in papers:
        deed.session.execute(
            update(IncomingDocument)
            .where(IncomingDocument.id == paper.id)
            .values(presented_to_id=leaver.to.id if leaver.to else None)
        )
        who = leaver.to.name if leaver.to else "Lãnh đạo cơ quan"
        yield _passed_paper(deed, leaver, paper, ASSIGNS, "handed", f"{who} phân công giải quyết.")


def _passed_paper(  # noqa: PLR0917 (one line of a record)
    deed: Deed, leaver: Leaver, paper: IncomingDocument, what: str, outcome: str, words: str
) -> PassedPaper:
    title = f"Số đến {paper.number}" if paper.number else paper.number_symbol or "Văn bản đến"
    passed = PassedPaper(
        paper_id=paper.id, title=title, subject=paper.subject, what=what,
        outcome=outcome, words=words,
    )  # fmt: skip
    _note(deed, leaver, passed, SUBJECT, paper.id)
    return passed


def _note(deed: Deed, leaver: Leaver, passed: Piece, kind: str, subject: uuid.UUID) -> None:
    append_event(
        deed.session, actor=deed.actor, deed="hand_over", outcome="done", subject_kind=kind,
        subject_id=str(subject), at=deed.at, detail=leaver.detail(passed),
    )  # fmt: skip
