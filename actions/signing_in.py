"""Signing in with a password, and the code that some accounts ask for after it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import officer_actor
from actions.account_rows import (
    CodeRefusedError,
    SignInRefusedError,
    StepOverError,
    account_of,
    note_done,
    officer_of,
)
from actions.auditing import Actor
from actions.ceremonies import LIFETIME, begin, begun, take
from actions.desk import local_day
from actions.guessing import count_failure, forget_failures, is_locked, locked_row
from actions.passwords import hash_password, needs_rehash, verify_password
from actions.recording import recording_refusals
from actions.second_factor import has_second_factor, try_code
from actions.sessions import NOWHERE, NewSession, Whence, open_session
from models.credential import CeremonyKind
from models.officer import Account
from models.session import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStep:
    """The password was right; the code is still to come."""

    token: str
    """For the browser that typed the password; opens nothing without a code."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read before the password is tried, outside any transaction."""

    officer_id: str
    password_hash: str


def sign_in(
    database: Database, username: str, password: str, *, at: datetime, whence: Whence = NOWHERE
) -> NewSession | SecondStep:
    """Signs an officer in; returns the token, which is to be had this once.

    An account with a second factor gets a token for `finish_sign_in` instead.

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
            if encoded is not None:
                account_of(session, known.officer_id).password_hash = encoded
            if has_second_factor(session, known.officer_id):
                kind, officer_id = CeremonyKind.SECOND_STEP, known.officer_id
                token = begin(session, kind, officer_id=officer_id, at=at)
                return SecondStep(token=token, expires_at=at + LIFETIME)
            return let_in(session, known.officer_id, way="password", at=at, whence=whence)
        account = account_of(session, known.officer_id)
        count_failure(
            session, account, deed="sign_in", code=refusal.code, reason=refusal.reason, at=at
        )
    raise refusal


def finish_sign_in(
    database: Database,
    token: str,
    code: str,
    *,
    key: bytes,
    at: datetime,
    whence: Whence = NOWHERE,
) -> NewSession:
    """Signs an officer in whose password was right, by a one-time code or a recovery code.

    Args:
        database: migrated tables.
        token: of the `SecondStep`.
        code: six digits of the phone, or a recovery code; blanks and hyphens mean nothing.
        key: the office's account key.
        at: aware, UTC.
        whence: the browser.

    Raises:
        StepOverError: too late, done already, or the password or the account changed meanwhile.
        CodeRefusedError: a wrong or used code, or too many wrong ones.
    """
    with database.writing() as session:
        step = begun(session, CeremonyKind.SECOND_STEP, token, at)
        if step is None or step.officer_id is None:
            raise StepOverError
        account = locked_row(session, step.officer_id)
        refused = stands(session, account, at)
        way = None
        if refused is None:
            way = try_code(session, step.officer_id, code, key=key, at=at)
            refused = None if way else "wrong_code"
        if way is not None:
            if take(session, CeremonyKind.SECOND_STEP, token, at) is None:
                raise StepOverError
            return let_in(session, step.officer_id, way=way, at=at, whence=whence)
        refusal = CodeRefusedError(refused or "wrong_code")
        count_failure(
            session, account, deed="sign_in", code=refusal.code, reason=refusal.reason, at=at
        )
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
    account = locked_row(session, known.officer_id)
    if is_locked(account, at):
        return SignInRefusedError("locked")
    if not right or account.password_hash != known.password_hash:
        return SignInRefusedError("wrong_password")
    reason = stands(session, account, at)
    return SignInRefusedError(reason) if reason else None


def stands(session: Session, account: Account, at: datetime) -> str | None:
    """Returns why nobody may sign in to an account now, however they prove who they are."""
    if is_locked(account, at):
        return "locked"
    if account.disabled_at is not None:
        return "disabled"
    officer = officer_of(session, account.officer_id)
    if officer.left_on is not None and officer.left_on < local_day(at):
        return "left"
    return None


def let_in(
    session: Session, officer_id: str, *, way: str, at: datetime, whence: Whence
) -> NewSession:
    """Opens the session of an officer who has proved everything asked for. Does not commit."""
    forget_failures(session, officer_id)
    made = open_session(session, officer_id, at, way=way, whence=whence)
    actor = officer_actor(session, officer_id, local_day(at))
    note_done(session, actor, "sign_in", officer_id=officer_id, at=at, detail={"way": way})
    return made
