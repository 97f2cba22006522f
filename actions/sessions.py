"""Sessions of signed-in browsers. The database knows the SHA-256 of a token, never the token."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.orm import Session

from actions.access import officer_actor
from actions.account_rows import note_done
from actions.auditing import Actor
from actions.desk import local_day
from actions.errors import NotFoundError
from models.officer import Account, SignInSession
from models.session import Database

LIFETIME = timedelta(hours=12)
"""A session ends with the working day, used or not."""
KEPT = timedelta(days=30)
"""How long an ended session's row stays, for whoever looks into an incident."""
TOKEN_BYTES = 32


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

    def sent_by(self, csrf_token: str | None) -> bool:
        """Tells whether a form came from one of this session's own pages."""
        return hmac.compare_digest(self.csrf_token.encode(), (csrf_token or "").encode())


def open_session(session: Session, officer_id: str, at: datetime) -> NewSession:
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
        return SignedIn(
            officer_id=row.officer_id,
            actor=actor,
            csrf_token=row.csrf_token,
            expires_at=row.expires_at,
        )


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


def end_all(session: Session, officer_id: str, at: datetime) -> int:
    """Ends every session of an officer. Does not commit and writes no event."""
    return _end(session, at, SignInSession.officer_id == officer_id)


def _end(session: Session, at: datetime, which: ColumnElement[bool]) -> int:
    ended = session.scalars(
        update(SignInSession)
        .where(which, SignInSession.ended_at.is_(None), SignInSession.expires_at > at)
        .values(ended_at=at)
        .returning(SignInSession.token_sha256)
    ).all()
    return len(ended)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
