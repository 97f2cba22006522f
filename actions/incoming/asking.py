"""The sender of an incoming paper asks it back, or wants it replaced or updated: written down.

A paper asked back rests until the clerk answers; one that is to be replaced or updated goes on, and
the paper in its place stands beside it. Source: NĐ 30/2020 Đ18.4; QĐ 28/2018 Đ8.2; QCVN 102:2016
(BussinessDocType 1, 2, 3; status 13).
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.auditing import MACHINE
from actions.desk import Deed, Desk, doing
from actions.incoming.answering import queue_status
from actions.incoming.rows import (
    AT_WORK,
    SUBJECT,
    came_from_another,
    change,
    is_senders_own,
    our_party,
)
from actions.settling_messages import settle_message
from delivery.edxml.message import Business, BusinessType, DocumentMessage, StatusMessage
from models.dispatch import IncomingMessage
from models.incoming import IncomingDocument, IncomingRequest

RECALLABLE: Final = ("arrived", *AT_WORK, "refused")
"""States in which a paper can be asked back."""
_UNKNOWN: Final = (
    "Nơi gửi đề nghị thu hồi hoặc sửa đổi một văn bản không có ở cơ quan ta, hoặc không phải của "
    "nơi gửi này; văn thư xem và trả lời nơi gửi."
)


def recall_by_message(desk: Desk, incoming_id: UUID, message: DocumentMessage) -> UUID | None:
    """Records a recall that came as a document message (BussinessDocType 1).

    Returns the paper meant; None where there is none: the message waits for a person.
    """
    meant = message.document_id or message.business.document_id
    return _recall(
        desk, incoming_id, organ_id=message.sender.organ_id, meant=meant, code=message.code,
        reason=message.business.reason or message.content,
    )  # fmt: skip


def asked_by_status(desk: Desk, incoming_id: UUID, status: StatusMessage) -> bool:
    """Records a recall that came as status 13. Returns whether the paper meant is here."""
    meant = status.response_for
    found = _recall(
        desk, incoming_id, organ_id=status.sender.organ_id, meant=meant.document_id,
        code=meant.code, reason=status.description,
    )  # fmt: skip
    return found is not None


def _recall(
    desk: Desk, incoming_id: UUID, *, organ_id: str, meant: str, code: str, reason: str
) -> UUID | None:
    with doing(desk, MACHINE, "ask_recall", kind=SUBJECT) as deed:
        document = paper_meant(deed.session, organ_id, meant, code)
        # Nobody takes another office's paper back.
        if document is None or not is_senders_own(deed.session, incoming_id, organ_id):
            _leave_to_person(deed, incoming_id)
            deed.detail |= {"sender": organ_id, "meant": meant or code, "found": False}
            return None
        deed.subject_id = str(document.id)
        request = write_request(deed, document, "recall", reason, incoming_id)
        fresh = settle_message(deed, incoming_id, "matched", matched_to=f"request:{request.id}")
        if document.state == "recalled" and fresh:
            queue_status(desk, deed, document, "15", repeat=str(incoming_id))
        return document.id


def ask_by_message(
    desk: Desk, incoming_id: UUID, message: DocumentMessage, *, new: IncomingDocument | None
) -> UUID | None:
    """Records a replacement or update that brings no paper of its own, or one that is here already.

    Returns the paper meant; None where there is none: the message waits for a person.
    """
    if new is not None and new.document_code in _ids_meant(message):
        new = None  # It bears the name of the very paper that it is about.
    with doing(desk, MACHINE, "ask_change", kind=SUBJECT) as deed:
        found = _write_all(deed, message, incoming_id, new)
        if not found:
            _leave_to_person(deed, incoming_id)
            deed.detail |= {"sender": message.sender.organ_id, "found": False}
            return None
        deed.subject_id = str(found[0].document_id)
        settle_message(deed, incoming_id, "matched", matched_to=f"request:{found[0].id}")
        if new is not None:
            kept = deed.session.get_one(IncomingDocument, new.id)
            kept.follows_id = kept.follows_id or found[0].document_id
        return found[0].document_id


def write_follow_up(
    deed: Deed, document: IncomingDocument, message: DocumentMessage, incoming_id: UUID
) -> None:
    """Ties a paper that replaces or updates an earlier one to it. Does not commit.

    Nothing is done where the earlier one is not here: the new one simply came.
    """
    if message.business.type in _KINDS:
        for request in _write_all(deed, message, incoming_id, document):
            document.follows_id = document.follows_id or request.document_id


_KINDS: Final = {BusinessType.REPLACE: "replace", BusinessType.UPDATE: "update"}


def _write_all(
    deed: Deed, message: DocumentMessage, incoming_id: UUID, new: IncomingDocument | None
) -> list[IncomingRequest]:
    """Writes a request for each earlier paper that is here; none for one who is not its sender."""
    if not is_senders_own(deed.session, incoming_id, message.sender.organ_id):
        return []
    removes_us = _removes(message.business, our_party(deed.session).organ_id)
    but = new.id if new is not None else None
    meant = (
        paper_meant(deed.session, message.sender.organ_id, one, "", but=but)
        for one in _ids_meant(message)
    )
    kind, reason = _KINDS[message.business.type], message.business.reason
    made = [
        write_request(deed, earlier, kind, reason, incoming_id, removes_us=removes_us)
        for earlier in meant
        if earlier is not None
    ]
    for request in made:
        request.new_document_id = request.new_document_id or but
    return made


def write_request(
    deed: Deed,
    document: IncomingDocument,
    kind: str,
    reason: str,
    incoming_id: UUID,
    *,
    removes_us: bool = False,
) -> IncomingRequest:
    """Writes a request down, once while one of its kind waits. Does not commit."""
    waiting = deed.session.scalars(
        select(IncomingRequest).where(
            IncomingRequest.document_id == document.id,
            IncomingRequest.kind == kind,
            IncomingRequest.state == "asked",
        )
    ).first()
    if waiting is not None:
        return waiting
    over = document.state in ("recalled", "replaced")
    request = IncomingRequest(
        document_id=document.id, kind=kind, reason=reason.strip(), message_id=incoming_id,
        removes_us=removes_us, state="agreed" if over else "asked", asked_at=deed.at,
    )  # fmt: skip
    deed.session.add(request)
    deed.session.flush()
    if (kind == "recall" or removes_us) and document.state in RECALLABLE:
        change(
            deed, document, *RECALLABLE,
            state="recall_asked", state_before_recall=document.state,
        )  # fmt: skip
    deed.detail |= {"request": str(request.id), "kind": kind, "reason": request.reason}
    return request


def paper_meant(
    session: Session, organ_id: str, document_id: str, code: str, *, but: UUID | None = None
) -> IncomingDocument | None:
    """Returns the paper of this sender that is meant: by document id, else by number and symbol.

    A paper that another one brought in the sender's name is never meant.
    """
    ours = select(IncomingDocument).where(IncomingDocument.sender_agency_id == organ_id)
    if but is not None:
        ours = ours.where(IncomingDocument.id != but)
    newest = IncomingDocument.arrived_at.desc()
    if document_id:
        named = ours.where(IncomingDocument.document_code == document_id)
        found = _brought(session, session.scalars(named.order_by(newest)).all(), organ_id)
        if found:
            return found[0]
    if not code:
        return None
    with_number = session.scalars(ours.where(IncomingDocument.number_symbol == code)).all()
    numbered = _brought(session, with_number, organ_id)
    # A number that comes again with the next term does not say which paper is meant.
    return numbered[0] if len(numbered) == 1 else None


def _brought(
    session: Session, papers: Sequence[IncomingDocument], organ_id: str
) -> list[IncomingDocument]:
    """Returns the papers that no other sender brought."""
    return [one for one in papers if not came_from_another(session, one.message_id, organ_id)]


def _ids_meant(message: DocumentMessage) -> list[str]:
    named = [one.document_id for one in message.business.replacements]
    return [one for one in (*named, message.business.document_id) if one]


def _removes(business: Business, our_id: str) -> bool:
    return any(one.organ_id == our_id and not one.added for one in business.receivers)


def _leave_to_person(deed: Deed, incoming_id: UUID) -> None:
    deed.session.execute(
        update(IncomingMessage)
        .where(IncomingMessage.id == incoming_id, IncomingMessage.state == "new")
        .values(state="unmatched", detail=_UNKNOWN)
        .execution_options(synchronize_session=False)
    )
