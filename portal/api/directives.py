"""Directives for programs, by an officer's API token and within that officer's sight."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import may_see, posts_on
from actions.changing import get_directive
from actions.errors import NotFoundError
from actions.exporting import figures
from actions.progress import next_steps, timeline
from actions.signatures import without_timestamp
from models.base import DirectiveId
from models.directive import Directive
from portal.context import ThePortal
from portal.identity import Program

router = APIRouter(prefix="/api/v1/directives", tags=["directives"])


class Listed(BaseModel):
    """A directive in a list."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    number: str | None
    doc_type: str
    subject: str
    state: str
    urgency: str | None
    issue_date: date | None
    updated_at: datetime


class DirectiveList(BaseModel):
    """One page of the list."""

    items: list[Listed]
    offset: int
    more: bool


class Step(BaseModel):
    """One thing that a directive waits for."""

    kind: str
    deed: str
    words: str


class Event(BaseModel):
    """One thing that happened to it."""

    at: datetime
    actor: str
    deed: str
    outcome: str


class Whole(Listed):
    """A directive with where it stands and what happened."""

    revision: int
    issued_at: datetime | None
    closed_at: datetime | None
    frozen_sha256: str | None
    signed_sha256: str | None
    sealed_sha256: str | None
    without_timestamp: list[str]
    """`officer`, `seal`: signatures that still lack a time stamp."""
    next_steps: list[Step]
    figures: dict[str, int]
    events: list[Event]


@router.get("")
def directives(
    portal: ThePortal,
    actor: Program,
    state: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> DirectiveList:
    """Returns directives of the officer's offices, the one that changed last first."""
    with portal.database.reading() as session:
        posts = posts_on(session, actor.id, portal.today())
        query = (
            select(Directive)
            .where(Directive.organisation_id.in_({post.organisation_id for post in posts}))
            .order_by(Directive.updated_at.desc(), Directive.id)
        )
        if state is not None:
            query = query.where(Directive.state == state)
        rows = session.scalars(query.offset(offset).limit(limit + 1)).all()
    items = [Listed(**_listed(one)) for one in rows[:limit]]
    return DirectiveList(items=items, offset=offset, more=len(rows) > limit)


@router.get("/{directive_id}")
def directive(portal: ThePortal, actor: Program, directive_id: UUID) -> Whole:
    """Returns one directive. One that the officer may not see is not found."""
    with portal.database.reading() as session:
        found = get_directive(session, DirectiveId(directive_id))
        if not may_see(session, actor.id, found, portal.today()):
            raise NotFoundError("văn bản", directive_id)
        return _whole(session, found, portal.at())


def _listed(one: Directive) -> dict[str, Any]:
    same = (name for name in Listed.model_fields if name != "number")
    return {"number": one.number_text, **{name: getattr(one, name) for name in same}}


def _whole(session: Session, one: Directive, at: datetime) -> Whole:
    return Whole(
        **_listed(one),
        revision=one.revision,
        issued_at=one.issued_at,
        closed_at=one.closed_at,
        frozen_sha256=one.frozen_sha256,
        signed_sha256=one.signed_sha256,
        sealed_sha256=one.sealed_sha256,
        without_timestamp=list(without_timestamp(session, DirectiveId(one.id))),
        next_steps=[
            Step(kind=step.kind, deed=step.deed, words=step.words)
            for step in next_steps(session, one)
        ],
        figures=figures(session, one.id, at=at),
        events=[
            Event(at=entry.at, actor=entry.actor, deed=entry.deed, outcome=entry.outcome)
            for entry in timeline(session, one.id)
        ],
    )
