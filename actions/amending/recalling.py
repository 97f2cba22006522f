"""Recall (thu hồi): an issued directive is taken back from every unit that it may have reached.

The directive stays as it was, frozen and visible, with the reason. Source: NĐ 30/2020 Đ18.3,
Đ18.4; QĐ 28/2018 Đ8.2 (the sender tells the receivers, each destroys its copy and confirms).
"""

from actions.amending.asking_back import Asked, ask_back
from actions.amending.messages import Change
from actions.amending.rights import directive_in_force, write_amendment
from actions.amending.settling import cancel_owed
from actions.auditing import Actor
from actions.changing import move
from actions.desk import Desk, doing
from actions.registering import note_after_issue
from actions.waking import ask_to_wake
from models.base import DirectiveId
from models.lifecycle import DirectiveState


def recall(desk: Desk, actor: Actor, directive_id: DirectiveId, *, reason: str) -> Asked:
    """Recalls a directive: units are asked, what waits is not sent, what is owed is cancelled.

    Raises:
        NotFoundError: no such directive.
        NotAuthorisedError: the actor is neither signatory nor registry clerk of the office.
        WrongStateError: it was not issued, or was recalled or replaced before.
        InvalidInputError: no reason was given.
    """
    with doing(desk, actor, "recall", subject=directive_id) as deed:
        directive, why = directive_in_force(deed, directive_id, "thu hồi văn bản", reason)
        move(
            deed, directive, DirectiveState.RECALLED, expected=DirectiveState(directive.state),
            closed_at=directive.closed_at or deed.at,
            close_reason=directive.close_reason or why,
        )  # fmt: skip
        amendment = write_amendment(deed, directive, "recall", why)
        asked = ask_back(desk, deed, Change(amendment=amendment, directive=directive))
        deed.detail["cancelled"] = cancel_owed(deed, directive, amendment)
        note_after_issue(deed, directive, f"Thu hồi ngày {deed.day:%d/%m/%Y}: {why}")
        ask_to_wake(deed, directive_id)
    return asked
