"""Who sent a message of QCVN 102, and which directive of ours it is about.

A name in a message is a claim; what counts is the sender that the channel has authenticated.
"""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from actions.answers.document_ids import document_id
from delivery.edxml.message import ResponseFor
from delivery.parcel import FORMS, Form
from models.directive import Directive
from models.dispatch import Consignment, IncomingMessage
from models.organisation import Organisation, UnitChannel


def sender_of(
    session: Session, incoming: IncomingMessage, claimed: str
) -> tuple[Organisation | None, str]:
    """Returns the unit that the authenticated sender is, or None and why nobody can say.

    Args:
        session: a look.
        incoming: the message as it was written down, with its authenticated sender.
        claimed: the OrganId that it says it is from; it must be the same unit's.
    """
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
        f"Thông điệp ghi là của {units[0].name} nhưng không đến qua kênh riêng đã xác thực của "
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


def directive_meant(
    session: Session, organisation_id: str, about: ResponseFor
) -> tuple[Directive | None, str]:
    """Returns the one directive sent to the unit that a message names: by id, else by number.

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
