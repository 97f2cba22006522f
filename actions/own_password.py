"""Proving again who sits at the browser, before what lets people in is changed."""

from datetime import datetime

from sqlalchemy import select

from actions.account_rows import OwnPasswordError
from actions.auditing import Actor
from actions.errors import NotAuthorisedError
from actions.guessing import count_failure, is_locked, locked_row
from actions.passwords import verify_password
from models.officer import Account
from models.session import Database


def prove_own_password(database: Database, password: str, *, actor: Actor, at: datetime) -> None:
    """Insists that the actor knows their own password; wrong ones count towards the lock.

    The password is tried outside any transaction, as it takes time.

    Raises:
        NotAuthorisedError: the actor is no officer with an account.
        OwnPasswordError: the password is wrong, or too many wrong ones were given.
    """
    with database.reading() as session:
        known = session.scalar(
            select(Account.password_hash).where(
                Account.officer_id == actor.id, Account.disabled_at.is_(None)
            )
        )
    if actor.kind != "officer" or known is None:
        raise NotAuthorisedError(actor.name, "thay đổi cách đăng nhập", "chính người dùng")
    right = verify_password(known, password)
    with database.writing() as session:
        account = locked_row(session, actor.id)
        locked = is_locked(account, at)
        if right and not locked and account.password_hash == known:
            return
        refusal = OwnPasswordError(locked=locked)
        count_failure(
            session, account, deed="prove_password", code=refusal.code,
            reason="locked" if locked else "wrong_password", at=at,
        )  # fmt: skip
    raise refusal
