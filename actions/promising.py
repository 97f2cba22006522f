"""Idempotency keys: who asks again with the same key gets the same answer; one deed is done.

The answer to a deed is written in the deed's own transaction, beside its audit event: either both
are there or neither. What could not be written that way (a refusal) is written at once after it.
An attempt that died is taken over after a while; should it wake up again, its deed is rolled back.

Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.auditing import BESIDE
from actions.errors import KeyReusedError, KeyUnderWayError
from models.audit import AuditEvent
from models.idempotency import PromisedAnswer
from models.session import Database

KEPT_FOR: Final = timedelta(hours=48)
"""How long an answer is kept; after it the key is as good as new."""
GIVEN_UP_AFTER: Final = timedelta(minutes=10)
"""An attempt that has not ended by then has died with its process; longer than any request."""
SWEPT_AT_ONCE: Final = 50
DONE_STATUS: Final = 200
BEGUN, ACTED, SETTLED = "begun", "acted", "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The answer that was given before."""

    status: int
    answer: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The turn of one request under a key."""

    token_id: uuid.UUID
    key: str
    attempt: str

    def database(self, plain: Database) -> Database:
        """Returns the database whose deeds write the answer beside their audit events."""
        return plain.bearing(**{BESIDE: self.note})

    def note(self, session: Session, events: Sequence[AuditEvent]) -> None:
        """Writes what was done into the answer, in the transaction of the deed.

        Raises:
            KeyUnderWayError: the attempt was given up and another one has the turn; the deed must
                not be done.
        """
        done = receipts(events)
        if not done:
            return
        row = session.scalars(
            select(PromisedAnswer)
            .where(*self._mine, PromisedAnswer.state != SETTLED)
            .with_for_update()
        ).one_or_none()
        if row is None:
            raise KeyUnderWayError
        row.answer = {"deeds": [*row.answer.get("deeds", ()), *done]}
        row.state, row.status = ACTED, DONE_STATUS
        session.flush()

    def settle(self, database: Database, status: int, answer: Mapping[str, Any]) -> None:
        """Keeps how the request was answered."""
        with database.writing() as session:
            session.execute(
                update(PromisedAnswer)
                .where(*self._mine)
                .values(state=SETTLED, status=status, answer=dict(answer))
            )

    def give_back(self, database: Database) -> None:
        """Lets the key be used again at once: nothing was done, and that was no fault of the asker.

        Where a deed was done already the turn only ends, and its answer stays.
        """
        with database.writing() as session:
            session.execute(
                delete(PromisedAnswer).where(*self._mine, PromisedAnswer.state == BEGUN)
            )
            session.execute(
                update(PromisedAnswer)
                .where(*self._mine, PromisedAnswer.state == ACTED)
                .values(state=SETTLED)
            )

    @property
    def _mine(self) -> tuple[Any, ...]:
        return (
            PromisedAnswer.token_id == self.token_id,
            PromisedAnswer.key == self.key,
            PromisedAnswer.attempt == self.attempt,
        )


def receipts(events: Sequence[AuditEvent]) -> list[dict[str, Any]]:
    """Returns what was done, as programs are told: the audit events of the deeds."""
    return [
        {
            "deed": one.deed,
            "subject_kind": one.subject_kind,
            "subject_id": one.subject_id,
            "at": one.at.isoformat(),
            "sequence": one.sequence,
            "hash": one.hash,
        }
        for one in events
        if one.outcome == "done"
    ]


def claim(
    database: Database, token_id: uuid.UUID, key: str, request_sha256: str, at: datetime
) -> Promise | Kept:
    """Takes the turn under a key, or returns the answer that was given.

    Raises:
        KeyReusedError: the key belongs to another request.
        KeyUnderWayError: the request is being answered.
    """
    promise = Promise(token_id=token_id, key=key, attempt=secrets.token_hex(16))
    try:
        with database.writing() as session:
            _sweep(session, at)
            session.add(
                PromisedAnswer(
                    token_id=token_id, key=key, request_sha256=request_sha256,
                    attempt=promise.attempt, state=BEGUN, created_at=at,
                    given_up_at=at + GIVEN_UP_AFTER, expires_at=at + KEPT_FOR,
                )
            )  # fmt: skip
    except IntegrityError:
        return _known(database, promise, request_sha256, at)
    return promise


def _known(
    database: Database, promise: Promise, request_sha256: str, at: datetime
) -> Promise | Kept:
    with database.writing() as session:
        row = session.scalars(
            select(PromisedAnswer)
            .where(PromisedAnswer.token_id == promise.token_id, PromisedAnswer.key == promise.key)
            .with_for_update()
        ).one_or_none()
        if row is None:  # ended this very moment: the asker comes again
            raise KeyUnderWayError
        is_over, is_dead = row.expires_at <= at, row.given_up_at <= at
        if not is_over:
            if row.request_sha256 != request_sha256:
                raise KeyReusedError
            if row.status is not None and (row.state == SETTLED or is_dead):
                return Kept(status=row.status, answer=dict(row.answer))
            if not is_dead:
                raise KeyUnderWayError
        row.attempt, row.state, row.status, row.answer = promise.attempt, BEGUN, None, {}
        row.request_sha256, row.created_at = request_sha256, at
        row.given_up_at, row.expires_at = at + GIVEN_UP_AFTER, at + KEPT_FOR
    return promise


def _sweep(session: Session, at: datetime) -> None:
    """Forgets answers whose time is over, a few with each new one."""
    over = (
        select(PromisedAnswer.token_id, PromisedAnswer.key)
        .where(PromisedAnswer.expires_at <= at)
        .order_by(PromisedAnswer.token_id, PromisedAnswer.key)
        .limit(SWEPT_AT_ONCE)
    )
    for token_id, key in session.execute(over).all():
        session.execute(
            delete(PromisedAnswer).where(
                PromisedAnswer.token_id == token_id,
                PromisedAnswer.key == key,
                PromisedAnswer.expires_at <= at,
            )
        )
