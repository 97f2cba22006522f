"""A unit refuses a directive that reached it (từ chối tiếp nhận), with a reason, at its own page.

Source: QĐ 28/2018 Đ5.4, Đ9.1: the receiver may refuse and must tell the sender.
"""

from actions.acknowledging import consignment_of
from actions.answers.moving import note
from actions.auditing import Actor
from actions.changing import get_directive
from actions.closing import require_reason
from actions.desk import Desk, doing
from actions.errors import NotFoundError, WrongStateError
from actions.follow_up_words import DELIVERY_WORDS
from actions.owing import require_unit
from models.base import DirectiveId
from models.lifecycle import DeliveryState


def refuse_delivery(
    desk: Desk, actor: Actor, directive_id: DirectiveId, *, organisation_id: str, reason: str
) -> None:
    """Records that the unit does not accept the directive; what it owes stays as it is.

    Raises:
        NotAuthorisedError: the actor is not the unit.
        NotFoundError: no such directive, or it was not meant for this unit.
        WrongStateError: the unit has accepted or refused it before, or it is asked back.
        InvalidInputError: no reason was given.
    """
    with doing(desk, actor, "refuse_delivery", subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        require_unit(deed, organisation_id, "từ chối tiếp nhận văn bản")
        why = require_reason(reason)
        consignment = consignment_of(deed.session, directive, organisation_id)
        if consignment is None:
            raise NotFoundError("văn bản gửi cho đơn vị", organisation_id)
        words = f"Đơn vị từ chối tiếp nhận: {why}"
        before = DeliveryState(consignment.state)
        if consignment.acknowledged_at is not None or not note(
            deed, consignment, source="portal", to=DeliveryState.REFUSED, words=words
        ):
            actual = "đã xác nhận" if consignment.acknowledged_at else DELIVERY_WORDS[before]
            raise WrongStateError("Văn bản", expected=("chưa được tiếp nhận",), actual=actual)
        deed.detail |= {"organisation": organisation_id, "before": before.value, "reason": why}
