"""Officers as their administrator sees them: posts, account, second factor, open sessions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from actions.accounts import require_administrator
from actions.auditing import Actor
from actions.desk import local_day
from actions.errors import NotFoundError
from actions.guessing import is_locked
from models.credential import AuthenticatorApp, Passkey
from models.officer import Account, Officer, Post, Role, SignInSession


class AccountState(StrEnum):
    """How an officer's account stands."""

    NONE = "none"
    OPEN = "open"
    TEMPORARY = "temporary"
    """The password was given by an administrator and is not changed yet."""
    LOCKED = "locked"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One officer."""

    officer_id: str
    name: str
    email: str | None
    title: str
    """The posts of today; empty where there is none."""

    roles: tuple[Role, ...]
    username: str
    state: AccountState
    locked_until: datetime | None
    closed_at: datetime | None
    failures: int
    second_factor: bool
    passkeys: int
    sessions: int
    last_seen: datetime | None
    left_on: date | None
    has_left: bool

    @property
    def lacks_account(self) -> bool:
        """Tells whether somebody in post cannot sign in because there is no account."""
        return self.state is AccountState.NONE and bool(self.roles) and not self.has_left


def people(session: Session, actor: Actor, *, at: datetime) -> tuple[PersonLine, ...]:
    """Returns every officer: those in service first, by name.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
    """
    require_administrator(session, actor, at, "xem tài khoản của cán bộ")
    officers = session.scalars(select(Officer).order_by(Officer.sort_key)).all()
    return tuple(sorted(_lines(session, officers, at=at), key=lambda one: one.has_left))


def person(session: Session, actor: Actor, officer_id: str, *, at: datetime) -> PersonLine:
    """Returns one officer.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: there is no such officer.
    """
    require_administrator(session, actor, at, "xem tài khoản của cán bộ")
    found = session.get(Officer, officer_id)
    if found is None:
        raise NotFoundError("cán bộ", officer_id)
    return _lines(session, [found], at=at)[0]


def _lines(session: Session, officers: Sequence[Officer], *, at: datetime) -> list[PersonLine]:
    day = local_day(at)
    keys = [one.id for one in officers] if len(officers) == 1 else None
    posts: dict[str, list[Post]] = {}
    query = select(Post).where(
        Post.valid_from <= day, or_(Post.valid_to.is_(None), Post.valid_to >= day)
    )
    for post in session.scalars(query.where(*_of(Post.officer_id, keys)).order_by(Post.id)):
        posts.setdefault(post.officer_id, []).append(post)
    accounts = {
        one.officer_id: one
        for one in session.scalars(select(Account).where(*_of(Account.officer_id, keys)))
    }
    factors = set(
        session.scalars(
            select(AuthenticatorApp.officer_id).where(
                AuthenticatorApp.confirmed_at.is_not(None), *_of(AuthenticatorApp.officer_id, keys)
            )
        )
    )
    passkeys = Counter(
        session.scalars(select(Passkey.officer_id).where(*_of(Passkey.officer_id, keys)))
    )
    sessions, seen = _sessions(session, keys, at)
    return [
        _line(
            one, posts.get(one.id, []), accounts.get(one.id), day=day, at=at,
            more={
                "second_factor": one.id in factors, "passkeys": passkeys[one.id],
                "sessions": sessions.get(one.id, 0), "last_seen": seen.get(one.id),
            },
        )
        for one in officers
    ]  # fmt: skip


def _of(column: Any, keys: list[str] | None) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401 (a column)
    return () if keys is None else (column.in_(keys),)


def _sessions(
    session: Session, keys: list[str] | None, at: datetime
) -> tuple[Mapping[str, int], Mapping[str, datetime]]:
    table = SignInSession
    live: dict[str, int] = {
        row[0]: row[1]
        for row in session.execute(
            select(table.officer_id, func.count())
            .where(table.ended_at.is_(None), table.expires_at > at, *_of(table.officer_id, keys))
            .group_by(table.officer_id)
        )
    }
    seen: dict[str, datetime] = {
        row[0]: row[1]
        for row in session.execute(
            select(table.officer_id, func.max(table.last_used_at))
            .where(*_of(table.officer_id, keys))
            .group_by(table.officer_id)
        )
    }
    return live, seen


def _line(
    officer: Officer,
    posts: Sequence[Post],
    account: Account | None,
    *,
    day: date,
    at: datetime,
    more: Mapping[str, Any],
) -> PersonLine:
    held = {role for post in posts for role in post.roles}
    return PersonLine(
        officer_id=officer.id, name=officer.name, email=officer.email,
        title=", ".join(dict.fromkeys(post.title for post in posts)),
        roles=tuple(role for role in Role if role.value in held),
        username=account.username if account else "", state=state_of(account, at),
        locked_until=account.locked_until if account and is_locked(account, at) else None,
        closed_at=account.disabled_at if account else None,
        failures=account.failures if account else 0,
        left_on=officer.left_on, has_left=officer.left_on is not None and officer.left_on < day,
        **more,
    )  # fmt: skip


def state_of(account: Account | None, at: datetime) -> AccountState:
    """Returns how an account stands."""
    if account is None:
        return AccountState.NONE
    if account.disabled_at is not None:
        return AccountState.CLOSED
    if is_locked(account, at):
        return AccountState.LOCKED
    return AccountState.TEMPORARY if account.must_change else AccountState.OPEN
