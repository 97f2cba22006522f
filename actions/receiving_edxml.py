"""Messages of QCVN 102 that come in: written down first, then handed to whom they are for.

A status moves a delivery; a document that answers a directive of ours is a report; every other one
is an incoming paper. What cannot be read or matched waits for a person, with the reason.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import update

from actions.answers.statuses import apply_status
from actions.auditing import MACHINE
from actions.desk import Desk, doing
from actions.errors import ActionRefusedError
from actions.incoming.arriving import arrive
from actions.incoming.asking import asked_by_status
from actions.reports.edxml import take_reply
from actions.writing_down import write_down
from delivery.edxml.errors import EdxmlUnreadableError
from delivery.edxml.inbox import dedupe_key
from delivery.edxml.message import DocumentMessage, EdxmlMessage, StatusMessage
from delivery.edxml.reading import read_edxml
from models.dispatch import IncomingMessage

TAKEN_BACK: Final = "13"
"""The sender takes a document back."""
_TOO_LARGE: Final = (
    "Gói tin vượt quá dung lượng cho phép nên chỉ lưu phần đầu; "
    "đề nghị bên gửi chia nhỏ tệp kèm và gửi lại."
)


class EdxmlReceivedAs(StrEnum):
    """What a message was taken for."""

    STATUS = "status"
    REPORT = "report"
    DOCUMENT = "document"
    UNMATCHED = "unmatched"
    """Waits for a person."""
    DUPLICATE = "duplicate"
    """Was here before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedEdxml:
    """What became of a message."""

    as_: EdxmlReceivedAs
    incoming_id: UUID | None
    """Its row; None for one that was here before."""
    problem: str = ""
    """Why it waits for a person, in Vietnamese."""
    unreadable: bool = False
    """True where the sender has to mend it: `problem` is for them too."""


def receive_edxml(
    desk: Desk, raw: bytes, *, channel: str, sender: str, too_large: bool = False
) -> ReceivedEdxml:
    """Takes one message in. Idempotent: the same bytes of the same sender again change nothing.

    Args:
        desk: the tools.
        raw: the message.
        channel: how it came: `edxml_folder` or `edxml_http`.
        sender: the authenticated sender (identifier of an organisation here); empty for nobody.
        too_large: the bytes are only the beginning of a message beyond the limit.

    Raises:
        ArchiveError: the archive cannot keep it; nothing was written down.
    """
    message, problem = (None, _TOO_LARGE) if too_large else _read(desk, raw)
    incoming_id = _write_down(desk, raw, message, channel=channel, sender=sender)
    if incoming_id is None:
        return ReceivedEdxml(
            as_=EdxmlReceivedAs.DUPLICATE, incoming_id=None, problem=problem,
            unreadable=message is None,
        )  # fmt: skip
    if message is None:
        return replace(_waits(desk, incoming_id, problem), unreadable=True)
    try:
        taken = _hand_on(desk, incoming_id, message, channel)
    except ActionRefusedError as refusal:
        # The other side is not here to be told: a person looks at it, with the reason.
        return _waits(desk, incoming_id, refusal.diagnosis())
    if taken is None:
        with desk.database.reading() as session:
            row = session.get_one(IncomingMessage, incoming_id)
        if row.state == "new":
            return _waits(desk, incoming_id, "Không rõ gói tin này của văn bản nào.")
        return ReceivedEdxml(
            as_=EdxmlReceivedAs.UNMATCHED, incoming_id=incoming_id, problem=row.detail or ""
        )
    return ReceivedEdxml(as_=taken, incoming_id=incoming_id)


def _hand_on(
    desk: Desk, incoming_id: UUID, message: EdxmlMessage, channel: str
) -> EdxmlReceivedAs | None:
    """Returns what it was taken for; None where it was put before a person."""
    if isinstance(message, StatusMessage):
        if message.code == TAKEN_BACK and asked_by_status(desk, incoming_id, message):
            return EdxmlReceivedAs.STATUS
        return EdxmlReceivedAs.STATUS if apply_status(desk, incoming_id, message) else None
    if message.response_for:
        if take_reply(desk, incoming_id, message) is not None:
            return EdxmlReceivedAs.REPORT
        if not _is_new(desk, incoming_id):
            return None
    if arrive(desk, incoming_id, message, via=channel) is not None:
        return EdxmlReceivedAs.DOCUMENT
    return None


def _is_new(desk: Desk, incoming_id: UUID) -> bool:
    """Tells whether nobody has put the message before a person yet."""
    with desk.database.reading() as session:
        return session.get_one(IncomingMessage, incoming_id).state == "new"


def _read(desk: Desk, raw: bytes) -> tuple[EdxmlMessage | None, str]:
    try:
        return read_edxml(raw, size_limit_bytes=desk.size_limit_bytes), ""
    except EdxmlUnreadableError as fault:
        return None, fault.diagnosis()


def _write_down(
    desk: Desk, raw: bytes, message: EdxmlMessage | None, *, channel: str, sender: str
) -> UUID | None:
    """Returns the row of this message; None where it was dealt with before."""
    digest, key = desk.archive.put(raw), dedupe_key(raw, sender=sender)
    row = IncomingMessage(
        dedupe_key=key, channel=channel, message_id=None, sender=sender[:300],
        subject=_subject(message)[:500], raw_sha256=digest, received_at=desk.clock(),
    )  # fmt: skip
    return write_down(desk.database, row)


def _subject(message: EdxmlMessage | None) -> str:
    if isinstance(message, StatusMessage):
        return f"Trạng thái {message.code} của văn bản {message.response_for.code}"
    if isinstance(message, DocumentMessage):
        return f"{message.type_name} {message.code}: {message.subject}".strip()
    return "Gói tin không đọc được"


def _waits(desk: Desk, incoming_id: UUID, problem: str) -> ReceivedEdxml:
    """Puts a message before a person."""
    with doing(desk, MACHINE, "receive_edxml", kind="incoming", subject=incoming_id) as deed:
        deed.session.execute(
            update(IncomingMessage)
            .where(IncomingMessage.id == incoming_id, IncomingMessage.state == "new")
            .values(state="unmatched", detail=problem)
            .execution_options(synchronize_session=False)
        )
        deed.detail |= {"problem": problem}
    return ReceivedEdxml(as_=EdxmlReceivedAs.UNMATCHED, incoming_id=incoming_id, problem=problem)
