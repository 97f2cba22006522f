"""Signing in, and locking an account at which somebody guesses.

After `FREE_FAILURES` wrong passwords in a row an account is locked for a while that doubles with
each further one. Source: NIST SP 800-63B-4, 3.2.2 (rate limiting).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.access import officer_actor
from actions.account_rows import (
    FREE_FAILURES,
    SignInRefusedError,
    account_of,
    note_done,
    officer_of,
)
from actions.auditing import Actor, append_event
from actions.desk import local_day
from actions.passwords import hash_password, needs_rehash, verify_password
from actions.recording import recording_refusals
from actions.sessions import NewSession, open_session
from models.officer import Account
from models.session import Database

FIRST_LOCK: Final = timedelta(minutes=1)
LONGEST_LOCK: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read before the password is tried, outside any transaction."""

    officer_id: str
    password_hash: str


def sign_in(database: Database, username: str, password: str, *, at: datetime) -> NewSession:
    """Signs an officer in; returns the token, which is to be had this once.

    An unknown name takes as long as a wrong password. The password is tried outside any
    transaction; whether the account is locked is decided inside one, so that many tries at once
    gain nothing.

    Raises:
        SignInRefusedError: unknown name, wrong password, locked, disabled, or an officer who left.
    """
    known = _known(database, username.strip().casefold())
    right = verify_password(known.password_hash if known else None, password)
    if known is None:
        return _refuse_unknown(database, at)
    encoded = hash_password(password) if right and needs_rehash(known.password_hash) else None
    with database.writing() as session:
        refusal = _judge(session, known, at, right=right)
        if refusal is None:
            return _let_in(session, known.officer_id, encoded, at)
        _count_failure(session, known.officer_id, refusal, at)
    raise refusal


def _known(database: Database, username: str) -> _Known | None:
    with database.reading() as session:
        account = session.scalars(select(Account).where(Account.username == username)).one_or_none()
        return _Known(account.officer_id, account.password_hash) if account else None


def _refuse_unknown(database: Database, at: datetime) -> NewSession:
    """The name is not written down: people type passwords into the wrong field."""
    nobody = Actor(kind="unknown", id="", name="Chưa đăng nhập")
    with recording_refusals(database, nobody, "sign_in", kind="account", subject="", at=at):
        raise SignInRefusedError("unknown_account")


def _judge(
    session: Session, known: _Known, at: datetime, *, right: bool
) -> SignInRefusedError | None:
    account = session.scalars(
        select(Account).where(Account.officer_id == known.officer_id).with_for_update()
    ).one()
    officer = officer_of(session, known.officer_id)
    if account.locked_until is not None and account.locked_until > at:
        return SignInRefusedError("locked")
    if not right or account.password_hash != known.password_hash:
        return SignInRefusedError("wrong_password")
    if account.disabled_at is not None:
        return SignInRefusedError("disabled")
    if officer.left_on is not None and officer.left_on < local_day(at):
        return SignInRefusedError("left")
    return None


def _let_in(session: Session, officer_id: str, encoded: str | None, at: datetime) -> NewSession:
    values: dict[str, Any] = {"failures": 0, "locked_until": None}
    if encoded is not None:
        values["password_hash"] = encoded
    session.execute(update(Account).where(Account.officer_id == officer_id).values(**values))
    made = open_session(session, officer_id, at)
    actor = officer_actor(session, officer_id, local_day(at))
    note_done(session, actor, "sign_in", officer_id=officer_id, at=at)
    return made


def _count_failure(
    session: Session, officer_id: str, refusal: SignInRefusedError, at: datetime
) -> None:
    """Counts a wrong password; a try on a locked account does not make the lock longer."""
    account = account_of(session, officer_id)
    if refusal.reason == "wrong_password":
        account.failures += 1
        account.locked_until = _lock_end(account.failures, at)
    officer = officer_of(session, officer_id)
    actor = Actor(kind="unknown", id=officer_id, name=f"Người dùng tên của {officer.name}")
    detail = {
        "code": refusal.code,
        "reason": refusal.reason,
        "failures": account.failures,
        "locked_until": account.locked_until,
    }
    append_event(
        session, actor=actor, deed="sign_in", outcome="refused", subject_kind="account",
        subject_id=officer_id, detail=detail, at=at,
    )  # fmt: skip


def _lock_end(failures: int, at: datetime) -> datetime | None:
    beyond = failures - FREE_FAILURES
    if beyond < 0:
        return None
    doublings = min(beyond, 16)  # more would only overflow; the longest lock is reached far before
    pause: timedelta = min(FIRST_LOCK * 2**doublings, LONGEST_LOCK)
    return at + pause
