"""The outbox: work that follows a decision is claimed, done outside any transaction, and settled.

A row is written in the transaction of the decision. A worker claims a batch in a short transaction
(token and lease), does the work, and settles each row in the transaction that writes the work's
own state; the settling names the token, so that a worker whose lease ran out changes nothing.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from sqlalchemy import Select, String, insert, literal_column, select, update
from sqlalchemy.orm import Session

from actions.desk import Deed, Desk
from models.outbox import OutboxRow
from models.session import is_postgresql

LEASE_S = 900
"""How long a claimed row belongs to its worker; each attempt begins a new lease.

Longer than a mail server may take for its last reply, or a slow one would be sent to twice.
Source: RFC 5321 section 4.5.3.2.6 (ten minutes).
"""

URGENT, USUAL = 0, 1
"""Priorities: whatever is urgent and due goes before all that is not."""
PRIORITIES = (URGENT, USUAL)

# Literals: with a bound parameter PostgreSQL's generic plan loses the partial index.
_QUEUED = literal_column("'queued'", String)
_LEASED = literal_column("'leased'", String)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedRow:
    """One piece of work, held under a lease."""

    id: int
    """Identifies the row."""
    ikey: str
    """The consignment's or the notice's key."""
    kind: str
    """`consignment` or `notice`."""
    reference: str
    """Identifier of the consignment or notice."""
    attempts: int
    """How often it was claimed, this time included."""
    said: str = ""
    """What the first attempt said; empty where there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one claim brought."""

    token: str
    """Proves the lease; every change of these rows names it."""
    rows: tuple[ClaimedRow, ...]
    """What is urgent first, then in the order in which they became due."""


def enqueue(
    deed: Deed,
    *,
    kind: str,
    ikey: str,
    reference: object,
    priority: int = USUAL,
    not_before: datetime | None = None,
) -> None:
    """Writes a row in the transaction of the decision; it waits until `not_before`, if given.

    Does not commit.
    """
    enqueue_all(deed, kind=kind, works=((ikey, reference, not_before),), priority=priority)


def enqueue_all(
    deed: Deed,
    *,
    kind: str,
    works: Iterable[tuple[str, object, datetime | None]],
    priority: int = USUAL,
) -> None:
    """Writes rows as `enqueue` does one (key, reference, not before), thousands in one statement.

    Does not commit.
    """
    rows = [
        {"ikey": ikey, "kind": kind, "reference": str(reference), "priority": priority,
         "next_at": not_before or deed.at}
        for ikey, reference, not_before in works
    ]  # fmt: skip
    if rows:
        deed.session.execute(insert(OutboxRow), rows)


def claim(desk: Desk, kinds: Sequence[str], *, limit: int, lease_s: int = LEASE_S) -> Batch:
    """Takes up to `limit` due rows under one new token, in a transaction of its own.

    No two claimers share a row: PostgreSQL skips rows that another one is taking, SQLite lets one
    writer in at a time.
    """
    token = secrets.token_hex(16)
    at = desk.clock()
    held = {"state": "leased", "lease_until": at + timedelta(seconds=lease_s), "lease_token": token}
    claimed: list[ClaimedRow] = []
    with desk.database.writing() as session:
        for priority, kind in product(PRIORITIES, kinds):
            if len(claimed) < limit:
                due = _due(kind, priority, limit=limit - len(claimed), at=at)
                claimed += _claimed(session, due, held)
    return Batch(token=token, rows=tuple(claimed))


def _due(kind: str, priority: int, *, limit: int, at: datetime) -> Select[tuple[int]]:
    """One kind and one priority at a time: then the index gives the rows in their order.

    With several of them in one query every due row would be read and sorted, at every claim.
    """
    return (
        select(OutboxRow.id)
        .where(
            OutboxRow.state == _QUEUED,
            OutboxRow.kind == kind,
            OutboxRow.priority == priority,
            OutboxRow.next_at <= at,
        )
        .order_by(OutboxRow.next_at, OutboxRow.id)
        .limit(limit)
    )


def _claimed(
    session: Session, due: Select[tuple[int]], held: Mapping[str, Any]
) -> list[ClaimedRow]:
    if is_postgresql(session):
        # A common table expression is run once; a subquery under IN may be run again per row.
        due = due.with_for_update(skip_locked=True)
    taken = due.cte("due")
    rows = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(select(taken.c.id)))
        .values(attempts=OutboxRow.attempts + 1, **held)
        .returning(
            OutboxRow.id, OutboxRow.ikey, OutboxRow.kind, OutboxRow.reference,
            OutboxRow.attempts, OutboxRow.next_at, OutboxRow.payload,
        )
        .execution_options(synchronize_session=False)
    ).all()  # fmt: skip
    return [
        ClaimedRow(id=row.id, ikey=row.ikey, kind=row.kind, reference=row.reference,
                   attempts=row.attempts, said=row.payload.get("text", ""))
        for row in sorted(rows, key=lambda row: (row.next_at, row.id))
    ]  # fmt: skip


def _change(session: Session, row_id: int, token: str | None, **values: Any) -> bool:  # noqa: ANN401 (columns of OutboxRow, of every type)
    held = [OutboxRow.id == row_id, OutboxRow.state == _LEASED, OutboxRow.lease_token == token]
    changed = session.execute(
        update(OutboxRow).where(*held).values(**values).execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def _change_all(
    session: Session,
    row_ids: Sequence[int],
    token: str,
    **values: Any,  # noqa: ANN401 (columns of OutboxRow, of every type)
) -> set[int]:
    """Changes the rows that are still held; returns which were."""
    return set(
        session.scalars(
            update(OutboxRow)
            .where(
                OutboxRow.id.in_(row_ids),
                OutboxRow.state == _LEASED,
                OutboxRow.lease_token == token,
            )
            .values(**values)
            .returning(OutboxRow.id)
            .execution_options(synchronize_session=False)
        )
    )


def renew_all(session: Session, row_ids: Sequence[int], token: str, *, until: datetime) -> set[int]:
    """Begins a new lease for rows that are still held; returns which are."""
    return _change_all(session, row_ids, token, lease_until=until)


def keep_texts(session: Session, texts: Mapping[int, str]) -> None:
    """Keeps what first attempts say, for the repeats: rows that are held, and had no text yet."""
    if texts:
        rows = [{"id": key, "payload": {"text": text}} for key, text in texts.items()]
        session.execute(update(OutboxRow), rows)


def settle(session: Session, row_id: int, token: str | None) -> bool:
    """Ends the row; False where the lease was lost: then nothing else may be changed either."""
    return _change(
        session, row_id, token, state="settled", lease_until=None, lease_token=None
    )  # fmt: skip


def settle_all(session: Session, row_ids: Sequence[int], token: str) -> set[int]:
    """Ends rows as `settle` does one; returns those whose lease was not lost."""
    return _change_all(
        session, row_ids, token, state="settled", lease_until=None, lease_token=None
    )  # fmt: skip


def requeue(session: Session, row_id: int, token: str | None, *, next_at: datetime) -> bool:
    """Puts the row back for a later attempt; False where the lease was lost."""
    return _change(
        session, row_id, token,
        state="queued", next_at=next_at, lease_until=None, lease_token=None,
    )  # fmt: skip


def _expired(kinds: Sequence[str], at: datetime) -> Select[tuple[OutboxRow]]:
    return (
        select(OutboxRow)
        .where(OutboxRow.state == _LEASED, OutboxRow.lease_until <= at, OutboxRow.kind.in_(kinds))
        .order_by(OutboxRow.id)
    )


def any_expired(session: Session, kinds: Sequence[str], *, at: datetime) -> bool:
    """Tells whether a lease ran out: its worker is dead or far too slow."""
    return session.scalars(_expired(kinds, at).limit(1)).first() is not None


def expired(session: Session, kinds: Sequence[str], *, at: datetime) -> list[OutboxRow]:
    """Returns the rows whose lease ran out and locks them, so that one process takes them back."""
    return list(session.scalars(_expired(kinds, at).with_for_update(skip_locked=True)))


def queue_again(session: Session, ikey: str, *, at: datetime) -> bool:
    """Puts a settled row back with its count of attempts at nought, by a person's decision.

    False where the row does not exist or is not settled.
    """
    changed = session.execute(
        update(OutboxRow)
        .where(OutboxRow.ikey == ikey, OutboxRow.state == "settled")
        .values(state="queued", next_at=at, attempts=0)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def withdraw(session: Session, ikey: str) -> bool:
    """Takes a row out that still waits, by a person's decision; False where it is being sent.

    True also where nothing waits: then there is nothing to take out.
    """
    changed = session.execute(
        update(OutboxRow)
        .where(OutboxRow.ikey == ikey, OutboxRow.state == _QUEUED)
        .values(state="settled")
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        return True
    leased = select(OutboxRow.id).where(OutboxRow.ikey == ikey, OutboxRow.state == _LEASED)
    return session.scalar(leased) is None


def exists(session: Session, ikey: str) -> bool:
    """Tells whether a row was ever written for a key."""
    return session.scalar(select(OutboxRow.id).where(OutboxRow.ikey == ikey)) is not None
