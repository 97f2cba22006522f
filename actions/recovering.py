"""Letting an officer in again who has lost phone or keys: what an administrator may take off."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from actions.account_rows import account_of, note_done
from actions.accounts import require_administrator
from actions.auditing import Actor
from actions.recording import recording_refusals
from actions.second_factor import remove_second_factor
from actions.sessions import end_all
from models.credential import Passkey
from models.session import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOff:
    """What was taken off."""

    factor: bool
    passkeys: int
    sessions: int


def take_factors_off(
    database: Database, *, officer_id: str, passkeys: bool, at: datetime, actor: Actor
) -> TakenOff:
    """Takes an officer's second factor off, on wish also the passkeys, and ends the sessions.

    The password stays: whoever asks for this must still know it.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: the officer has no account.
    """
    with (
        recording_refusals(
            database, actor, "remove_second_factor", kind="account", subject=officer_id, at=at
        ),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "tắt xác thực hai lớp của người khác")
        account_of(session, officer_id)
        factor = remove_second_factor(session, officer_id)
        gone: tuple[UUID, ...] = ()
        if passkeys:
            gone = tuple(
                session.scalars(
                    delete(Passkey).where(Passkey.officer_id == officer_id).returning(Passkey.id)
                )
            )
        done = TakenOff(
            factor=factor, passkeys=len(gone), sessions=end_all(session, officer_id, at)
        )
        detail = {
            "factor": done.factor, "passkeys": done.passkeys, "sessions_ended": done.sessions
        }  # fmt: skip
        note_done(
            session, actor, "remove_second_factor", officer_id=officer_id, at=at, detail=detail
        )
    return done
