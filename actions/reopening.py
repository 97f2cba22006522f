"""An account is let in again: unlocked after wrong passwords, or taken back into use."""

from datetime import datetime

from actions.account_rows import account_of, note_done, officer_of
from actions.accounts import require_administrator
from actions.auditing import Actor
from actions.desk import local_day
from actions.errors import InvalidInputError, Problem
from actions.guessing import forget_failures, locked_row
from actions.recording import recording_refusals
from models.session import Database


def unlock_account(database: Database, *, officer_id: str, at: datetime, actor: Actor) -> None:
    """Ends the lock after wrong passwords; the password and the sessions stay. Idempotent.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: the officer has no account.
    """
    with (
        recording_refusals(
            database, actor, "unlock_account", kind="account", subject=officer_id, at=at
        ),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "mở khoá tài khoản")
        account_of(session, officer_id)
        account = locked_row(session, officer_id)
        if account.failures or account.locked_until:
            detail = {"failures": account.failures, "locked_until": account.locked_until}
            forget_failures(session, officer_id)
            note_done(session, actor, "unlock_account", officer_id=officer_id, at=at, detail=detail)


def reopen_account(
    database: Database, *, officer_id: str, reason: str, at: datetime, actor: Actor
) -> None:
    """Takes a closed account back into use; its password stays, its sessions do not. Idempotent.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: the officer has no account.
        InvalidInputError: no reason, or the officer has left.
    """
    with (
        recording_refusals(
            database, actor, "reopen_account", kind="account", subject=officer_id, at=at
        ),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "mở lại tài khoản")
        account, officer = account_of(session, officer_id), officer_of(session, officer_id)
        problems = []
        if not reason.strip():
            problems.append(Problem(place="Lý do", reason="không được để trống."))
        if officer.left_on is not None and officer.left_on < local_day(at):
            said = "đã thôi công tác; tài khoản không mở lại được."
            problems.append(Problem(place=officer.name, reason=said))
        if problems:
            raise InvalidInputError(*problems)
        if account.disabled_at is not None:
            account.disabled_at = None
            note_done(
                session, actor, "reopen_account", officer_id=officer_id, at=at,
                detail={"reason": reason.strip()},
            )  # fmt: skip
