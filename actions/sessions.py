"""Sessions of signed-in browsers. The database knows the SHA-256 of a token, never the token."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from actions.access import officer_actor
from actions.account_rows import note_done
from actions.auditing import Actor
from actions.ceremonies import forget_all
from actions.desk import local_day
from actions.errors import NotFoundError
from models.officer import Account, SignInSession
from models.session import Database

LIFETIME = timedelta(hours=12)
"""A session ends with the working day, used or not."""
KEPT = timedelta(days=30)
"""How long an ended session's row stays, for whoever looks into an incident."""
TOKEN_BYTES = 32
USED_EVERY = timedelta(minutes=1)
"""How often the last use of a session is written down."""
LONGEST_AGENT = 300
KEY_LENGTH = 32
"""Hex digits by which a session is named on its owner's page: not enough of it to be a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whence:
    """The browser that signs in, as far as it is known."""

    address: str = ""
    agent: str = ""


NOWHERE = Whence()
"""A terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A session that was just opened."""

    token: str
    """For the browser's cookie; nowhere else, and not to be had again."""
    csrf_token: str
    """For the forms of the pages."""
    officer_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who a token belongs to."""

    officer_id: str
    actor: Actor
    """The officer with the post held today, for deeds."""
    csrf_token: str
    expires_at: datetime
    key: str
    """Names this session among its owner's."""
    must_change: bool = False
    """The password was given by somebody else and must be changed first."""

    def sent_by(self, csrf_token: str | None) -> bool:
        """Tells whether a form came from one of this session's own pages."""
        return hmac.compare_digest(self.csrf_token.encode(), (csrf_token or "").encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """One of an officer's open sessions."""

    key: str
    way: str
    address: str
    agent: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


def open_session(
    session: Session,
    officer_id: str,
    at: datetime,
    *,
    way: str = "password",
    whence: Whence = NOWHERE,
) -> NewSession:
    """Opens a session and clears away rows of the officer that are long over. Does not commit."""
    session.execute(
        delete(SignInSession).where(
            SignInSession.officer_id == officer_id, SignInSession.expires_at < at - KEPT
        )
    )
    token, csrf_token = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        SignInSession(
            token_sha256=_digest(token),
            officer_id=officer_id,
            csrf_token=csrf_token,
            created_at=at,
            expires_at=at + LIFETIME,
            way=way,
            address=whence.address[:64],
            agent=whence.agent[:LONGEST_AGENT],
            last_used_at=at,
        )
    )
    return NewSession(
        token=token, csrf_token=csrf_token, officer_id=officer_id, expires_at=at + LIFETIME
    )


def session_officer(database: Database, token: str, at: datetime) -> SignedIn | None:
    """Returns whose session a token opens, or None: unknown, over, or its officer is out."""
    with database.reading() as session:
        row = session.get(SignInSession, _digest(token))
        if row is None or row.ended_at is not None or row.expires_at <= at:
            return None
        account = session.get(Account, row.officer_id)
        if account is None or account.disabled_at is not None:
            return None
        try:
            actor = officer_actor(session, row.officer_id, local_day(at))
        except NotFoundError:  # has left since
            return None
        found = SignedIn(
            officer_id=row.officer_id,
            actor=actor,
            csrf_token=row.csrf_token,
            expires_at=row.expires_at,
            key=row.token_sha256[:KEY_LENGTH],
            must_change=account.must_change,
        )
        is_old = row.last_used_at is None or row.last_used_at + USED_EVERY <= at
    if is_old:
        with database.writing() as session:
            session.execute(
                update(SignInSession)
                .where(SignInSession.token_sha256 == _digest(token))
                .values(last_used_at=at)
            )
    return found


def open_sessions(session: Session, officer_id: str, at: datetime) -> list[OpenSession]:
    """Returns an officer's open sessions, the one used last first."""
    rows = session.scalars(
        select(SignInSession).where(
            SignInSession.officer_id == officer_id,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > at,
        )
    )
    found = [
        OpenSession(
            key=row.token_sha256[:KEY_LENGTH], way=row.way, address=row.address, agent=row.agent,
            created_at=row.created_at, last_used_at=row.last_used_at or row.created_at,
            expires_at=row.expires_at,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.last_used_at, one.key), reverse=True)


def end_own_session(database: Database, key: str, *, actor: Actor, at: datetime) -> bool:
    """Ends one of the actor's own sessions; tells whether there was one. Idempotent."""
    return _end_own(database, _key() == key, actor, at) > 0


def end_other_sessions(database: Database, kept: str, *, actor: Actor, at: datetime) -> int:
    """Ends the actor's own sessions but one; returns how many there were."""
    return _end_own(database, _key() != kept, actor, at)


def _end_own(database: Database, which: ColumnElement[bool], actor: Actor, at: datetime) -> int:
    if actor.kind != "officer":
        return 0
    with database.writing() as session:
        ended = _end(session, at, which, SignInSession.officer_id == actor.id)
        if ended:
            note_done(
                session, actor, "end_sessions", officer_id=actor.id, at=at,
                detail={"sessions_ended": ended},
            )  # fmt: skip
    return ended


def end_session(database: Database, token: str, at: datetime) -> bool:
    """Signs a browser out; tells whether there was anything to end."""
    signed_in = session_officer(database, token, at)
    if signed_in is None:
        return False
    with database.writing() as session:
        ended = _end(session, at, SignInSession.token_sha256 == _digest(token))
        note_done(
            session, signed_in.actor, "sign_out", officer_id=signed_in.officer_id, at=at,
            detail={"sessions_ended": ended},
        )  # fmt: skip
    return ended > 0


def end_all(session: Session, officer_id: str, at: datetime, *, keep: str = "") -> int:
    """Ends every session of an officer but the one named, and what is half open.

    Does not commit and writes no event.
    """
    forget_all(session, officer_id)
    return _end(session, at, SignInSession.officer_id == officer_id, _key() != keep)


def _end(session: Session, at: datetime, *which: ColumnElement[bool]) -> int:
    ended = session.scalars(
        update(SignInSession)
        .where(*which, SignInSession.ended_at.is_(None), SignInSession.expires_at > at)
        .values(ended_at=at)
        .returning(SignInSession.token_sha256)
    ).all()
    return len(ended)


def _key() -> ColumnElement[str]:
    return func.substr(SignInSession.token_sha256, 1, KEY_LENGTH)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
