"""Who was asked for an opinion, what they said, who is late; and what waits for an officer."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from actions.access import BEFORE_SIGNATURE, posts_on
from actions.desk import Desk, local_day
from actions.discussing.looks import deciders_of
from actions.errors import NotFoundError
from documents.intake.folding import fold
from models.base import DirectiveId
from models.directive import Directive
from models.discussion import OpinionRequest
from models.officer import Officer, Post, in_service
from models.organisation import Organisation


class AnswerKind(StrEnum):
    """What somebody who was asked may say."""

    AGREE = "agree"
    WITH_REMARKS = "with_remarks"
    DISAGREE = "disagree"


ANSWER_WORDS = {
    AnswerKind.AGREE: "đồng ý",
    AnswerKind.WITH_REMARKS: "đồng ý, có góp ý",
    AnswerKind.DISAGREE: "không đồng ý",
}
"""How answers are called to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One request with its answer, as a page shows it."""

    id: uuid.UUID
    who: str
    """The officer or unit that was asked."""
    is_unit: bool
    asked_by: str
    asked_at: datetime
    revision: int
    question: str
    due: date
    kind: str | None
    text: str
    answered_by: str
    answered_at: datetime | None
    answered_revision: int | None
    received_as: str
    is_late: bool
    """Answered after the day, or not answered and the day is over."""
    is_mine: bool
    """Whether the reader may answer it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """All that was asked about a draft; what was withdrawn is left out."""

    rows: tuple[Opinion, ...]

    @property
    def waiting(self) -> tuple[Opinion, ...]:
        """Those without an answer."""
        return tuple(one for one in self.rows if one.kind is None)

    @property
    def late(self) -> tuple[Opinion, ...]:
        """Those without an answer whose day is over."""
        return tuple(one for one in self.waiting if one.is_late)

    @property
    def mine(self) -> tuple[Opinion, ...]:
        """Those that wait for the reader."""
        return tuple(one for one in self.waiting if one.is_mine)

    def said(self, kind: str) -> int:
        """Returns how many gave an answer of a kind."""
        return sum(one.kind == kind for one in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingOpinion:
    """A draft on which an officer's opinion waits."""

    directive_id: DirectiveId
    subject: str
    doc_type: str
    urgency: str | None
    asked_by: str
    asked_at: datetime
    due: date


def askers_of(directive: Directive) -> frozenset[str]:
    """Returns the officers who may ask others: who wrote the draft and who decides on it."""
    return deciders_of(directive) | {directive.drafter_id}


def may_answer(row: OpinionRequest, officer_id: str, posts: Collection[str]) -> bool:
    """Tells whether an officer with posts at these organisations was asked."""
    return row.officer_id == officer_id or row.organisation_id in posts


def open_request(desk: Desk, request_id: uuid.UUID) -> OpinionRequest:
    """Returns a request that was not withdrawn.

    Raises:
        NotFoundError: there is none.
    """
    with desk.database.reading() as session:
        row = session.get(OpinionRequest, request_id)
    if row is None or row.withdrawn_at is not None:
        raise NotFoundError("lần xin ý kiến", request_id)
    return row


def opinions_of(session: Session, directive: Directive, officer_id: str, at: datetime) -> Opinions:
    """Returns what was asked about a directive and answered, for a reader, in order."""
    asker, asked, answerer = (aliased(Officer) for _ in range(3))
    found = session.execute(
        select(OpinionRequest, asker.name, asked.name, Organisation.name, answerer.name)
        .join(asker, asker.id == OpinionRequest.asked_by)
        .outerjoin(asked, asked.id == OpinionRequest.officer_id)
        .outerjoin(Organisation, Organisation.id == OpinionRequest.organisation_id)
        .outerjoin(answerer, answerer.id == OpinionRequest.answered_by)
        .where(OpinionRequest.directive_id == directive.id, OpinionRequest.withdrawn_at.is_(None))
        .order_by(OpinionRequest.asked_at, asked.sort_key, Organisation.sort_key)
    ).all()
    day = local_day(at)
    posts = {post.organisation_id for post in posts_on(session, officer_id, day)} if found else ()
    return Opinions(
        rows=tuple(
            Opinion(
                id=row.id, who=officer or unit or "", is_unit=officer is None, asked_by=by,
                asked_at=row.asked_at, revision=row.revision, question=row.question, due=row.due,
                kind=row.answer, text=row.text, answered_by=answered or "",
                answered_at=row.answered_at, answered_revision=row.answered_revision,
                received_as=row.received_as or "",
                is_late=(local_day(row.answered_at) if row.answered_at else day) > row.due,
                is_mine=may_answer(row, officer_id, posts),
            )
            for row, by, officer, unit, answered in found
        )
    )  # fmt: skip


def opinions_for(
    session: Session, officer_id: str, at: datetime, *, most: int = 200
) -> tuple[WaitingOpinion, ...]:
    """Returns the drafts on which an officer's opinion waits, the earliest day first."""
    day = local_day(at)
    posts = [post.organisation_id for post in posts_on(session, officer_id, day)]
    found = session.execute(
        select(OpinionRequest, Officer.name, Directive)
        .join(Directive, Directive.id == OpinionRequest.directive_id)
        .join(Officer, Officer.id == OpinionRequest.asked_by)
        .where(_is_asked(officer_id, posts), *_still_waits())
        .order_by(OpinionRequest.due, OpinionRequest.id)
        .limit(most)
    )
    return tuple(
        WaitingOpinion(
            directive_id=directive.id, subject=directive.subject, doc_type=directive.doc_type,
            urgency=directive.urgency, asked_by=name, asked_at=row.asked_at, due=row.due,
        )
        for row, name, directive in found
    )  # fmt: skip


def waiting_for(session: Session, directive: Directive) -> dict[str, str]:
    """Returns who was asked about a directive and has not answered: identifier to name."""
    found = session.execute(
        select(OpinionRequest, Officer.name, Organisation.name)
        .outerjoin(Officer, Officer.id == OpinionRequest.officer_id)
        .outerjoin(Organisation, Organisation.id == OpinionRequest.organisation_id)
        .where(
            OpinionRequest.directive_id == directive.id,
            OpinionRequest.answered_at.is_(None),
            OpinionRequest.withdrawn_at.is_(None),
        )
    )
    return {row.officer_id or row.organisation_id: officer or unit for row, officer, unit in found}


def _is_asked(officer_id: str, posts: Collection[str]) -> ColumnElement[bool]:
    return or_(OpinionRequest.officer_id == officer_id, OpinionRequest.organisation_id.in_(posts))


def _still_waits() -> tuple[ColumnElement[bool], ...]:
    return (
        OpinionRequest.answered_at.is_(None),
        OpinionRequest.withdrawn_at.is_(None),
        Directive.state.in_([state.value for state in BEFORE_SIGNATURE]),
        Directive.signed_sha256.is_(None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who may be asked."""

    id: str
    name: str
    post: str
    """Title and organisation; empty for a unit."""


MOST_SHOWN = 60
"""Candidates that a page shows at once; the search narrows them."""


def officers_to_ask(
    session: Session, organisation_id: str, words: str, day: date
) -> tuple[Candidate, ...]:
    """Returns officers who may be asked: the office's own, or those whose name holds the words."""
    query = (
        select(Officer.id, Officer.name, Post.title, Organisation.name, Organisation.id)
        .join(Post, Post.officer_id == Officer.id)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .where(
            Post.valid_from <= day,
            or_(Post.valid_to.is_(None), Post.valid_to >= day),
            in_service(day),
        )
        .order_by(Officer.sort_key, Post.id)
    )
    wanted = fold(words).split()
    if not wanted:
        query = query.where(Organisation.id == organisation_id)
    found: dict[str, Candidate] = {}
    for key, name, title, unit, unit_id in session.execute(query):
        if wanted and not _holds(f"{name} {title} {unit}", wanted):
            continue
        post = title if unit_id == organisation_id else f"{title} · {unit}"
        found.setdefault(key, Candidate(id=key, name=name, post=post))
        if len(found) >= MOST_SHOWN:
            break
    return tuple(found.values())


def units_to_ask(
    session: Session, organisation_id: str, words: str, day: date
) -> tuple[Candidate, ...]:
    """Returns units whose name or other name holds the words; none without words."""
    wanted = fold(words).split()
    if not wanted:
        return ()
    rows = session.scalars(
        select(Organisation)
        .where(
            Organisation.id != organisation_id,
            Organisation.valid_from <= day,
            or_(Organisation.valid_to.is_(None), Organisation.valid_to >= day),
        )
        .order_by(Organisation.sort_key)
    )
    found = (
        Candidate(id=row.id, name=row.name, post="")
        for row in rows
        if _holds(" ".join((row.name, row.abbreviation or "", *row.aliases)), wanted)
    )
    return tuple(islice(found, MOST_SHOWN))


def _holds(name: str, wanted: list[str]) -> bool:
    folded = fold(name)
    return all(word in folded for word in wanted)
