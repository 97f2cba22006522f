"""Asks that a directive's run be woken: an outbox row in the transaction of the decision."""

import secrets

from sqlalchemy import update

from actions.desk import Deed
from models.base import DirectiveId
from models.outbox import OutboxRow


def ask_to_wake(deed: Deed, directive_id: DirectiveId) -> None:
    """Writes the row; the door nudges the orchestrator after commit, `reconcile` does if it fails.

    Does not commit. A row that still waits is enough: it is moved to now instead of doubled.
    """
    reference = str(directive_id)
    waiting = deed.session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.kind == "wake",
            OutboxRow.reference == reference,
            OutboxRow.state == "queued",
        )
        .values(next_at=deed.at)
    )
    if waiting.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        deed.session.add(
            OutboxRow(
                ikey=f"wake:{reference}:{secrets.token_hex(8)}",
                kind="wake",
                reference=reference,
                next_at=deed.at,
            )
        )
