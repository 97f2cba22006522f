"""Statuses in edXML: each is matched to the consignment of the unit that sent it, or waits.

A status counts only where it came over the unit's own channel from an authenticated sender;
anything else waits for a person, who sees why. Source: QCVN 102:2016; QĐ 28/2018 Đ9.2.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from actions.answers.document_ids import document_id
from actions.answers.moving import current, note
from actions.answers.status_codes import STATUS_STATES, status_words
from actions.auditing import MACHINE
from actions.desk import Deed, Desk, doing
from delivery.edxml.message import ResponseFor, StatusMessage
from delivery.parcel import FORMS, Form
from models.directive import Directive
from models.dispatch import Consignment, IncomingMessage
from models.organisation import Organisation, UnitChannel

_WAITS = ("new", "unmatched")


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
    return note(
        deed, consignment, source="edxml", to=STATUS_STATES.get(message.code),
        code=message.code[:40] or None, words=status_words(message.code, message.description),
        said_at=message.at, incoming_id=incoming_id,
    )  # fmt: skip


def _take(deed: Deed, incoming_id: UUID, found: _Found) -> bool:
    """Marks the message; False where somebody else has dealt with it: it is not applied twice."""
    matched = found.consignment
    state = "matched" if matched else "unmatched"
    changed = deed.session.execute(
        update(IncomingMessage)
        .where(IncomingMessage.id == incoming_id, IncomingMessage.state.in_(_WAITS))
        .values(
            state=state, matched_to=f"consignment:{matched.id}" if matched else None,
            detail=found.why or None,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    deed.detail |= {"state": state, "said": found.why}
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def _find(session: Session, incoming: IncomingMessage, message: StatusMessage) -> _Found:
    unit, why = _sender(session, incoming, message)
    if unit is None:
        return _Found(why=why)
    directive, why = _meant(session, unit.id, message.response_for)
    if directive is None:
        return _Found(why=f"{unit.name}: {why}")
    return _Found(consignment=current(session, directive.id, unit.id))


def _sender(
    session: Session, incoming: IncomingMessage, message: StatusMessage
) -> tuple[Organisation | None, str]:
    """Returns the unit that the authenticated sender is; its own claim must be the same."""
    claimed = message.sender.organ_id
    units = session.scalars(
        select(Organisation)
        .where(or_(Organisation.agency_id == claimed, Organisation.id == claimed))
        .limit(20)
    ).all()
    own = [one for one in units if incoming.sender in _names(session, one, incoming.channel)]
    if len(own) == 1 and claimed:
        return own[0], ""
    if not units:
        return None, f"Không có đơn vị nào mang mã định danh “{claimed}” trong danh mục."
    return None, (
        f"Trạng thái ghi là của {units[0].name} nhưng không đến qua kênh riêng đã xác thực của "
        "đơn vị, nên chưa được tính."
    )


def _names(session: Session, unit: Organisation, channel: str) -> set[str]:
    """Returns by what a unit is known on a channel of its own; nothing where it has no such one."""
    if FORMS.get(channel) is not Form.EDXML:
        return set()
    ways = {unit.channel: unit.address}
    for row in session.scalars(select(UnitChannel).where(UnitChannel.organisation_id == unit.id)):
        ways.setdefault(row.channel, row.address)
    if channel not in ways:
        return set()
    return {name for name in (unit.id, unit.agency_id, ways[channel]) if name}


def _meant(
    session: Session, organisation_id: str, about: ResponseFor
) -> tuple[Directive | None, str]:
    """Returns the one directive sent to the unit that the status names: by id, else by number.

    An identifier is compared as it is; where it is empty the number and the date decide.
    """
    numbered = _sent_to(session, organisation_id, about.code.strip())
    if about.document_id:
        meant = _identified(session, numbered, about) or _identified(
            session, _sent_to(session, organisation_id), about
        )
    else:
        meant = [one for one in numbered if _is_of_day(one, about)]
    if len(meant) == 1:
        return meant[0], ""
    named = about.document_id or about.code or "trống"
    if meant:
        return None, f"có {len(meant)} văn bản mang số “{named}”; chọn văn bản rồi gắn bằng tay."
    return None, f"không có văn bản nào đã gửi đơn vị mang mã “{named}”."


def _sent_to(session: Session, organisation_id: str, number: str | None = None) -> list[Directive]:
    """Returns the directives that went to a unit: all, or those that bear the number."""
    sent = select(Consignment.directive_id).where(Consignment.organisation_id == organisation_id)
    query = select(Directive).where(Directive.id.in_(sent))
    if number is not None:
        query = query.where(func.lower(Directive.number_text) == number.lower())
    return list(session.scalars(query.order_by(Directive.issued_at.desc())))


def _identified(session: Session, sent: list[Directive], about: ResponseFor) -> list[Directive]:
    return [one for one in sent if document_id(session, one) == about.document_id]


def _is_of_day(directive: Directive, about: ResponseFor) -> bool:
    day = about.promulgation_date
    return day is None or directive.issue_date is None or day == directive.issue_date
