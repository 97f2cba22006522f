"""Statuses in edXML: each is matched to the consignment of the unit that sent it, or waits.

A status counts only where it came over the unit's own channel from an authenticated sender;
anything else waits for a person, who sees why. Source: QCVN 102:2016; QĐ 28/2018 Đ9.2.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from actions.answers.identifying import directive_meant, sender_of
from actions.answers.moving import ASKED_BACK, current, note
from actions.answers.status_codes import STATUS_STATES, status_words
from actions.auditing import MACHINE
from actions.desk import Deed, Desk, doing
from actions.settling_messages import settle_message
from delivery.edxml.message import StatusMessage
from models.dispatch import Consignment, IncomingMessage
from models.lifecycle import DeliveryState

_ANSWERS_TO_RECALL = (DeliveryState.RECALLED, DeliveryState.RECALL_REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a status is about, or why nobody can say."""

    consignment: Consignment | None = None
    why: str = ""


def apply_status(desk: Desk, incoming_id: UUID, message: StatusMessage) -> bool:
    """Applies a status once: moves the unit's consignment forward, or keeps it as a word.

    Args:
        desk: the tools.
        incoming_id: the message as it was written down; its channel and authenticated sender
            decide whether it counts.
        message: what it says.

    Returns:
        Whether it was matched; False where it waits for a person or was dealt with before.
    """
    with doing(desk, MACHINE, "receive_status", kind="incoming", subject=incoming_id) as deed:
        incoming = deed.session.get_one(IncomingMessage, incoming_id)
        found = _find(deed.session, incoming, message)
        deed.detail |= {"code": message.code, "words": message.description}
        if not _take(deed, incoming_id, found):
            deed.detail["again"] = True
            return False
        if found.consignment is None:
            return False
        deed.detail["moved"] = _apply(deed, found.consignment, message, incoming_id)
    return True


def _apply(deed: Deed, consignment: Consignment, message: StatusMessage, incoming_id: UUID) -> bool:
    deed.detail |= {
        "organisation": consignment.organisation_id, "directive": str(consignment.directive_id),
        "before": consignment.state,
    }  # fmt: skip
    to = STATUS_STATES.get(message.code)
    return note(
        deed, consignment, source="edxml", to=to,
        # Nobody agrees to give back what nobody asked for.
        within=ASKED_BACK if to in _ANSWERS_TO_RECALL else tuple(DeliveryState),
        code=message.code[:40] or None, words=status_words(message.code, message.description),
        said_at=message.at, incoming_id=incoming_id,
    )  # fmt: skip


def _take(deed: Deed, incoming_id: UUID, found: _Found) -> bool:
    """Marks the message; False where somebody else has dealt with it: it is not applied twice."""
    matched = found.consignment
    state = "matched" if matched else "unmatched"
    deed.detail |= {"state": state, "said": found.why}
    return settle_message(
        deed, incoming_id, state, detail=found.why or None,
        matched_to=f"consignment:{matched.id}" if matched else None,
    )  # fmt: skip


def _find(session: Session, incoming: IncomingMessage, message: StatusMessage) -> _Found:
    unit, why = sender_of(session, incoming, message.sender.organ_id)
    if unit is None:
        return _Found(why=why)
    directive, why = directive_meant(session, unit.id, message.response_for)
    if directive is None:
        return _Found(why=f"{unit.name}: {why}")
    return _Found(consignment=current(session, directive.id, unit.id))
