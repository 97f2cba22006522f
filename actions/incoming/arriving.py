"""A paper of another office arrives as a message: looked at first, written down, put to the clerk.

    look        files judged and stored, outside any transaction
    write down  one transaction: header, files, verdict, warnings; state 01 to the sender

Nothing is refused silently: what is doubtful is a warning that the clerk reads. A paper that comes
again changes nothing and is answered with the state that it has. Source: NĐ 30/2020 Đ21; PL VI
(doubled papers); QĐ 28/2018 Đ9.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.auditing import MACHINE
from actions.desk import Deed, Desk, doing
from actions.incoming.answering import queue_status
from actions.incoming.asking import ask_by_message, recall_by_message, write_follow_up
from actions.incoming.looking import look_at_files, strangers_sign, worst_of
from actions.incoming.rows import (
    SUBJECT,
    came_from_another,
    is_senders_own,
    organisation_by_agency,
    our_party,
    way_back,
)
from actions.incoming.twins import twins_of
from actions.incoming.words import URGENCY_OF
from actions.settling_messages import settle_message
from delivery.edxml.message import BusinessType, DocumentMessage
from delivery.edxml.payload import to_payload
from models.incoming import IncomingDocument
from models.organisation import Office, Organisation

CODE_OF: Final = {
    "arrived": "01", "refused": "02", "accepted": "03", "assigned": "04", "in_progress": "05",
    "done": "06", "recalled": "15",
}  # fmt: skip
"""State of a paper, to the code that tells it; a recall that waits has none yet."""
_REFUSED_AT_ONCE: Final = (
    "Chữ ký số trên văn bản không hợp lệ. Đề nghị kiểm tra, ký lại và gửi lại."
)


class _CameBeforeError(Exception):
    """Another process wrote the same paper down while its files were looked at."""


def arrive(desk: Desk, incoming_id: UUID, message: DocumentMessage, *, via: str) -> UUID | None:
    """Takes a paper in. Returns its identifier; for a recall that of the paper asked back.

    None for a recall of what never came: the message waits for a person. Idempotent: the same
    message again changes nothing.

    Args:
        desk: the tools.
        incoming_id: the row of the message; it becomes `matched` here.
        message: the paper, or what its sender wants done with an earlier one.
        via: the channel it came by.

    Raises:
        ArchiveError: the archive cannot take a file; nothing was written down.
    """
    if message.business.type is BusinessType.RECALL:
        return recall_by_message(desk, incoming_id, message)
    with desk.database.reading() as session:
        stranger = came_from_another(session, incoming_id, message.sender.organ_id)
        own = is_senders_own(session, incoming_id, message.sender.organ_id)
        by = "" if own else stranger or _NOBODY
        before = _came_before(session, message, by)
    if before is not None and (before.message_id == incoming_id or _is_same(before, message)):
        return _again(desk, before.id, incoming_id)
    if message.business.type is not BusinessType.NEW and _brings_nothing(before, message):
        return ask_by_message(desk, incoming_id, message, new=before)
    files = look_at_files(desk, message.files)
    arrival = _Arrival(
        incoming_id=incoming_id, message=message, files=files, via=via, stranger=stranger, by=by
    )
    try:
        return _write_down(desk, arrival)
    except (IntegrityError, _CameBeforeError):
        with desk.database.reading() as session:
            other = _came_before(session, message, by)
        if other is None:
            raise
        return _again(desk, other.id, incoming_id)


def origin_of(message: DocumentMessage, by: str = "") -> str:
    """Returns what makes a message the same paper when it comes again.

    What another one (`by`) brings in an office's name is never the same as what the office sends.
    """
    name = message.document_id or f"{message.code}|{message.promulgation_date}|{message.subject}"
    whole = f"{message.sender.organ_id}:{name}{f'!{by}' if by else ''}"
    if len(whole) <= _LONGEST_KEY:
        return whole
    return f"{whole[:190]}:{hashlib.sha256(whole.encode()).hexdigest()}"


_NOBODY: Final = "?"
"""By whom a message came whose channel knows no sender."""
_LONGEST_KEY: Final = 230
"""Leaves room for the mark of a second paper under the same name."""


def _came_before(session: Session, message: DocumentMessage, by: str) -> IncomingDocument | None:
    """Returns the newest paper under the same name."""
    key = origin_of(message, by)
    return session.scalars(
        select(IncomingDocument)
        .where(
            (IncomingDocument.origin_key == key)
            | IncomingDocument.origin_key.startswith(f"{key}#", autoescape=True)
        )
        .order_by(IncomingDocument.arrived_at.desc(), IncomingDocument.id)
    ).first()


def _digests(message: DocumentMessage) -> list[str]:
    return [hashlib.sha256(file.content).hexdigest() for file in message.files]


def _is_same(before: IncomingDocument, message: DocumentMessage) -> bool:
    """Tells whether a message brings what is here already.

    A paper sent both by itself and as a replacement may come in either order: by itself it adds
    nothing to the replacement, which is why only the other order asks for anything.
    """
    known = {before.header.get("business", {}).get("type"), BusinessType.NEW}
    kept = [one["sha256"] for one in before.files]
    return message.business.type in known and kept == _digests(message)


def _brings_nothing(before: IncomingDocument | None, message: DocumentMessage) -> bool:
    """Tells whether a replacement or update has no files, or those that came before as new."""
    if not message.files:
        return True
    return before is not None and [one["sha256"] for one in before.files] == _digests(message)


def _again(desk: Desk, document_id: UUID, incoming_id: UUID) -> UUID:
    """It was sent again, perhaps as our answer was lost: the sender gets the state once more."""
    with doing(desk, MACHINE, "arrive_again", kind=SUBJECT, subject=document_id) as deed:
        document = deed.session.get_one(IncomingDocument, document_id)
        fresh = settle_message(deed, incoming_id, "matched", matched_to=f"document:{document_id}")
        code = CODE_OF.get(document.state)
        if fresh and code is not None and document.message_id != incoming_id:
            said = document.reason or ""
            queue_status(desk, deed, document, code, said=said, repeat=str(incoming_id))
        deed.detail |= {"message": str(incoming_id), "state": document.state}
    return document_id


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    """What came, with its files looked at."""

    incoming_id: UUID
    message: DocumentMessage
    files: list[dict[str, Any]]
    via: str
    stranger: str
    """Who sent it, where that is known and is not whom it names; else empty."""
    by: str
    """Empty where it is known to be from whom it names."""


def _write_down(desk: Desk, arrival: _Arrival) -> UUID:
    with doing(desk, MACHINE, "arrive", kind=SUBJECT) as deed:
        sender = organisation_by_agency(deed.session, arrival.message.sender.organ_id)
        document = _row(deed, arrival, sender)
        deed.session.add(document)
        deed.session.flush()
        deed.subject_id = str(document.id)
        write_follow_up(deed, document, arrival.message, arrival.incoming_id)
        document.warnings = _warnings(desk, deed, document, arrival, sender)
        settle_message(deed, arrival.incoming_id, "matched", matched_to=f"document:{document.id}")
        queue_status(desk, deed, document, "01")
        if _is_refused_at_once(deed, document):
            document.state, document.reason = "refused", _REFUSED_AT_ONCE
            queue_status(desk, deed, document, "02", said=_REFUSED_AT_ONCE)
        deed.detail |= {
            "sender": document.sender_name, "number": document.number_symbol,
            "verdict": document.verdict, "warnings": document.warnings, "state": document.state,
        }  # fmt: skip
        return document.id


def _row(deed: Deed, arrival: _Arrival, sender: Organisation | None) -> IncomingDocument:
    message, files = arrival.message, arrival.files
    before = _came_before(deed.session, message, arrival.by)
    if before is not None and _is_same(before, message):
        raise _CameBeforeError
    key = origin_of(message, arrival.by) + (f"#{arrival.incoming_id}" if before is not None else "")
    # Whom it names did not send it, and must not be told that we took or refused a paper of theirs.
    answers = None if arrival.stranger else sender
    route = way_back(deed.session, answers, arrival.via)
    return IncomingDocument(
        origin_key=key, via=arrival.via, message_id=arrival.incoming_id,
        sender_id=sender.id if sender else None,
        sender_name=(message.sender.name or (sender.name if sender else ""))[:300],
        sender_agency_id=message.sender.organ_id[:40] or None,
        document_code=message.document_id[:300] or None,
        number_symbol=message.code[:80], document_date=message.promulgation_date,
        doc_type=message.type_name[:60], subject=message.subject or message.content,
        signatory=message.signer[:200], urgency=URGENCY_OF.get(int(message.priority)),
        due=message.due, header=to_payload(message, digests=[one["sha256"] for one in files]),
        reply_channel=route.channel, reply_address=route.address,
        files=files, verdict=worst_of(files), state="arrived", arrived_at=deed.at, warnings=[],
    )  # fmt: skip


def _warnings(
    desk: Desk,
    deed: Deed,
    document: IncomingDocument,
    arrival: _Arrival,
    sender: Organisation | None,
) -> list[str]:
    session, message = deed.session, arrival.message
    found = [*_misdirected(session, message)]
    if arrival.stranger:
        found.append(
            f"Bản tin ghi nơi gửi là {document.sender_name} nhưng đến từ kênh của "
            f"{arrival.stranger}; liên hệ nơi gửi để xác minh trước khi tiếp nhận."
        )
    if not message.files:
        found.append("Bản tin không kèm tệp văn bản nào; đề nghị nơi gửi gửi lại cho đủ.")
    if not message.code:
        found.append("Bản tin không ghi số, ký hiệu văn bản.")
    if sender is None:
        found.append(
            "Nơi gửi chưa có trong dữ liệu cơ quan: đối chiếu trước khi tiếp nhận; trạng thái xử "
            "lý chưa gửi lại được cho nơi này."
        )
    elif strangers_sign(session, document.files, sender, desk):
        found.append(f"Chữ ký trên văn bản không phải của {sender.name}.")
    found += [
        f"Có thể trùng văn bản đã đến ngày {one.arrived_at:%d/%m/%Y}: {one.number_symbol} của "
        f"{one.sender_name}; đối chiếu trước khi vào sổ."
        for one in twins_of(session, document)
    ]
    return found


def _misdirected(session: Session, message: DocumentMessage) -> Sequence[str]:
    us = our_party(session).organ_id
    if us not in {one.organ_id for one in message.receivers}:
        names = "; ".join(one.name or one.organ_id for one in message.receivers)
        return (f"Bản tin không ghi cơ quan ta là nơi nhận (nơi nhận: {names or 'để trống'}).",)
    return ()


def _is_refused_at_once(deed: Deed, document: IncomingDocument) -> bool:
    office = deed.session.get_one(Office, 1)
    return office.refuse_broken_arrivals and document.verdict == "failed"
