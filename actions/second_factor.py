"""One-time codes of an officer's phone, and the recovery codes for the day it is lost.

The secret of a phone is made from the office's account key, a file beside the database, and a salt
in the database: neither alone gives a code. Sources: RFC 6238 (TOTP: SHA-1, 30 s, six digits, what
every app knows); NIST SP 800-63B-4, 3.1.2 (look-up secrets) and 3.1.4 (one-time passwords).
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pyotp import TOTP
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from actions.account_rows import (
    CodeRefusedError,
    StepOverError,
    account_of,
    note_done,
)
from actions.auditing import Actor
from actions.errors import AlreadyDoneError, NotAuthorisedError
from actions.guessing import count_failure, forget_failures, is_locked, locked_row
from actions.recording import recording_refusals
from models.credential import AuthenticatorApp, RecoveryCode
from models.officer import Account
from models.session import Database

STEP_S: Final = 30
DRIFT: Final = 1
"""Steps before and after the present one whose code is taken: phones run slow or fast."""
SECRET_BYTES: Final = 20
SALT_BYTES: Final = 32
ISSUER: Final = "Trình Ký"
RECOVERY_CODES: Final = 8
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of recovery codes: no 0 and O, no 1, I and L, no U beside V."""
SELECTOR: Final = 4
RECOVERY_LENGTH: Final = 12
_FEW: Final = 3

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""The least that is held to be enough for passwords; these are 39 random bits behind a lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """What the phone needs, while the set-up is open."""

    secret: str
    """Base32, for typing."""
    uri: str
    """`otpauth://…`, for the QR code."""

    @property
    def spelled(self) -> str:
        """The secret in groups of four."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorState:
    """How an officer's second factor stands."""

    confirmed_at: datetime | None
    codes_left: int

    @property
    def is_on(self) -> bool:
        """Whether a code is asked for."""
        return self.confirmed_at is not None

    @property
    def runs_short(self) -> bool:
        """Whether new recovery codes are due."""
        return self.is_on and self.codes_left < _FEW


def has_second_factor(session: Session, officer_id: str) -> bool:
    """Tells whether an officer's sign-in asks for a code after the password."""
    row = session.get(AuthenticatorApp, officer_id)
    return row is not None and row.confirmed_at is not None


def factor_state(session: Session, officer_id: str) -> FactorState:
    """Returns how an officer's second factor stands."""
    row = session.get(AuthenticatorApp, officer_id)
    left = session.scalars(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.officer_id == officer_id, RecoveryCode.used_at.is_(None))
    ).one()
    return FactorState(confirmed_at=row.confirmed_at if row else None, codes_left=left)


def begin_set_up(database: Database, *, actor: Actor, at: datetime) -> None:
    """Makes a new secret for the officer's phone, which counts for nothing until confirmed.

    The caller has had the officer prove who they are by their password.

    Raises:
        AlreadyDoneError: the second factor is on; it is taken off before another is set up.
        NotFoundError: the actor has no account.
    """
    with (
        recording_refusals(
            database, actor, "begin_second_factor", kind="account", subject=actor.id, at=at
        ),
        database.writing() as session,
    ):
        _require_own(session, actor)
        if has_second_factor(session, actor.id):
            raise AlreadyDoneError("Bật xác thực hai lớp")
        session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.officer_id == actor.id))
        salt = secrets.token_bytes(SALT_BYTES)
        session.add(AuthenticatorApp(officer_id=actor.id, salt=salt, created_at=at))
        note_done(session, actor, "begin_second_factor", officer_id=actor.id, at=at)


def open_set_up(session: Session, officer_id: str, *, key: bytes) -> SetUp | None:
    """Returns what the phone needs, where a set-up is open and not yet confirmed."""
    row = session.get(AuthenticatorApp, officer_id)
    if row is None or row.confirmed_at is not None:
        return None
    totp = _totp(key, row)
    account = account_of(session, officer_id)
    return SetUp(
        secret=totp.secret, uri=totp.provisioning_uri(name=account.username, issuer_name=ISSUER)
    )


def confirm_set_up(
    database: Database, code: str, *, key: bytes, actor: Actor, at: datetime
) -> tuple[str, ...]:
    """Turns the second factor on by a code of the phone; returns the recovery codes, this once.

    Raises:
        StepOverError: no set-up is open.
        CodeRefusedError: the code is not the phone's, or too many wrong ones were given.
    """
    codes = tuple(_new_code() for _ in range(RECOVERY_CODES))
    hashed = [(one[:SELECTOR], _HASHER.hash(one[SELECTOR:])) for one in codes]
    with database.writing() as session:
        account = _require_own(session, actor)
        row = session.get(AuthenticatorApp, actor.id)
        if row is None or row.confirmed_at is not None:
            raise StepOverError
        step = None if is_locked(account, at) else _step_of(_totp(key, row), code, row, at)
        if step is not None:
            row.confirmed_at, row.last_step = at, step
            forget_failures(session, actor.id)
            _store(session, actor.id, hashed, at)
            note_done(session, actor, "confirm_second_factor", officer_id=actor.id, at=at)
            return tuple(spelled(one) for one in codes)
        refusal = CodeRefusedError("locked" if is_locked(account, at) else "wrong_code")
        count_failure(
            session, account, deed="confirm_second_factor", code=refusal.code,
            reason=refusal.reason, at=at,
        )  # fmt: skip
    raise refusal


