"""Accounts of officers: how they come to be, change and end. The one door to signing in.

`sign_in`, `session_officer` and the rest of `actions.signing_in` and `actions.sessions` are offered
here too. These deeds take the database rather than a desk: they come before anybody is known.
"""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import ROLE_WORDS, roles_on
from actions.account_rows import (
    SignInRefusedError,
    StepOverError,
    account_of,
    note_done,
    officer_of,
)
from actions.auditing import MACHINE, Actor
from actions.desk import local_day
from actions.errors import AlreadyDoneError, InvalidInputError, NotAuthorisedError, Problem
from actions.last_administrator import require_another
from actions.own_password import prove_own_password
from actions.passwords import check_password, hash_password, verify_password
from actions.recording import recording_refusals
from actions.sessions import NewSession, SignedIn, end_all, end_session, session_officer
from actions.signing_in import SecondStep, finish_sign_in, sign_in
from models.officer import Account, Officer, Role
from models.organisation import Office
from models.session import Database

__all__ = [
    "NewSession",
    "SecondStep",
    "SignInRefusedError",
    "SignedIn",
    "add_account",
    "disable_account",
    "end_session",
    "end_sessions",
    "finish_sign_in",
    "require_administrator",
    "require_no_account",
    "session_officer",
    "set_password",
    "sign_in",
]

_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,78})[a-z0-9]")


def add_account(
    database: Database,
    *,
    officer_id: str,
    username: str,
    password: str,
    at: datetime,
    actor: Actor,
    temporary: bool | None = None,
) -> None:
    """Gives an officer an account.

    Args:
        database: migrated tables.
        officer_id: whose.
        username: how they sign in.
        password: the first one.
        at: aware, UTC.
        actor: an administrator or the machine.
        temporary: whether the officer must change the password before anything else; by default
            where an administrator gave it.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: there is no such officer.
        AlreadyDoneError: the officer has an account.
        InvalidInputError: the name is taken or malformed, or the password is not taken.
    """
    username = username.strip().casefold()
    encoded = hash_password(password)
    with (
        recording_refusals(
            database, actor, "add_account", kind="account", subject=officer_id, at=at
        ),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "tạo tài khoản")
        officer = _require_no_account(session, officer_id)
        problems = _username_problems(session, username)
        problems += check_password(password, username=username, name=officer.name)
        if problems:
            raise InvalidInputError(*problems)
        must_change = actor != MACHINE if temporary is None else temporary
        session.add(
            Account(
                officer_id=officer_id, username=username, password_hash=encoded,
                must_change=must_change,
            )
        )  # fmt: skip
        note_done(
            session,
            actor,
            "add_account",
            officer_id=officer_id,
            at=at,
            detail={"username": username},
        )


def require_no_account(database: Database, officer_id: str) -> None:
    """Looks whether an officer is there and has no account, before a password is asked for.

    Raises:
        NotFoundError: there is no such officer.
        AlreadyDoneError: the officer has an account.
    """
    with database.reading() as session:
        _require_no_account(session, officer_id)


def _require_no_account(session: Session, officer_id: str) -> Officer:
    officer = officer_of(session, officer_id)
    if session.get(Account, officer_id) is not None:
        raise AlreadyDoneError(f"Tạo tài khoản cho {officer.name}")
    return officer


