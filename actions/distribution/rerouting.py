"""When a channel fails for good, the unit's next one takes over, in the same transaction."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions import outbox
from actions.closing import RUNNING
from actions.consigning import limit_of, names_of, queue
from actions.delivery_history import write_event
from actions.desk import Deed, Desk
from actions.errors import WrongStateError
from actions.follow_up_words import DELIVERY_WORDS
from actions.ways import PAPER_TASK, Way, after, channel_words, ways_of
from models.directive import Directive
from models.dispatch import Consignment
from models.lifecycle import DeliveryState, DirectiveState
from models.organisation import Organisation

_S = DeliveryState
FAILED_FOR_GOOD = (_S.BOUNCED, _S.FAILED)
"""States after which the next channel is tried. A unit's own refusal is an answer, not a fault."""

_MAY_COME_BACK = (*FAILED_FOR_GOOD, _S.HELD, _S.UNKNOWN)

LAST_WORDS = "Không còn kênh nào khác để tự chuyển; văn thư quyết định."


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """What takes over from a consignment."""

    way: Way
    """The channel and where it reaches the unit."""
    why: str
    """Why the one before gave up, in its own words or the clerk's."""
    source: str
    """machine or officer."""


def reroute_failed(
    desk: Desk, deed: Deed, consignment: Consignment, *, why: str
) -> Consignment | None:
    """Plans the next channel of the unit after one that failed for good. Does not commit.

    To be called in the transaction that moved the consignment to `bounced` or `failed`. The new
    one has a key and a Message-ID of its own; the old one points to it.

    Args:
        desk: the tools.
        deed: the deed being done; what happened goes into its detail.
        consignment: the one that failed.
        why: the channel's own words.

    Returns:
        The new consignment; None where no channel is left, the directive is taken back, or another
        one took over already: then it waits for a person.
    """
    deed.session.refresh(consignment, with_for_update=True)
    if consignment.rerouted_to_id is not None or consignment.state not in FAILED_FOR_GOOD:
        return None
    directive = deed.session.get_one(Directive, consignment.directive_id)
    if DirectiveState(directive.state) not in (*RUNNING, DirectiveState.CLOSED):
        return None
    way = _next_way(deed.session, consignment)
    if way is None:
        write_event(deed, consignment.id, source="machine", words=LAST_WORDS)
        return None
    return take_over(
        desk, deed, directive, consignment, Takeover(way=way, why=why, source="machine")
    )


def take_over(
    desk: Desk, deed: Deed, directive: Directive, old: Consignment, how: Takeover
) -> Consignment:
    """Puts another channel in the place of a consignment. Does not commit.

    A channel that was tried before gets its old consignment back, key and Message-ID included.

    Raises:
        WrongStateError: what went that way before has arrived or was answered.
    """
    new = _again(deed, directive, old, how.way) or _new(desk, deed, directive, old, how.way)
    deed.session.execute(
        update(Consignment).where(Consignment.id == old.id).values(rerouted_to_id=new.id)
    )
    to = channel_words(how.way.channel)
    write_event(deed, old.id, source=how.source, words=f"Chuyển sang kênh {to}: {how.why}")
    write_event(
        deed, new.id, source=how.source, state=DeliveryState(new.state),
        words=f"Thay kênh {channel_words(old.channel)}: {how.why}",
    )  # fmt: skip
    deed.detail.setdefault("rerouted", []).append(
        {"organisation": old.organisation_id, "from": old.channel, "to": how.way.channel}
    )
    deed.session.flush()
    return new


def _next_way(session: Session, consignment: Consignment) -> Way | None:
    unit = session.get_one(Organisation, consignment.organisation_id)
    ways = ways_of(session, (unit,))[unit.id]
    tried = session.scalars(
        select(Consignment.channel).where(
            Consignment.directive_id == consignment.directive_id,
            Consignment.revision == consignment.revision,
            Consignment.organisation_id == consignment.organisation_id,
        )
    )
    return after(ways, consignment.channel, tried=tried)


def _new(desk: Desk, deed: Deed, directive: Directive, old: Consignment, way: Way) -> Consignment:
    key, message_id = names_of(desk, directive, old.organisation_id, way.channel)
    new = Consignment(
        directive_id=old.directive_id,
        revision=old.revision,
        organisation_id=old.organisation_id,
        role=old.role,
        lines=list(old.lines),
        channel=way.channel,
        address=way.address or "",
        key=key,
        message_id=message_id,
        state=(_S.HELD if way.is_paper else _S.PLANNED).value,
        detail=PAPER_TASK if way.is_paper else None,
        planned_at=deed.at,
        # The limit speaks of the directive; a change of channel does not move it.
        send_by=old.send_by or limit_of(deed, directive),
    )
    deed.session.add(new)
    deed.session.flush()
    if not way.is_paper:
        queue(deed, directive, new)
        deed.session.flush()
    return new


def _again(deed: Deed, directive: Directive, old: Consignment, way: Way) -> Consignment | None:
    found = deed.session.scalar(
        select(Consignment).where(
            Consignment.directive_id == old.directive_id,
            Consignment.revision == old.revision,
            Consignment.organisation_id == old.organisation_id,
            Consignment.channel == way.channel,
        )
    )
    if found is None:
        return None
    if DeliveryState(found.state) not in _MAY_COME_BACK:
        raise WrongStateError(
            "Lượt gửi trước qua kênh này",
            expected=tuple(DELIVERY_WORDS[state] for state in _MAY_COME_BACK),
            actual=DELIVERY_WORDS[DeliveryState(found.state)],
        )
    found.rerouted_to_id = None
    found.address = way.address or found.address
    found.state = (_S.HELD if way.is_paper else _S.PLANNED).value
    found.detail = PAPER_TASK if way.is_paper else None
    deed.session.flush()
    if not way.is_paper and not outbox.queue_again(deed.session, found.key, at=deed.at):
        queue(deed, directive, found)
    return found
