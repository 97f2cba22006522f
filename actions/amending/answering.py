"""A unit agrees to give a directive back, or refuses; on its page, or as the clerk notes it.

The same by edXML is status 15 or 16 (`actions.answers.statuses`).
"""

from uuid import UUID

from actions.access import require_role
from actions.answers.moving import ASKED_BACK, current, note
from actions.auditing import Actor
from actions.changing import get_directive
from actions.closing import require_reason
from actions.desk import Deed, Desk, doing
from actions.errors import NotFoundError, WrongStateError
from actions.follow_up_words import DELIVERY_WORDS
from actions.owing import require_unit
from models.base import DirectiveId
from models.dispatch import Consignment
from models.lifecycle import DeliveryState
from models.officer import Role

_S = DeliveryState


def agree_to_recall(
    desk: Desk, actor: Actor, directive_id: DirectiveId, *, organisation_id: str, words: str = ""
) -> None:
    """The unit agrees: it uses the directive no more and has destroyed its copy.

    Raises:
        NotAuthorisedError: the actor is not the unit.
        NotFoundError: the directive did not go to this unit.
        WrongStateError: nobody asked it back, or the unit agreed before.
    """
    with doing(desk, actor, "agree_to_recall", subject=directive_id) as deed:
        one = _of_unit(deed, directive_id, organisation_id, "đồng ý thu hồi văn bản")
        _answer(deed, one, _S.RECALLED, "portal", f"Đơn vị đồng ý. {words}".strip())


def refuse_recall(
    desk: Desk, actor: Actor, directive_id: DirectiveId, *, organisation_id: str, reason: str
) -> None:
    """The unit does not agree, with a reason; what it did with the directive stays visible.

    Raises:
        NotAuthorisedError, NotFoundError: as in `agree_to_recall`.
        WrongStateError: nobody asked it back, or the unit answered before.
        InvalidInputError: no reason was given.
    """
    with doing(desk, actor, "refuse_recall", subject=directive_id) as deed:
        one = _of_unit(deed, directive_id, organisation_id, "trả lời việc thu hồi văn bản")
        said = f"Đơn vị không đồng ý: {require_reason(reason)}"
        _answer(deed, one, _S.RECALL_REFUSED, "portal", said)


def note_recall_answer(
    desk: Desk, actor: Actor, consignment_id: UUID, *, agreed: bool, words: str
) -> None:
    """The clerk notes what a unit answered on paper or by telephone.

    Args:
        desk: the tools.
        actor: the registry clerk.
        consignment_id: what was asked back.
        agreed: whether the unit agreed.
        words: how and when it answered, its reason.

    Raises:
        NotFoundError: no such consignment.
        NotAuthorisedError: the actor is no registry clerk.
        WrongStateError: nobody asked it back, or the unit agreed before.
        InvalidInputError: nothing was said of how it answered.
    """
    with doing(desk, actor, "note_recall_answer") as deed:
        one = deed.session.get(Consignment, consignment_id)
        if one is None:
            raise NotFoundError("lượt gửi", consignment_id)
        directive = get_directive(deed.session, one.directive_id)
        deed.subject_id = str(directive.id)
        require_role(deed, Role.REGISTRY_CLERK, directive.organisation_id, "ghi trả lời thu hồi")
        said = require_reason(words, "Đơn vị trả lời thế nào")
        to = _S.RECALLED if agreed else _S.RECALL_REFUSED
        opening = "Đơn vị đồng ý" if agreed else "Đơn vị không đồng ý"
        _answer(deed, one, to, "officer", f"{opening} (văn thư ghi): {said}")


def _of_unit(deed: Deed, directive_id: DirectiveId, organisation_id: str, what: str) -> Consignment:
    require_unit(deed, organisation_id, what)
    one = current(deed.session, directive_id, organisation_id)
    if one is None:
        raise NotFoundError("văn bản gửi cho đơn vị", organisation_id)
    return one


def _answer(deed: Deed, one: Consignment, to: DeliveryState, source: str, words: str) -> None:
    deed.detail |= {"organisation": one.organisation_id, "before": one.state, "words": words}
    if not note(deed, one, source=source, to=to, words=words, within=ASKED_BACK):
        raise WrongStateError(
            "Lượt gửi", expected=(DELIVERY_WORDS[_S.RECALL_ASKED],),
            actual=DELIVERY_WORDS[DeliveryState(one.state)],
        )  # fmt: skip
