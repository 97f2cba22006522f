"""The office itself, for programs: organisations, officers, series, certificates, audit trail."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from actions.api_tokens import end_api_token, tokens_of
from actions.listing import administration as listing
from portal.api.directives import Event
from portal.api.shapes import DOES, After, Limit, Listed, Told
from portal.calling import Reads, Writes

router = APIRouter(prefix="/api/v1", tags=["administration"])


class Organisation(Told):
    """An organisation that the office knows."""

    id: str
    name: str
    abbreviation: str | None
    aliases: list[str]
    regime: str
    parent_id: str | None
    agency_id: str | None
    channel: str
    address: str | None
    email: str | None
    valid_from: date
    valid_to: date | None


class Group(Told):
    """A group of units."""

    id: str
    name: str
    aliases: list[str]


class Post(Told):
    """A post with the roles it carries."""

    organisation_id: str
    title: str
    roles: list[str]
    valid_from: date
    valid_to: date | None


class Officer(Told):
    """A person who works for the office."""

    id: str
    name: str
    email: str | None
    left_on: date | None
    posts: list[Post]


class Series(Told):
    """A number series."""

    id: str
    organisation_id: str
    regime: str
    doc_type: str | None
    period_from: date
    period_to: date | None
    stands_at: int


class AllSeries(Told):
    """The number series."""

    items: list[Series]


class Certificate(Told):
    """A registered certificate. Where its key lies is told to nobody."""

    fingerprint: str
    officer_id: str | None
    organisation_id: str | None
    subject: str
    key_kind: str
    trial: bool
    valid_from: date
    valid_to: date | None
    end_reason: str | None


class AuditEvent(Event):
    """One event of the audit trail."""

    subject_kind: str
    subject_id: str
    previous_hash: str


class Token(Told):
    """A token of the officer's own; the token itself is stored nowhere."""

    id: UUID
    label: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    ended_at: datetime | None


class Tokens(Told):
    """The tokens of the officer."""

    items: list[Token]


@router.get("/organisations")
def organisations(call: Reads, limit: Limit = 50, after: After = None) -> Listed[Organisation]:
    """Returns every organisation that the office knows."""
    with call.looking() as reader:
        found = listing.organisations(reader, after=after, limit=limit)
    return Listed(items=[Organisation.model_validate(one) for one in found.items], next=found.next)


@router.get("/groups")
def groups(call: Reads, limit: Limit = 50, after: After = None) -> Listed[Group]:
    """Returns the groups of units."""
    with call.looking() as reader:
        found = listing.groups(reader, after=after, limit=limit)
    return Listed(items=[Group.model_validate(one) for one in found.items], next=found.next)


@router.get("/officers")
def officers(call: Reads, limit: Limit = 50, after: After = None) -> Listed[Officer]:
    """Returns the officers with their posts."""
    with call.looking() as reader:
        found, posts = listing.officers(reader, after=after, limit=limit)
    return Listed(
        items=[
            Officer.model_validate(
                {
                    "id": one.id, "name": one.name, "email": one.email, "left_on": one.left_on,
                    "posts": [Post.model_validate(post) for post in posts[one.id]],
                }
            )
            for one in found.items
        ],
        next=found.next,
    )  # fmt: skip


@router.get("/series")
def series(call: Reads) -> AllSeries:
    """Returns the number series."""
    with call.looking() as reader:
        return AllSeries(items=[Series.model_validate(one) for one in listing.series(reader)])


@router.get("/certificates")
def certificates(call: Reads, limit: Limit = 50, after: After = None) -> Listed[Certificate]:
    """Returns the registered certificates, to those who look after them."""
    with call.looking() as reader:
        found = listing.certificates(reader, after=after, limit=limit)
    return Listed(items=[Certificate.model_validate(one) for one in found.items], next=found.next)


@router.get("/audit")
def audit(call: Reads, limit: Limit = 50, after: After = None) -> Listed[AuditEvent]:
    """Returns the audit trail, oldest first, to those who oversee the office."""
    with call.looking() as reader:
        found = listing.audit_trail(reader, after=after, limit=limit)
    return Listed(items=[AuditEvent.model_validate(one) for one in found.items], next=found.next)


@router.get("/tokens")
def tokens(call: Reads) -> Tokens:
    """Returns the tokens of the officer."""
    with call.looking() as reader:
        found: list[Any] = tokens_of(reader.session, call.actor.id)
    return Tokens(items=[Token.model_validate(one) for one in found])


@router.delete("/tokens/{token_id}", **DOES)
def ends_token(call: Writes, token_id: UUID) -> Response:
    """Ends a token of the officer's own, this one too. New ones are made in the portal alone."""
    return call.do(
        lambda desk: end_api_token(desk.database, token_id, at=desk.clock(), actor=call.actor)
    )
