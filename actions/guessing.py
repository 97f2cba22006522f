"""Locking an account at which somebody guesses: passwords and codes count alike.

After `FREE_FAILURES` wrong ones in a row an account is locked for a while that doubles with each
further one. Source: NIST SP 800-63B-4, 3.2.2 (rate limiting).
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.account_rows import FREE_FAILURES, officer_of
from actions.auditing import Actor, append_event
from models.officer import Account

FIRST_LOCK: Final = timedelta(minutes=1)
LONGEST_LOCK: Final = timedelta(hours=1)


def locked_row(session: Session, officer_id: str) -> Account:
    """Returns an account for this transaction alone, so that many tries at once gain nothing."""
    return session.scalars(
        select(Account).where(Account.officer_id == officer_id).with_for_update()
    ).one()


def is_locked(account: Account, at: datetime) -> bool:
    """Tells whether an account is locked at an instant."""
    return account.locked_until is not None and account.locked_until > at


def count_failure(
    session: Session, account: Account, *, deed: str, code: str, reason: str, at: datetime
) -> None:
    """Counts a wrong password or code and writes the refusal. Does not commit.

    A try at a locked account, or one refused for another reason, does not make the lock longer.
    """
    if reason.startswith("wrong_"):
        account.failures += 1
        account.locked_until = lock_end(account.failures, at)
    officer = officer_of(session, account.officer_id)
    actor = Actor(kind="unknown", id=officer.id, name=f"Người dùng tên của {officer.name}")
    detail = {
        "code": code,
        "reason": reason,
        "failures": account.failures,
        "locked_until": account.locked_until,
    }
    append_event(
        session, actor=actor, deed=deed, outcome="refused", subject_kind="account",
        subject_id=officer.id, detail=detail, at=at,
    )  # fmt: skip


def forget_failures(session: Session, officer_id: str) -> None:
    """Begins to count anew. Does not commit."""
    session.execute(
        update(Account)
        .where(Account.officer_id == officer_id)
        .values(failures=0, locked_until=None)
    )


def lock_end(failures: int, at: datetime) -> datetime | None:
    """Returns until when an account is locked after so many failures; None while it is not."""
    beyond = failures - FREE_FAILURES
    if beyond < 0:
        return None
    doublings = min(beyond, 16)  # more would only overflow; the longest lock is reached far before
    pause: timedelta = min(FIRST_LOCK * 2**doublings, LONGEST_LOCK)
    return at + pause