def set_password(
    database: Database,
    *,
    officer_id: str,
    password: str,
    at: datetime,
    actor: Actor,
    current: str | None = None,
    temporary: bool | None = None,
    keep: str = "",
) -> None:
    """Gives an account a new password, unlocks it, and ends its sessions.

    Args:
        database: migrated tables.
        officer_id: whose account.
        password: the new one.
        at: aware, UTC.
        actor: the officer, an administrator or the machine.
        current: the password until now; needed where officers change their own.
        temporary: whether the officer must change it before anything else; by default where an
            administrator gave it. Never for one's own.
        keep: key of the one session that stays open: the one in which it is changed.

    Raises:
        NotAuthorisedError: the actor is somebody else.
        NotFoundError: the officer has no account.
        OwnPasswordError: the current password is wrong; that counts as one more try.
        InvalidInputError: the new password is not taken, or is the one until now.
    """
    known = _current_hash(database, officer_id)
    own = actor.kind == "officer" and actor.id == officer_id
    if own:
        prove_own_password(database, current or "", actor=actor, at=at)
    is_same = own and verify_password(known, password)
    encoded = hash_password(password)
    with (
        recording_refusals(
            database, actor, "set_password", kind="account", subject=officer_id, at=at
        ),
        database.writing() as session,
    ):
        if not own:
            require_administrator(session, actor, at, "đặt lại mật khẩu")
        account = account_of(session, officer_id)
        if account.password_hash != known:
            raise StepOverError
        name = officer_of(session, officer_id).name
        problems = check_password(password, username=account.username, name=name)
        if is_same:
            problems += (Problem(place="Mật khẩu mới", reason="giống mật khẩu cũ; chọn câu khác"),)
        if problems:
            raise InvalidInputError(*problems)
        account.password_hash, account.failures, account.locked_until = encoded, 0, None
        given = actor != MACHINE if temporary is None else temporary
        account.must_change = given and not own
        ended = end_all(session, officer_id, at, keep=keep if own else "")
        note_done(
            session,
            actor,
            "set_password",
            officer_id=officer_id,
            at=at,
            detail={"sessions_ended": ended},
        )


def disable_account(
    database: Database, *, officer_id: str, at: datetime, actor: Actor, reason: str = ""
) -> None:
    """Takes an account out of use and ends its sessions. Idempotent.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: the officer has no account.
        InvalidInputError: it is the account of the last administrator who can sign in.
    """
    with (
        recording_refusals(
            database, actor, "disable_account", kind="account", subject=officer_id, at=at
        ),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "khoá tài khoản")
        account = account_of(session, officer_id)
        if account.disabled_at is None:
            require_another(session, officer_of(session, officer_id), local_day(at))
            account.disabled_at = at
            ended = end_all(session, officer_id, at)
            detail = {"sessions_ended": ended, **({"reason": reason} if reason else {})}
            note_done(
                session, actor, "disable_account", officer_id=officer_id, at=at, detail=detail
            )


def end_sessions(database: Database, officer_id: str, *, at: datetime, actor: Actor) -> int:
    """Ends every session of an officer; returns how many there were.

    Raises:
        NotAuthorisedError: the actor is neither that officer nor an administrator.
    """
    with (
        recording_refusals(database, actor, "sign_out", kind="account", subject=officer_id, at=at),
        database.writing() as session,
    ):
        if actor.kind != "officer" or actor.id != officer_id:
            require_administrator(session, actor, at, "kết thúc phiên làm việc của người khác")
        ended = end_all(session, officer_id, at)
        detail = {"sessions_ended": ended}
        note_done(session, actor, "sign_out", officer_id=officer_id, at=at, detail=detail)
    return ended


def _username_problems(session: Session, username: str) -> tuple[Problem, ...]:
    if not _USERNAME.fullmatch(username):
        reason = "chỉ dùng 3 đến 80 chữ thường không dấu, chữ số, dấu chấm, gạch"
        return (Problem(place="Tên đăng nhập", reason=reason),)
    if session.scalars(select(Account).where(Account.username == username)).first() is not None:
        return (Problem(place="Tên đăng nhập", reason=f"“{username}” đã có người dùng"),)
    return ()


def require_administrator(session: Session, actor: Actor, at: datetime, what: str) -> None:
    """Insists that the actor is the machine or an administrator of the office.

    Raises:
        NotAuthorisedError: it is somebody else.
    """
    if actor == MACHINE:
        return
    office = session.get(Office, 1)
    if (
        office is None
        or actor.kind != "officer"
        or Role.ADMINISTRATOR
        not in roles_on(session, actor.id, office.organisation_id, local_day(at))
    ):
        raise NotAuthorisedError(actor.name, what, ROLE_WORDS[Role.ADMINISTRATOR])


def _current_hash(database: Database, officer_id: str) -> str | None:
    with database.reading() as session:
        return session.scalar(select(Account.password_hash).where(Account.officer_id == officer_id))
