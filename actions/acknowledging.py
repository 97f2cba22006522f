"""A unit confirms that it has received a directive (xác nhận đã nhận): the legal receipt.

What servers say is a hint; this is the unit's own word, on its own page.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.auditing import Actor
from actions.changing import get_directive
from actions.desk import Desk, doing
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
        changed = deed.session.execute(
            update(Consignment)
            .where(Consignment.id == consignment.id, Consignment.acknowledged_at.is_(None))
            .values(state=DeliveryState.ACCEPTED.value, acknowledged_at=deed.at)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            raise AlreadyDoneError("Xác nhận đã nhận", actor.name)
        deed.detail |= {"organisation": organisation_id, "before": consignment.state}


def consignment_of(
    session: Session, directive: Directive, organisation_id: str
) -> Consignment | None:
    """Returns what the unit is sent of the current revision, or None."""
    return session.scalars(
        select(Consignment)
        .where(
            Consignment.directive_id == directive.id,
            Consignment.revision == directive.revision,
            Consignment.organisation_id == organisation_id,
        )
        .order_by(Consignment.planned_at)
    ).first()