def renew_recovery_codes(database: Database, *, actor: Actor, at: datetime) -> tuple[str, ...]:
    """Makes new recovery codes, shown this once; the old ones are of no use any more.

    Raises:
        StepOverError: the second factor is off.
    """
    codes = tuple(_new_code() for _ in range(RECOVERY_CODES))
    hashed = [(one[:SELECTOR], _HASHER.hash(one[SELECTOR:])) for one in codes]
    with database.writing() as session:
        _require_own(session, actor)
        if not has_second_factor(session, actor.id):
            raise StepOverError
        _store(session, actor.id, hashed, at)
        note_done(session, actor, "renew_recovery_codes", officer_id=actor.id, at=at)
    return tuple(spelled(one) for one in codes)


def remove_second_factor(session: Session, officer_id: str) -> bool:
    """Takes phone and recovery codes away; tells whether there were any. Does not commit."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.officer_id == officer_id))
    gone = session.scalars(
        delete(AuthenticatorApp)
        .where(AuthenticatorApp.officer_id == officer_id)
        .returning(AuthenticatorApp.officer_id)
    ).all()
    return bool(gone)


def turn_off(database: Database, *, actor: Actor, at: datetime) -> None:
    """Takes the officer's own second factor off. Idempotent."""
    with database.writing() as session:
        _require_own(session, actor)
        if remove_second_factor(session, actor.id):
            note_done(session, actor, "remove_second_factor", officer_id=actor.id, at=at)


def try_code(
    session: Session, officer_id: str, code: str, *, key: bytes, at: datetime
) -> str | None:
    """Takes a code, which is then used up; returns the way it proves, or None.

    The account's row must be locked by this transaction. Does not commit.
    """
    plain = "".join(code.split()).replace("-", "").upper()
    row = session.get(AuthenticatorApp, officer_id)
    if row is None or row.confirmed_at is None:
        return None
    if len(plain) == RECOVERY_LENGTH:
        return "recovery" if _use_recovery_code(session, officer_id, plain, at) else None
    step = _step_of(_totp(key, row), plain, row, at)
    if step is None:
        return None
    row.last_step = step
    return "code"


def spelled(code: str) -> str:
    """Returns a recovery code in groups of four, as people read it."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _require_own(session: Session, actor: Actor) -> Account:
    if actor.kind != "officer":
        raise NotAuthorisedError(actor.name, "đặt xác thực hai lớp", "chính người dùng")
    account_of(session, actor.id)
    return locked_row(session, actor.id)


def _totp(key: bytes, row: AuthenticatorApp) -> TOTP:
    message = b"totp\0" + row.officer_id.encode() + b"\0" + row.salt
    secret = hmac.new(key, message, hashlib.sha256).digest()[:SECRET_BYTES]
    return TOTP(base64.b32encode(secret).decode(), interval=STEP_S)


def _step_of(totp: TOTP, code: str, row: AuthenticatorApp, at: datetime) -> int | None:
    """Returns the step whose code this is; None for a wrong one and for one taken before."""
    plain = "".join(code.split())
    now = int(at.timestamp()) // STEP_S
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(totp.at(step * STEP_S).encode(), plain.encode()):
            found = step
    return found if found is not None and found > (row.last_step or 0) else None


def _use_recovery_code(session: Session, officer_id: str, plain: str, at: datetime) -> bool:
    row = session.scalars(
        select(RecoveryCode).where(
            RecoveryCode.officer_id == officer_id,
            RecoveryCode.selector == plain[:SELECTOR],
            RecoveryCode.used_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return False
    try:
        _HASHER.verify(row.code_hash, plain[SELECTOR:])
    except (VerificationError, InvalidHashError):
        return False
    used = session.scalars(
        update(RecoveryCode)
        .where(RecoveryCode.id == row.id, RecoveryCode.used_at.is_(None))
        .values(used_at=at)
        .returning(RecoveryCode.id)
    ).all()
    return bool(used)


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH))


def _store(session: Session, officer_id: str, hashed: list[tuple[str, str]], at: datetime) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.officer_id == officer_id))
    session.add_all(
        RecoveryCode(officer_id=officer_id, selector=selector, code_hash=encoded, created_at=at)
        for selector, encoded in dict(hashed).items()  # two alike would be one: one in 30^4
    )
