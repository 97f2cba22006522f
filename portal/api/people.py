"""Officers for programs: name, posts and authorities to sign by days; the account's lock; leaving.

A password crosses no interface: accounts are opened, and ways to sign in given, at the portal.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from actions.accounts import disable_account, end_sessions
from actions.administering.people import person
from actions.desk import Desk
from actions.leaving import Left, leave, preview
from actions.office_forms.officers import (
    add_authority,
    add_post,
    end_authority,
    end_post,
    officer_seen,
    save_officer,
)
from actions.reopening import reopen_account, unlock_account
from models.officer import Capacity, Role
from portal.administering import MOST_REASON
from portal.api.absences import Piece, piece_of
from portal.api.office import Seen, require_administrator, typed
from portal.api.shapes import DOES, Day, Given, Key, KeyInPath, Line, Told
from portal.calling import Administers, Reads

router = APIRouter(prefix="/api/v1/officers", tags=["officers"])
Short = Annotated[str, Field(max_length=200)]
Because = Annotated[str, Field(min_length=1, max_length=MOST_REASON, pattern=r"\S")]


class PostData(Given):
    """A post with its roles, from a day to a day."""

    title: Short
    organisation: Key
    roles: Annotated[tuple[Role, ...], Field(max_length=20)] = ()
    valid_from: Day
    valid_to: Day | None = None


class OfficerData(PostData):
    """An officer with a first post."""

    name: Short
    email: Line = ""


class OfficerChange(Given):
    """Name and address as they are to be."""

    name: Short
    email: Line = ""
    seen: Seen


class PostEnds(Given):
    """A post, and its last day; one before it began takes it away."""

    organisation_id: Key
    title: Short
    began: Day
    last_day: Day


class AuthorityData(Given):
    """How an officer signs for the office, from a day to a day."""

    capacity: Capacity
    position: Annotated[Short, Field(description="As printed.")]
    lines: Annotated[
        tuple[Short, ...], Field(max_length=10, description="Printed above the position.")
    ] = ()
    doc_types: Annotated[
        tuple[Annotated[str, Field(max_length=60)], ...],
        Field(max_length=60, description="All kinds where left out."),
    ] = ()
    basis: Line = ""
    valid_from: Day
    valid_to: Day | None = None


class LastDay(Given):
    """The last day; one before it began takes it away."""

    last_day: Day


class BecauseGiven(Given):
    """Why; kept in the record."""

    reason: Because


class LeavingLook(Given):
    """The last day of service, and who takes the open work over."""

    on: Day
    to: Key | None = None


class Leaving(LeavingLook):
    """The same with the reason, which is kept in the record."""

    reason: Because


class PostEntry(Told):
    """A post of an officer."""

    organisation: str
    title: str
    roles: list[Role]
    valid_from: date
    valid_to: date | None


class AuthorityEntry(Told):
    """An authority to sign."""

    id: str
    capacity: Capacity
    on_behalf_of: str | None
    position: str
    lines: list[str]
    doc_types: list[str]
    basis: str | None
    valid_from: date
    valid_to: date | None


class OfficerEntry(Told):
    """An officer as the office's data has them."""

    id: str
    name: str
    email: str | None
    left_on: date | None
    posts: list[PostEntry]
    authorities: list[AuthorityEntry]
    seen: str
    """Names the state of name and address; given with a change."""


class LeavingSeen(Told):
    """What leaving would do now."""

    officer: str
    last_day: date
    work: list[Piece]
    remaining: list[str]
    """What nobody would have: one sentence each."""
    certificates: int
    """How many would end."""
    claims: int
    sessions: int
    tokens: int
    devices: int


@router.get("/{officer_id}")
def officer(call: Reads, officer_id: KeyInPath) -> OfficerEntry:
    """Returns one officer to change, to an administrator."""
    with call.looking() as reader:
        require_administrator(reader)
        found = officer_seen(reader.session, officer_id)
    entry = found.entry
    return OfficerEntry.model_validate(
        {
            "id": entry.id, "name": entry.name, "email": entry.email, "left_on": entry.left_on,
            "posts": entry.posts, "authorities": [one for one, _ in found.authorities],
            "seen": found.seen,
        }
    )  # fmt: skip


@router.post("", **DOES)
def adds(call: Administers, body: OfficerData) -> Response:
    """Enters an officer with a first post; the receipt names them. No account comes with it."""
    return call.do(
        lambda desk: save_officer(
            desk.database, None, typed(body), at=desk.clock(), actor=call.actor
        )
    )  # fmt: skip


@router.put("/{officer_id}", **DOES)
def changes(call: Administers, officer_id: KeyInPath, body: OfficerChange) -> Response:
    """Changes name and address."""
    return call.do(
        lambda desk: save_officer(
            desk.database, officer_id, typed(body), seen=body.seen, at=desk.clock(),
            actor=call.actor,
        )
    )  # fmt: skip


