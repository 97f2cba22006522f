"""What goes back to the sender of an incoming paper: its states, and our report.

Queued in the transaction of the decision. Where a sender cannot be reached the answer is kept as
held, with the reason, so that a person sees it. Source: QĐ 28/2018 Đ5.4, Đ9.2; QCVN 102:2016.
"""

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from actions.access import require_role
from actions.auditing import Actor
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, Problem
from actions.incoming.rows import (
    SUBJECT,
    get_document,
    organisation_by_agency,
    our_party,
    way_back,
)
from actions.incoming.words import CODE_WORDS, number_words
from actions.offices import office_facts
from actions.outbox import enqueue, queue_again
from delivery.edxml.message import ResponseFor, Staff, StatusMessage
from delivery.edxml.payload import to_payload
from delivery.envelope import message_id_for
from delivery.parcel import FORMS, Form
from models.dispatch import Notice
from models.incoming import IncomingDocument
from models.lifecycle import DeliveryState
from models.officer import Role

_BY_LETTER: Final = ("02", "03", "06", "15", "16")
"""States that a sender who reads mail is told; the others are of use to programs alone."""
_NO_WAY: Final = (
    "Chưa biết gửi trả lời cho nơi gửi bằng kênh nào; khai báo mã định danh và kênh của cơ quan "
    "này trong dữ liệu cơ quan, rồi gửi lại."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Something about to go back to a sender."""

    key: str
    """Says why it is sent; a repeat with the same key is not queued again."""
    kind: str
    """`status` or `reply`."""
    subject: str
    text: str
    payload: dict[str, Any] = field(default_factory=dict)


def response_for(document: IncomingDocument) -> ResponseFor:
    """Returns how a message names the paper that it answers."""
    return ResponseFor(
        organ_id=document.sender_agency_id or "",
        code=document.number_symbol,
        document_id=document.document_code or "",
        promulgation_date=document.document_date,
    )


def queue_status(
    desk: Desk,
    deed: Deed,
    document: IncomingDocument,
    code: str,
    *,
    said: str = "",
    repeat: str = "",
) -> Notice | None:
    """Queues a state of the paper for its sender. Does not commit. Idempotent by key.

    Args:
        desk: the tools.
        deed: the decision.
        document: the paper.
        code: of QCVN 102:2016: 01-06, 15, 16.
        said: the reason or a remark, for the sender.
        repeat: tells a further answer with the same code from the first one.

    Returns:
        None where nothing is sent: a paper brought by hand, or a state that letters do not tell.
    """
    if document.via == "hand":
        return None
    if FORMS.get(document.reply_channel or "edxml_http") is Form.MAIL and code not in _BY_LETTER:
        return None
    words = f"Văn bản {_called(document)}: {CODE_WORDS[code]}"
    number = number_words(document.number)
    status = StatusMessage(
        sender=our_party(deed.session),
        response_for=response_for(document),
        code=code,
        description=said or CODE_WORDS[code],
        at=deed.at,
        staff=Staff(staff=deed.actor.name if deed.actor.kind == "officer" else ""),
    )
    lines = [f"{words}."]
    lines += [f"Số đến: {number}/{document.year}."] if number and code == "03" else []
    lines += [f"Nội dung: {said}"] if said else []
    lines += ["", office_facts(deed.session).name]
    key = ":".join(("incoming", str(document.id), code, *([repeat] if repeat else [])))
    back = Back(
        key=key, kind="status", subject=words, text="\n".join(lines),
        payload={"edxml": to_payload(status)},
    )  # fmt: skip
    return queue_back(desk, deed, document, back)


def queue_back(desk: Desk, deed: Deed, document: IncomingDocument, back: Back) -> Notice:
    """Writes what goes back with its outbox row. Does not commit. Idempotent by key."""
    found = deed.session.scalar(select(Notice).where(Notice.key == back.key))
    if found is not None:
        return found
    reachable = bool(document.reply_channel and document.reply_address)
    notice = Notice(
        key=back.key,
        kind=back.kind,
        organisation_id=document.sender_id,
        address=document.reply_address or "",
        channel=document.reply_channel or "edxml_http",
        payload=back.payload,
        subject=back.subject[:500],
        text=back.text,
        message_id=message_id_for(f"{back.key}:{desk.unit_link('', back.key)}", desk.mail_domain),
        state=(DeliveryState.PLANNED if reachable else DeliveryState.HELD).value,
        detail=None if reachable else _NO_WAY,
        created_at=deed.at,
    )
    deed.session.add(notice)
    deed.session.flush()
    if reachable:
        enqueue(deed, kind="notice", ikey=back.key, reference=notice.id)
        deed.session.flush()
    return notice


def send_held(desk: Desk, actor: Actor, document_id: UUID) -> int:
    """Sends answers that were held, once the sender has a channel. Returns how many.

    Raises:
        NotFoundError: no such paper.
        NotAuthorisedError: the actor is no registry clerk.
        InvalidInputError: there is still no way back.
    """
    name = "send_held_answers"
    with doing(desk, actor, name, kind=SUBJECT, subject=document_id) as deed:
        own = office_facts(deed.session).organisation_id
        require_role(deed, Role.REGISTRY_CLERK, own, "gửi lại trả lời cho nơi gửi")
        document = get_document(deed.session, document_id)
        sender = organisation_by_agency(deed.session, document.sender_agency_id or "")
        route = way_back(deed.session, sender, document.via)
        if sender is None or not (route.channel and route.address):
            raise InvalidInputError(Problem(place="Nơi gửi", reason=_NO_WAY))
        document.sender_id = document.sender_id or sender.id
        document.reply_channel, document.reply_address = route.channel, route.address
        held = deed.session.scalars(
            select(Notice)
            .where(
                Notice.key.startswith(f"incoming:{document_id}:"),
                Notice.state == DeliveryState.HELD.value,
            )
            .order_by(Notice.created_at, Notice.key)
        ).all()
        for one in held:
            one.channel, one.address, one.detail = route.channel, route.address, None
            one.state, one.organisation_id = DeliveryState.PLANNED.value, sender.id
            if not queue_again(deed.session, one.key, at=deed.at):
                enqueue(deed, kind="notice", ikey=one.key, reference=one.id)
        deed.detail |= {"sent": [one.key for one in held], "channel": route.channel}
        return len(held)


def _called(document: IncomingDocument) -> str:
    day = f" ngày {document.document_date:%d/%m/%Y}" if document.document_date else ""
    return f"{document.number_symbol or 'không số'}{day}"
