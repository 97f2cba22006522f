"""Asking a directive back from the units: each by its channel, and what still waits is not sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update

from actions.amending.messages import Change, Telling
from actions.desk import Deed, Desk
from actions.notifying import NewNotice, queue_new
from models.dispatch import Consignment, DeliveryEvent
from models.lifecycle import DeliveryState, may_move_delivery
from models.organisation import Organisation
from models.outbox import OutboxRow

_S = DeliveryState
_AT_ONCE = 500
"""Keys in one statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What asking back did."""

    asked: tuple[str, ...] = ()
    """Units that may have it and were told by their channel."""
    by_hand: tuple[str, ...] = ()
    """Units that may have it and that a person must tell: they take paper only."""
    unsent: tuple[str, ...] = ()
    """Units that it never reached; nothing is sent to them any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """What happens to one consignment."""

    one: Consignment
    to: DeliveryState
    words: str
    answer: str
    """A field of `Asked`."""


def ask_back(
    desk: Desk, deed: Deed, change: Change, *, organisations: Iterable[str] | None = None
) -> Asked:
    """Asks every unit that may have the directive; stops what has not gone out. Does not commit.

    Args:
        desk: the tools.
        deed: the deed of amending.
        change: what is asked, and why.
        organisations: these units alone; all where None.
    """
    found = _consignments(deed, change, organisations)
    telling = Telling(desk=desk, deed=deed, change=change)
    moves: list[_Move] = []
    news: list[NewNotice] = []
    for one, unit in found:
        if one.rerouted_to_id is not None or one.state == _S.RECALLED:
            continue
        if not _may_have_it(one):
            moves.append(_stopped(one, change))
            continue
        new = telling.notice_for(one, unit)
        moves.append(_asked(one, change, by_hand=new is None))
        news += [new] if new is not None else []
    _write(deed, moves)
    queue_new(desk, deed, news)
    _settle(deed, [one.key for one, _ in found])
    result = Asked(**{
        answer: tuple(move.one.organisation_id for move in moves if move.answer == answer)
        for answer in ("asked", "by_hand", "unsent")
    })  # fmt: skip
    deed.detail |= {"asked": result.asked, "by_hand": result.by_hand, "unsent": result.unsent}
    return result


def _consignments(
    deed: Deed, change: Change, organisations: Iterable[str] | None
) -> list[tuple[Consignment, Organisation]]:
    """Returns the rows, locked: nobody moves them between this look and the end."""
    query = (
        select(Consignment, Organisation)
        .join(Organisation, Organisation.id == Consignment.organisation_id)
        .where(Consignment.directive_id == change.directive.id)
    )
    if organisations is not None:
        query = query.where(Consignment.organisation_id.in_(list(organisations)))
    rows = deed.session.execute(
        query.order_by(Consignment.id)
        .with_for_update(of=Consignment)
        .execution_options(populate_existing=True)
    )
    return [(one, unit) for one, unit in rows]


def _may_have_it(one: Consignment) -> bool:
    """Tells whether anything of it may lie at the unit; what was recalled before does not."""
    state = DeliveryState(one.state)
    return state is _S.RECALL_ASKED or may_move_delivery(state, _S.RECALL_ASKED)


def _asked(one: Consignment, change: Change, *, by_hand: bool) -> _Move:
    more = " Đơn vị nhận bản giấy: báo cho đơn vị và ghi trả lời bằng tay." if by_hand else ""
    return _Move(
        one=one, to=_S.RECALL_ASKED, words=f"{change.words}{more}",
        answer="by_hand" if by_hand else "asked",
    )  # fmt: skip


def _stopped(one: Consignment, change: Change) -> _Move:
    words = f"Chưa đến đơn vị; không gửi nữa. {change.words}"
    return _Move(one=one, to=_S.RECALLED, words=words, answer="unsent")


def _write(deed: Deed, moves: list[_Move]) -> None:
    """Moves all at once, with their events. The rows are locked, and the table allows each move.

    What was asked back before, and is now asked again, stays where it is with a further word.
    """
    same: dict[tuple[DeliveryState, str], list[UUID]] = {}
    events: list[dict[str, Any]] = []
    for move in moves:
        moved = may_move_delivery(DeliveryState(move.one.state), move.to)
        same.setdefault((move.to, move.words), []).append(move.one.id)
        events.append({
            "consignment_id": move.one.id, "at": deed.at, "source": "officer", "words": move.words,
            "state": move.to.value if moved else None,
        })  # fmt: skip
    for (to, words), keys in same.items():
        _move_to(deed, to, words, keys)
    if events:
        deed.session.execute(insert(DeliveryEvent), events)


def _move_to(deed: Deed, to: DeliveryState, words: str, keys: list[UUID]) -> None:
    before = func.coalesce(Consignment.state_before_recall, Consignment.state)
    for start in range(0, len(keys), _AT_ONCE):
        deed.session.execute(
            update(Consignment)
            .where(Consignment.id.in_(keys[start : start + _AT_ONCE]))
            .values(state=to.value, detail=words, state_before_recall=before)
            .execution_options(synchronize_session=False)
        )


def _settle(deed: Deed, keys: list[str]) -> None:
    """Ends what waits in the outbox. A row that is leased ends by itself: its letter stands still.

    A worker that holds it finds the consignment in no state to be sent (`attempting.begin`).
    """
    for start in range(0, len(keys), _AT_ONCE):
        deed.session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.ikey.in_(keys[start : start + _AT_ONCE]),
                OutboxRow.kind == "consignment",
                OutboxRow.state == "queued",
            )
            .values(state="settled")
            .execution_options(synchronize_session=False)
        )
