"""Single sign-on: who is known to a sign-on service, tied to an officer, is let in.

The service vouches for a subject; which officer that is, is ours to say: an administrator's link,
or, where the office wants it, a verified address that exactly one officer has.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from actions.account_rows import (
    SignInRefusedError,
    StepOverError,
    account_of,
    note_done,
    officer_of,
)
from actions.accounts import require_administrator
from actions.auditing import Actor, append_event
from actions.ceremonies import LIFETIME, begin, take
from actions.errors import AlreadyDoneError, InvalidInputError, Problem
from actions.guessing import locked_row
from actions.recording import recording_refusals
from actions.second_factor import has_second_factor
from actions.sessions import NOWHERE, NewSession, Whence
from actions.signing_in import SecondStep, let_in, stands
from models.credential import CeremonyKind, ExternalIdentity
from models.officer import Account, Officer
from models.session import Database

LONGEST_SUBJECT: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouching:
    """For whom a service vouches, after its proof was checked."""

    issuer: str
    subject: str
    email: str
    """Verified by the service; empty otherwise."""


def begin_sign_on(database: Database, data: dict[str, Any], *, at: datetime) -> str:
    """Writes down what the way back is held against; returns the state that comes with it."""
    with database.writing() as session:
        kind = CeremonyKind.SINGLE_SIGN_ON
        return begin(session, kind, officer_id=None, at=at, data=data)


def take_sign_on(database: Database, state: str, *, at: datetime) -> dict[str, Any]:
    """Returns what was written down for a state, once.

    Raises:
        StepOverError: unknown, too late, or taken before.
    """
    with database.writing() as session:
        found = take(session, CeremonyKind.SINGLE_SIGN_ON, state, at)
    if found is None:
        raise StepOverError
    return found.data


def sign_on(
    database: Database,
    vouching: Vouching,
    *,
    by_email: bool,
    at: datetime,
    whence: Whence = NOWHERE,
) -> NewSession | SecondStep:
    """Signs in the officer who is tied to a subject; an account with a second factor asks for it.

    Args:
        database: migrated tables.
        vouching: what the service vouches for.
        by_email: whether a verified address that one officer alone has ties the two.
        at: aware, UTC.
        whence: the browser.

    Raises:
        SignInRefusedError: nobody is tied to it, no account, closed, locked, or left.
    """
    with database.writing() as session:
        officer_id = _linked(session, vouching, at)
        if officer_id is None and by_email:
            officer_id = _link_by_email(session, vouching, at)
        reason = "not_linked" if officer_id is None else _stands(session, officer_id, at)
        if officer_id is not None and reason is None:
            if has_second_factor(session, officer_id):
                token = begin(session, CeremonyKind.SECOND_STEP, officer_id=officer_id, at=at)
                return SecondStep(token=token, expires_at=at + LIFETIME)
            return let_in(session, officer_id, way="sso", at=at, whence=whence)
        refusal = SignInRefusedError(reason or "not_linked")
        # The subject is named: an administrator needs it to make the link.
        append_event(
            session, actor=Actor(kind="unknown", id="", name="Chưa đăng nhập"), deed="sign_in",
            outcome="refused", subject_kind="account", subject_id=officer_id or "",
            detail={"code": refusal.code, "reason": refusal.reason, "issuer": vouching.issuer,
                    "subject": vouching.subject[:LONGEST_SUBJECT]},
            at=at,
        )  # fmt: skip
    raise refusal


def link_identity(
    database: Database, *, officer_id: str, issuer: str, subject: str, at: datetime, actor: Actor
) -> None:
    """Ties a subject of a sign-on service to an officer.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: the officer has no account.
        InvalidInputError: the subject is empty or too long.
        AlreadyDoneError: the subject is tied already, to this officer or another.
    """
    subject = subject.strip()
    with (
        recording_refusals(
            database, actor, "link_identity", kind="account", subject=officer_id, at=at
        ),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "nối tài khoản đăng nhập một lần")
        account_of(session, officer_id)
        if not subject or len(subject) > LONGEST_SUBJECT or not subject.isascii():
            reason = f"phải có từ 1 đến {LONGEST_SUBJECT} ký tự ASCII, như dịch vụ ghi (sub)."
            raise InvalidInputError(Problem(place="Mã ở dịch vụ", reason=reason))
        known = _row(session, issuer, subject)
        if known is not None:
            name = officer_of(session, known.officer_id).name
            raise AlreadyDoneError(f"Nối mã “{subject}” với {name}")
        _link(session, officer_id, issuer, subject, basis="linked", at=at)
        detail = {"issuer": issuer, "subject": subject, "basis": "linked"}
        note_done(session, actor, "link_identity", officer_id=officer_id, at=at, detail=detail)


def unlink_identities(database: Database, *, officer_id: str, at: datetime, actor: Actor) -> int:
    """Unties an officer from every sign-on service; returns how many ties there were.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: the officer has no account.
    """
    with (
        recording_refusals(
            database, actor, "unlink_identity", kind="account", subject=officer_id, at=at
        ),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "bỏ nối tài khoản đăng nhập một lần")
        account_of(session, officer_id)
        gone = session.scalars(
            delete(ExternalIdentity)
            .where(ExternalIdentity.officer_id == officer_id)
            .returning(ExternalIdentity.subject)
        ).all()
        if gone:
            detail = {"subjects": list(gone)}
            note_done(
                session, actor, "unlink_identity", officer_id=officer_id, at=at, detail=detail
            )
    return len(gone)


def _row(session: Session, issuer: str, subject: str) -> ExternalIdentity | None:
    return session.scalars(
        select(ExternalIdentity).where(
            ExternalIdentity.issuer == issuer, ExternalIdentity.subject == subject
        )
    ).one_or_none()


def _linked(session: Session, vouching: Vouching, at: datetime) -> str | None:
    row = _row(session, vouching.issuer, vouching.subject)
    if row is None:
        return None
    row.last_used_at = at
    return row.officer_id


def _link_by_email(session: Session, vouching: Vouching, at: datetime) -> str | None:
    """Ties by a verified address; never where two officers have it, or one is tied elsewhere."""
    if not vouching.email:
        return None
    found = session.scalars(
        select(Officer.id).where(func.lower(Officer.email) == vouching.email.lower())
    ).all()
    if len(found) != 1 or session.get(Account, found[0]) is None:
        return None
    [officer_id] = found
    other = session.scalars(
        select(ExternalIdentity.id).where(
            ExternalIdentity.officer_id == officer_id, ExternalIdentity.issuer == vouching.issuer
        )
    ).first()
    if other is not None or _stands(session, officer_id, at) is not None:
        return None
    _link(session, officer_id, vouching.issuer, vouching.subject, basis="email", at=at)
    actor = Actor(kind="unknown", id="", name="Chưa đăng nhập")
    detail = {"issuer": vouching.issuer, "subject": vouching.subject, "basis": "email"}
    note_done(session, actor, "link_identity", officer_id=officer_id, at=at, detail=detail)
    return officer_id


def _link(
    session: Session, officer_id: str, issuer: str, subject: str, *, basis: str, at: datetime
) -> None:
    session.add(
        ExternalIdentity(
            id=uuid.uuid4(), issuer=issuer, subject=subject, officer_id=officer_id, basis=basis,
            created_at=at,
        )
    )  # fmt: skip
    session.flush()


def _stands(session: Session, officer_id: str, at: datetime) -> str | None:
    if session.get(Account, officer_id) is None:
        return "no_account"
    return stands(session, locked_row(session, officer_id), at)