@router.post("/{officer_id}/posts", **DOES)
def adds_post(call: Administers, officer_id: KeyInPath, body: PostData) -> Response:
    """Gives an officer a post with roles."""
    return call.do(
        lambda desk: add_post(
            desk.database, officer_id, typed(body), at=desk.clock(), actor=call.actor
        )
    )  # fmt: skip


@router.post("/{officer_id}/posts/end", **DOES)
def ends_post(call: Administers, officer_id: KeyInPath, body: PostEnds) -> Response:
    """Ends a post with a day; who administers alone keeps theirs."""
    return call.do(
        lambda desk: end_post(
            desk.database, officer_id, organisation_id=body.organisation_id,
            title=body.title.strip(), began=body.began, last_day=body.last_day, at=desk.clock(),
            actor=call.actor,
        )
    )  # fmt: skip


@router.post("/{officer_id}/authorities", **DOES)
def adds_authority(call: Administers, officer_id: KeyInPath, body: AuthorityData) -> Response:
    """Lets an officer sign for the office."""
    return call.do(
        lambda desk: add_authority(
            desk.database, officer_id, typed(body), at=desk.clock(), actor=call.actor
        )
    )  # fmt: skip


@router.post("/{officer_id}/authorities/{authority_id}/end", **DOES)
def ends_authority(
    call: Administers, officer_id: KeyInPath, authority_id: KeyInPath, body: LastDay
) -> Response:
    """Ends an authority with a day."""
    return call.do(
        lambda desk: end_authority(
            desk.database, officer_id, authority_id, last_day=body.last_day, at=desk.clock(),
            actor=call.actor,
        )
    )  # fmt: skip


@router.post("/{officer_id}/account/unlock", **DOES)
def unlocks(call: Administers, officer_id: KeyInPath) -> Response:
    """Ends the lock after wrong passwords."""
    return call.do(
        lambda desk: unlock_account(
            desk.database, officer_id=officer_id, at=desk.clock(), actor=call.actor
        )
    )


@router.post("/{officer_id}/account/close", **DOES)
def closes(call: Administers, officer_id: KeyInPath, body: BecauseGiven) -> Response:
    """Takes an account out of use; its sessions end."""
    return call.do(
        lambda desk: disable_account(
            desk.database, officer_id=officer_id, at=desk.clock(), actor=call.actor,
            reason=body.reason.strip(),
        )
    )  # fmt: skip


@router.post("/{officer_id}/account/reopen", **DOES)
def reopens(call: Administers, officer_id: KeyInPath, body: BecauseGiven) -> Response:
    """Takes a closed account back into use; its password stays, its sessions do not."""
    return call.do(
        lambda desk: reopen_account(
            desk.database, officer_id=officer_id, reason=body.reason, at=desk.clock(),
            actor=call.actor,
        )
    )  # fmt: skip


@router.post("/{officer_id}/account/end-sessions", **DOES)
def ends_sessions(call: Administers, officer_id: KeyInPath) -> Response:
    """Ends all sessions of an officer."""
    with call.looking() as reader:
        person(reader.session, call.actor, officer_id, at=call.portal.at())
    return call.do(
        lambda desk: end_sessions(desk.database, officer_id, at=desk.clock(), actor=call.actor)
    )


@router.post("/{officer_id}/leave/look")
def looks(call: Administers, officer_id: KeyInPath, body: LeavingLook) -> LeavingSeen:
    """Returns what an officer's leaving would do now; nothing is done."""
    left = preview(
        call.portal.database, officer_id, on=body.on, to=body.to, at=call.portal.at(),
        actor=call.actor,
    )  # fmt: skip
    return LeavingSeen.model_validate(
        {
            "officer": left.officer, "last_day": left.last_day,
            "work": [piece_of(one) for one in left.pieces], "remaining": list(left.remaining),
            "certificates": len(left.certificates), "claims": left.claims,
            "sessions": left.sessions, "tokens": left.tokens, "devices": left.devices,
        }
    )  # fmt: skip


@router.post("/{officer_id}/leave", **DOES)
def leaves(call: Administers, officer_id: KeyInPath, body: Leaving) -> Response:
    """Ends an officer's service and hands the open work over."""
    done: list[Left] = []

    def does(desk: Desk) -> None:
        done.append(
            leave(
                desk.database, officer_id, on=body.on, to=body.to, reason=body.reason,
                at=desk.clock(), actor=call.actor,
            )
        )  # fmt: skip

    answer = call.do(does)
    for left in done:
        for one in left.work:
            call.portal.nudge(one.directive_id)
    return answer
