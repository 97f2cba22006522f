"""Asking a directive back from the units: each by its channel, and what still waits is not sent."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, update

from actions.amending.messages import Change, tell_unit
from actions.answers.moving import note
from actions.desk import Deed, Desk
from models.dispatch import Consignment
from models.lifecycle import DeliveryState, may_move_delivery
from models.outbox import OutboxRow

_S = DeliveryState


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What asking back did."""

    asked: tuple[str, ...] = ()
    """Units that may have it and were told by their channel."""
    by_hand: tuple[str, ...] = ()
    """Units that may have it and that a person must tell: they take paper only."""
    unsent: tuple[str, ...] = ()
    """Units that it never reached; nothing is sent to them any more."""


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
    asked: list[str] = []
    by_hand: list[str] = []
    unsent: list[str] = []
    for one in found:
        if one.rerouted_to_id is not None or one.state == _S.RECALLED:
            continue
        if not _may_have_it(one):
            _stop(deed, one, change)
            unsent.append(one.organisation_id)
        elif _ask(desk, deed, one, change):
            asked.append(one.organisation_id)
        else:
            by_hand.append(one.organisation_id)
    _settle(deed, [one.key for one in found])
    deed.detail |= {"asked": asked, "by_hand": by_hand, "unsent": unsent}
    return Asked(asked=tuple(asked), by_hand=tuple(by_hand), unsent=tuple(unsent))


def _consignments(
    deed: Deed, change: Change, organisations: Iterable[str] | None
) -> list[Consignment]:
    """Returns the rows, locked: no worker moves them between this look and what follows."""
    query = select(Consignment).where(Consignment.directive_id == change.directive.id)
    if organisations is not None:
        query = query.where(Consignment.organisation_id.in_(list(organisations)))
    return list(
        deed.session.scalars(
            query.order_by(Consignment.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _may_have_it(one: Consignment) -> bool:
    """Tells whether anything of it may lie at the unit; what was recalled before does not."""
    state = DeliveryState(one.state)
    return state is _S.RECALL_ASKED or may_move_delivery(state, _S.RECALL_ASKED)


def _ask(desk: Desk, deed: Deed, one: Consignment, change: Change) -> bool:
    """Returns whether the unit was told by a channel; the consignment is asked back either way."""
    told = tell_unit(desk, deed, one, change)
    by_hand = "" if told else " Đơn vị nhận bản giấy: báo cho đơn vị và ghi trả lời bằng tay."
    before = one.state_before_recall or one.state
    note(
        deed, one, source="officer", to=_S.RECALL_ASKED, words=f"{change.words}{by_hand}",
        state_before_recall=before,
    )  # fmt: skip
    return told is not None


def _stop(deed: Deed, one: Consignment, change: Change) -> None:
    note(
        deed, one, source="officer", to=_S.RECALLED, state_before_recall=one.state,
        words=f"Chưa đến đơn vị; không gửi nữa. {change.words}",
    )  # fmt: skip


def _settle(deed: Deed, keys: list[str]) -> None:
    """Ends what waits in the outbox. A row that is leased ends by itself: its letter stands still.

    A worker that holds it finds the consignment in no state to be sent (`attempting.begin`).
    """
    deed.session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.ikey.in_(keys), OutboxRow.kind == "consignment", OutboxRow.state == "queued"
        )
        .values(state="settled")
        .execution_options(synchronize_session=False)
    )
