"""Which comes first for a directive: its number or its officer's signature.

The office's setting decides until the document is frozen or the number is taken; from then on the
directive itself tells, so that changing the setting breaks nothing that is under way.
"""

from sqlalchemy.orm import Session

from actions.errors import STATE_WORDS
from models.directive import Directive
from models.lifecycle import DirectiveState, Order
from models.organisation import Office


def decided_order(directive: Directive) -> Order | None:
    """Returns the order that a directive follows, or None while the setting still decides.

    What is frozen without a number has empty places for it; what has a number and is numbered
    although it is signed got the number afterwards. From the seal on both orders are one.
    """
    if directive.number is None:
        return None if directive.frozen_sha256 is None else Order.SIGN_FIRST
    signed_before = directive.signed_sha256 is not None
    if signed_before and directive.state == DirectiveState.NUMBERED:
        return Order.SIGN_FIRST
    return Order.NUMBER_FIRST


def order_for(session: Session, directive: Directive) -> Order:
    """Returns the order that a directive follows, or would follow if it were approved now."""
    decided = decided_order(directive)
    if decided is not None:
        return decided
    office = session.get(Office, 1)
    after = office is not None and office.number_after_signing
    return Order.SIGN_FIRST if after else Order.NUMBER_FIRST


def signs_first(session: Session, directive: Directive) -> bool:
    """Tells whether the officer signs before there is a number."""
    return order_for(session, directive) is Order.SIGN_FIRST


def state_to_freeze(session: Session, directive: Directive) -> DirectiveState:
    """Returns the state in which the document for the officer is made, and signed."""
    first = signs_first(session, directive)
    return DirectiveState.APPROVED if first else DirectiveState.NUMBERED


def state_to_number(session: Session, directive: Directive) -> DirectiveState:
    """Returns the state in which the number is taken."""
    first = signs_first(session, directive)
    return DirectiveState.SIGNED if first else DirectiveState.APPROVED


def state_to_seal(session: Session, directive: Directive) -> DirectiveState:
    """Returns the state in which the agency seals."""
    first = signs_first(session, directive)
    return DirectiveState.NUMBERED if first else DirectiveState.SIGNED


def stands_as(directive: Directive) -> str:
    """Returns a directive's state, or `taken_back` where its drafter took it back."""
    returned = directive.state == DirectiveState.RETURNED
    return "taken_back" if returned and directive.taken_back_revision else directive.state


def state_words(directive: Directive) -> str:
    """Returns how a directive stands, for people, and for what it waits in its order."""
    state = DirectiveState(directive.state)
    first = decided_order(directive) is Order.SIGN_FIRST
    waits = {
        DirectiveState.NUMBERED: ", chờ đóng dấu" if first else ", chờ ký",
        DirectiveState.SIGNED: ", chờ cấp số" if first else ", chờ đóng dấu",
    }
    return STATE_WORDS[stands_as(directive)] + waits.get(state, "")


def title_of(directive: Directive) -> str:
    """Returns the number as printed; what was set for signing without one is a draft no more."""
    if directive.number_text is not None:
        return directive.number_text
    return "Dự thảo" if directive.frozen_sha256 is None else "Chưa cấp số"


def machine_numbers(session: Session) -> bool:
    """Tells whether the office lets the machine take numbers."""
    office = session.get(Office, 1)
    return office is not None and office.number_by_machine
