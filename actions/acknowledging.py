"""A unit confirms that it has received a directive (xác nhận đã nhận): the legal receipt.

What servers say is a hint; this is the unit's own word, on its own page.
"""

from sqlalchemy import update
from sqlalchemy.orm import Session

from actions.answers.moving import current, note
from actions.auditing import Actor
from actions.changing import get_directive
from actions.desk import Deed, Desk, doing
from actions.errors import AlreadyDoneError, NotFoundError
from actions.owing import require_unit
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Consignment
from models.lifecycle import DeliveryState


def acknowledge(
    desk: Desk, actor: Actor, directive_id: DirectiveId, *, organisation_id: str
) -> None:
    """Records that the unit has received the directive, whatever its mail server said before.

    A message that still waits in the outbox is not sent any more.

    Raises:
        NotAuthorisedError: the actor is not the unit.
        NotFoundError: no such directive, or it was not meant for this unit.
        AlreadyDoneError: the unit confirmed before.
    """
    with doing(desk, actor, "acknowledge", subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        require_unit(deed, organisation_id, "xác nhận đã nhận văn bản")
        consignment = consignment_of(deed.session, directive, organisation_id)
        if consignment is None:
            raise NotFoundError("văn bản gửi cho đơn vị", organisation_id)
        before = consignment.state
        if not _is_first(deed, consignment):
            raise AlreadyDoneError("Xác nhận đã nhận", actor.name)
        note(
            deed, consignment, source="portal", to=DeliveryState.ACCEPTED,
            words="Đơn vị xác nhận đã nhận tại trang của đơn vị.",
        )  # fmt: skip
        deed.detail |= {"organisation": organisation_id, "before": before}


def _is_first(deed: Deed, consignment: Consignment) -> bool:
    """Tells whether nobody has acknowledged it before; the database decides who was first."""
    changed = deed.session.execute(
        update(Consignment)
        .where(Consignment.id == consignment.id, Consignment.acknowledged_at.is_(None))
        .values(acknowledged_at=deed.at)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def consignment_of(
    session: Session, directive: Directive, organisation_id: str
) -> Consignment | None:
    """Returns what the unit is sent, by the channel that counts; None where nothing is."""
    return current(session, directive.id, organisation_id)
