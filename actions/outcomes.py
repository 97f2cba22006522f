"""How several attempts ended, recorded in one transaction: what was sent, a statement a table.

What was sent is the usual case and has no consequences; everything else is recorded one by one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from actions import outbox
from actions.attempting import (
    SENDABLE,
    Attempt,
    Dispatching,
    Outcome,
    OutcomeKind,
    audited,
    record,
)
from actions.auditing import MACHINE
from actions.delivery_history import event_row
from actions.desk import Deed, Desk
from models.dispatch import Consignment, DeliveryAttempt, DeliveryEvent, Notice
from models.lifecycle import DeliveryState

Ended = tuple[Attempt, Outcome]


def record_all(
    desk: Desk, session: Session, results: Sequence[Ended], *, at: datetime, how: Dispatching
) -> list[tuple[OutcomeKind, Deed]]:
    """Records attempts of one claim as `actions.attempting.record` does one. Does not commit.

    Returns:
        How each ended, in order, with the deed whose detail is its audit event.
    """
    sent = _record_sent(session, [one for one in results if one[1].kind is OutcomeKind.SENT], at)
    recorded = []
    for attempt, outcome in results:
        deed = Deed(session=session, actor=MACHINE, at=at, subject_id=attempt.row.reference)
        kind = sent.get(attempt.id)
        if kind is None:
            kind = record(desk, deed, attempt, outcome, how=how)
        else:
            deed.detail |= audited(attempt.row, kind, outcome)
        recorded.append((kind, deed))
    return recorded


def _record_sent(session: Session, sent: Sequence[Ended], at: datetime) -> dict[int, OutcomeKind]:
    """Settles, ends and moves what was sent, but nothing of those whose lease was lost."""
    if not sent:
        return {}
    held = outbox.settle_all(session, [one.row.id for one, _ in sent], sent[0][0].token)
    kinds = {
        one.id: OutcomeKind.SENT if one.row.id in held else OutcomeKind.LEASE_LOST
        for one, _ in sent
    }
    ended = [
        {"id": one.id, "ended_at": at, "outcome": kinds[one.id].value, "text": outcome.text,
         "code": outcome.code[:40] if outcome.code else None}
        for one, outcome in sent
    ]  # fmt: skip
    session.execute(update(DeliveryAttempt), ended)
    _move_sent(session, "notice", [one for one in sent if one[0].row.id in held], at)
    moved = _move_sent(session, "consignment", [one for one in sent if one[0].row.id in held], at)
    if moved:
        events = [
            event_row(key, at=at, source="channel", words=outcome.text or outcome.words,
                      state=DeliveryState.SENT, code=outcome.code)
            for key, outcome in moved.items()
        ]  # fmt: skip
        session.execute(insert(DeliveryEvent), events)
    return kinds


def _move_sent(
    session: Session, kind: str, sent: Sequence[Ended], at: datetime
) -> dict[UUID, Outcome]:
    """Moves what still stands where it may be sent; an answer may have overtaken it. Returns it."""
    table: type[Consignment | Notice] = Consignment if kind == "consignment" else Notice
    outcomes = {UUID(one.row.reference): outcome for one, outcome in sent if one.row.kind == kind}
    if not outcomes:
        return {}
    # Locked by this look: nobody moves them before the end of the transaction.
    standing = session.scalars(
        select(table.id)
        .where(table.id.in_(list(outcomes)), table.state.in_([state.value for state in SENDABLE]))
        .order_by(table.id)
        .with_for_update()
    ).all()
    rows: list[dict[str, Any]] = [
        {"id": key, "state": DeliveryState.SENT.value, "detail": outcomes[key].words, "sent_at": at}
        for key in standing
    ]
    if rows:
        session.execute(update(table), rows)
    return {key: outcomes[key] for key in standing}
