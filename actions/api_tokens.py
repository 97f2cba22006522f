"""Tokens by which programs use `/api/v1` for an officer. The token itself is never stored."""

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from actions.access import officer_actor
from actions.account_rows import note_done, officer_of
from actions.accounts import require_administrator
from actions.auditing import Actor
from actions.desk import local_day
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.recording import recording_refusals
from models.officer import Account, APIToken, Scope
from models.session import Database

TOKEN_BYTES = 32
LONGEST_LABEL = 200
USED_EVERY: Final = timedelta(minutes=1)
"""How often the last use of a token is written down."""
LONGEST_LIFE: Final = timedelta(days=3660)
ALL_SCOPES: Final = tuple(Scope)
SCOPE_WORDS: Final = {
    Scope.READ: "đọc",
    Scope.WRITE: "soạn và xử lý",
    Scope.DECIDE: "quyết định",
    Scope.SIGN: "ký số, đóng dấu",
    Scope.ADMINISTER: "quản trị cơ quan",
}
"""How a scope is called to people."""
SCOPE_HELP: Final = {
    Scope.READ: "xem văn bản, nơi nhận, nhiệm vụ mà người này được xem",
    Scope.WRITE: "soạn, sửa, trình, vào sổ, gửi, nhận báo cáo",
    Scope.DECIDE: "kiểm tra, phê duyệt, trả lại, phát hành, thu hồi",
    Scope.SIGN: "đặt chữ ký và dấu; vẫn phải có khoá và mã PIN",
    Scope.ADMINISTER: "sửa đơn vị, nhóm, dãy số, cán bộ, chức vụ, quyền ký, chứng thư gốc tin cậy; "
    "đóng, mở tài khoản",
}
"""What a scope opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAPIToken:
    """A token that was just made."""

    id: uuid.UUID
    token: str
    """To be shown once; not to be had again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenInUse:
    """Whose token it is, and what it may be used for."""

    id: uuid.UUID
    actor: Actor
    scopes: frozenset[Scope]


def add_api_token(
    database: Database,
    *,
    officer_id: str,
    label: str,
    at: datetime,
    actor: Actor,
    scopes: Iterable[Scope] = ALL_SCOPES,
    expires_at: datetime | None = None,
) -> NewAPIToken:
    """Makes a token for a program that acts for an officer.

    Args:
        database: migrated tables.
        officer_id: for whom the program acts, with that officer's rights.
        label: which program it is for.
        at: aware, UTC.
        actor: that officer, an administrator or the machine.
        scopes: what it may be used for, at most.
        expires_at: from when on it is of no use; None for a token that is ended by hand.

    Raises:
        NotAuthorisedError: the actor is neither that officer nor an administrator.
        NotFoundError: there is no such officer.
        InvalidInputError: the label is empty or too long, no scope, or an end that is past or far.
    """
    label = " ".join(label.split())
    chosen = [scope.value for scope in Scope if scope in set(scopes)]
    token = secrets.token_urlsafe(TOKEN_BYTES)
    made = NewAPIToken(id=uuid.uuid4(), token=token)
    with (
        recording_refusals(
            database, actor, "add_api_token", kind="account", subject=officer_id, at=at
        ),
        database.writing() as session,
    ):
        if actor.kind != "officer" or actor.id != officer_id:
            require_administrator(session, actor, at, "tạo mã truy cập cho người khác")
        officer_of(session, officer_id)
        problems = []
        if not label or len(label) > LONGEST_LABEL:
            reason = f"Ghi tên chương trình sẽ dùng mã, không quá {LONGEST_LABEL} ký tự."
            problems.append(Problem(place="Tên", reason=reason))
        if not chosen:
            problems.append(Problem(place="Phạm vi", reason="Chọn ít nhất một việc mã được làm."))
        if expires_at is not None and not at < expires_at <= at + LONGEST_LIFE:
            problems.append(Problem(place="Hạn dùng", reason="Chọn lại hạn dùng của mã."))
        if problems:
            raise InvalidInputError(*problems)
        digest = hashlib.sha256(token.encode()).hexdigest()
        session.add(
            APIToken(
                id=made.id, token_sha256=digest, officer_id=officer_id, label=label, created_at=at,
                scopes=chosen, expires_at=expires_at,
            )
        )  # fmt: skip
        detail = {"token": str(made.id), "label": label, "scopes": chosen}
        note_done(session, actor, "add_api_token", officer_id=officer_id, at=at, detail=detail)
    return made


def end_api_token(database: Database, token_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Makes a token of no use. Idempotent.

    Raises:
        NotAuthorisedError: the actor is neither its officer nor an administrator.
        NotFoundError: there is no such token.
    """
    with (
        recording_refusals(
            database, actor, "end_api_token", kind="api_token", subject=str(token_id), at=at
        ),
        database.writing() as session,
    ):
        row = session.get(APIToken, token_id)
        if row is None or actor.kind != "officer" or actor.id != row.officer_id:
            require_administrator(session, actor, at, "huỷ mã truy cập của người khác")
        if row is None:
            raise NotFoundError("mã truy cập", token_id)
        if row.ended_at is None:
            row.ended_at = at
            detail = {"token": str(token_id), "label": row.label}
            note_done(
                session, actor, "end_api_token", officer_id=row.officer_id, at=at, detail=detail
            )


def api_tokens(session: Session) -> list[APIToken]:
    """Returns every token that was made, the newest first."""
    return list(session.scalars(select(APIToken).order_by(APIToken.created_at.desc(), APIToken.id)))


def tokens_of(session: Session, officer_id: str) -> list[APIToken]:
    """Returns the tokens of an officer: those in use first, the newest first."""
    return list(
        session.scalars(
            select(APIToken)
            .where(APIToken.officer_id == officer_id)
            .order_by(APIToken.ended_at.is_not(None), APIToken.created_at.desc(), APIToken.id)
        )
    )


def token_in_use(database: Database, token: str, at: datetime) -> TokenInUse | None:
    """Returns whose token it is, or None: unknown, ended, over, or its officer is out.

    An officer need have no account of their own; one whose account is closed is out.
    """
    digest = hashlib.sha256(token.encode()).hexdigest()
    with database.reading() as session:
        row = session.scalars(
            select(APIToken).where(
                APIToken.token_sha256 == digest,
                APIToken.ended_at.is_(None),
                or_(APIToken.expires_at.is_(None), APIToken.expires_at > at),
            )
        ).one_or_none()
        if row is None:
            return None
        account = session.get(Account, row.officer_id)
        if account is not None and account.disabled_at is not None:
            return None
        try:
            actor = officer_actor(session, row.officer_id, local_day(at))
        except NotFoundError:
            return None
        scopes = frozenset(Scope(one) for one in row.scopes)
        found = TokenInUse(id=row.id, actor=actor, scopes=scopes)
        is_old = row.last_used_at is None or row.last_used_at + USED_EVERY <= at
    if is_old:
        with database.writing() as session:
            session.execute(update(APIToken).where(APIToken.id == row.id).values(last_used_at=at))
    return found
