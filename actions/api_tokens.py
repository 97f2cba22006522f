"""Tokens by which programs use `/api/v1` for an officer. The token itself is never stored."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.account_rows import note_done, officer_of
from actions.accounts import require_administrator
from actions.auditing import Actor
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.recording import recording_refusals
from models.officer import APIToken
from models.session import Database

TOKEN_BYTES = 32
LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAPIToken:
    """A token that was just made."""

    id: uuid.UUID
    token: str
    """To be shown once; not to be had again."""


def add_api_token(
    database: Database, *, officer_id: str, label: str, at: datetime, actor: Actor
) -> NewAPIToken:
    """Makes a token for a program that acts for an officer.

    Args:
        database: migrated tables.
        officer_id: for whom the program acts, with that officer's rights.
        label: which program it is for.
        at: aware, UTC.
        actor: an administrator or the machine.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: there is no such officer.
        InvalidInputError: the label is empty or too long.
    """
    label = label.strip()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    made = NewAPIToken(id=uuid.uuid4(), token=token)
    with (
        recording_refusals(
            database, actor, "add_api_token", kind="account", subject=officer_id, at=at
        ),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "tạo mã truy cập")
        officer_of(session, officer_id)
        if not label or len(label) > LONGEST_LABEL:
            reason = f"Ghi tên chương trình sẽ dùng mã, không quá {LONGEST_LABEL} ký tự."
            raise InvalidInputError(Problem(place="Tên", reason=reason))
        digest = hashlib.sha256(token.encode()).hexdigest()
        session.add(
            APIToken(
                id=made.id, token_sha256=digest, officer_id=officer_id, label=label, created_at=at
            )
        )
        detail = {"token": str(made.id), "label": label}
        note_done(session, actor, "add_api_token", officer_id=officer_id, at=at, detail=detail)
    return made


def end_api_token(database: Database, token_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Makes a token of no use. Idempotent.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        NotFoundError: there is no such token.
    """
    with (
        recording_refusals(
            database, actor, "end_api_token", kind="api_token", subject=str(token_id), at=at
        ),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "huỷ mã truy cập")
        row = session.get(APIToken, token_id)
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
