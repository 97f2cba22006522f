"""A word about a consignment: always written down, and a move only where the table allows it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from actions.desk import Deed
from models.dispatch import Consignment, DeliveryEvent
from models.lifecycle import NOT_KNOWN_THERE, DeliveryState, delivery_sources

_S = DeliveryState
RECEIVED = (_S.ACCEPTED, _S.ASSIGNED, _S.IN_PROGRESS, _S.DONE)
"""States that are the legal receipt, where the unit itself says so. Source: QĐ 28/2018 Đ9.2."""
UNITS_WORDS = (_S.ARRIVED, _S.REFUSED, *RECEIVED)
ASKED_BACK = (_S.RECALL_ASKED, _S.RECALL_REFUSED)
"""States in which an answer to a recall counts."""


def note(
    deed: Deed,
    consignment: Consignment,
    *,
    source: str,
    words: str,
    to: DeliveryState | None = None,
    code: str | None = None,
    said_at: datetime | None = None,
    incoming_id: UUID | None = None,
    within: Collection[DeliveryState] = tuple(DeliveryState),
    **columns: Any,  # noqa: ANN401 (columns of Consignment, of every type)
) -> bool:
    """Writes what became known of a consignment, and moves it where that is allowed.

    A word that comes late (01 after 03, a bounce after the acknowledgement) is kept and moves
    nothing. While a consignment is asked back, the word moves the state that it had before. Does
    not commit.

    Args:
        deed: the deed being done.
        consignment: read in this transaction; refreshed here.
        source: channel, dsn, mdn, edxml, portal, officer or machine.
        words: what is shown to people.
        to: the state that the word means; None where it means none.
        code: the other side's code, also one that we do not know.
        said_at: the other side's own time, as it said; aware.
        incoming_id: the message that said it.
        within: states in which the word counts, where the table alone would say more.
        columns: columns to set with a move.

    Returns:
        Whether the consignment moved.
    """
    expected = delivery_sources(to).intersection(within) if to is not None else frozenset()
    moved = to is not None and _changed(
        deed.session, consignment, expected, state=to.value, detail=words, **columns
    )
    if not moved:
        _keep_beside(deed.session, consignment, to, words)
    if to in RECEIVED:
        _receive(deed, consignment)
    deed.session.add(
        DeliveryEvent(
            consignment_id=consignment.id, at=deed.at, said_at=said_at, source=source,
            state=to.value if moved and to else None, code=code, words=words,
            incoming_id=incoming_id,
        )
    )  # fmt: skip
    deed.session.flush()
    deed.session.refresh(consignment)
    return moved


def current(session: Session, directive_id: UUID, organisation_id: str) -> Consignment | None:
    """Returns the consignment that says where a unit stands: the one that was not rerouted."""
    return session.scalars(
        select(Consignment)
        .where(
            Consignment.directive_id == directive_id,
            Consignment.organisation_id == organisation_id,
            Consignment.rerouted_to_id.is_(None),
        )
        .order_by(Consignment.revision.desc(), Consignment.planned_at.desc())
    ).first()


def events_of(session: Session, keys: Sequence[UUID]) -> dict[UUID, list[DeliveryEvent]]:
    """Returns what became known of consignments, each in the order in which it did."""
    found: dict[UUID, list[DeliveryEvent]] = {}
    rows = session.scalars(
        select(DeliveryEvent)
        .where(DeliveryEvent.consignment_id.in_(keys))
        .order_by(DeliveryEvent.id)
    )
    for row in rows:
        found.setdefault(row.consignment_id, []).append(row)
    return found


def _keep_beside(
    session: Session, consignment: Consignment, to: DeliveryState | None, words: str
) -> None:
    if to in UNITS_WORDS and to is not None:
        before = [state.value for state in delivery_sources(to)]
        session.execute(
            update(Consignment)
            .where(
                Consignment.id == consignment.id,
                Consignment.state.in_([state.value for state in ASKED_BACK]),
                Consignment.state_before_recall.in_(before),
            )
            .values(state_before_recall=to.value)
            .execution_options(synchronize_session=False)
        )
    # What a server says is of interest until the unit itself has spoken.
    _changed(session, consignment, NOT_KNOWN_THERE, detail=words)


def _receive(deed: Deed, consignment: Consignment) -> None:
    deed.session.execute(
        update(Consignment)
        .where(Consignment.id == consignment.id)
        .values(acknowledged_at=func.coalesce(Consignment.acknowledged_at, deed.at))
        .execution_options(synchronize_session=False)
    )


def _changed(
    session: Session,
    consignment: Consignment,
    expected: frozenset[DeliveryState],
    **columns: Any,  # noqa: ANN401 (columns of Consignment, of every type)
) -> bool:
    changed = session.execute(
        update(Consignment)
        .where(
            Consignment.id == consignment.id,
            Consignment.state.in_([state.value for state in expected]),
        )
        .values(**columns)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
