"""Deeds of two halves at a browser: what the second half is held against, good once.

The browser keeps a token; the database its digest, what was promised, and until when.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.credential import Ceremony, CeremonyKind

LIFETIME: Final = timedelta(minutes=5)
TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What was begun before, as it was written down then."""

    officer_id: str | None
    data: dict[str, Any] = field(default_factory=dict)


def begin(
    session: Session,
    kind: CeremonyKind,
    *,
    officer_id: str | None,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> str:
    """Writes down what was begun; returns its token. Clears what is over. Does not commit."""
    session.execute(delete(Ceremony).where(Ceremony.expires_at <= at))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        Ceremony(
            token_sha256=_digest(token), kind=kind.value, officer_id=officer_id, data=data or {},
            created_at=at, expires_at=at + LIFETIME,
        )
    )  # fmt: skip
    return token


def begun(session: Session, kind: CeremonyKind, token: str, at: datetime) -> Begun | None:
    """Returns what was begun under a token; None where it is unknown, over, or something else."""
    row = session.get(Ceremony, _digest(token))
    if row is None or row.kind != kind.value or row.expires_at <= at:
        return None
    return Begun(officer_id=row.officer_id, data=dict(row.data))


def take(session: Session, kind: CeremonyKind, token: str, at: datetime) -> Begun | None:
    """As `begun`, and never again: of two takers at once only one gets it. Does not commit."""
    row = session.execute(
        delete(Ceremony)
        .where(
            Ceremony.token_sha256 == _digest(token),
            Ceremony.kind == kind.value,
            Ceremony.expires_at > at,
        )
        .returning(Ceremony.officer_id, Ceremony.data)
    ).one_or_none()
    return None if row is None else Begun(officer_id=row.officer_id, data=dict(row.data))


def forget_all(session: Session, officer_id: str) -> None:
    """Ends what an officer has begun. Does not commit."""
    session.execute(delete(Ceremony).where(Ceremony.officer_id == officer_id))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
