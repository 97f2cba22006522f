"""Papers that come without a message between systems: by hand on paper, or by mail.

The clerk types what the paper says (`actions.incoming.suggesting` proposes it from a scan). A paper
by hand is registered at once; one by mail is laid before the clerk like any other.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from actions.auditing import Actor
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, NotFoundError, Problem, WrongStateError
from actions.follow_up_words import INCOMING_WORDS
from actions.incoming.accepting import register, require_clerk
from actions.incoming.answering import queue_status
from actions.incoming.looking import look_at_files, strangers_sign, worst_of
from actions.incoming.rows import SUBJECT, organisation_by_mail
from actions.incoming.twins import twins_of
from actions.settling_messages import settle_message
from actions.trying import looking, trying
from delivery.edxml.message import EdxmlFile
from delivery.inbox import read_mail
from delivery.parcel import FORMS, Form
from models.dispatch import IncomingMessage
from models.incoming import IncomingDocument
from models.organisation import Organisation

_WAITING: Final = ("new", "unmatched", "set_aside")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """What a paper says of itself, as the clerk typed it."""

    sender_name: str
    """Tác giả: the issuing office."""
    number_symbol: str = ""
    document_date: date | None = None
    doc_type: str = ""
    subject: str = ""
    signatory: str = ""
    urgency: str | None = None
    due: date | None = None
    """By when the sender wants an answer."""
    sender_id: str | None = None
    """The organisation, where this office knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A paper that was registered by hand."""

    document_id: uuid.UUID
    number: int


def register_by_hand(
    desk: Desk,
    actor: Actor,
    facts: PaperFacts,
    *,
    scans: Sequence[EdxmlFile] = (),
    note: str = "",
    presented_to: str | None = None,
) -> Registered:
    """Registers a paper that was brought or posted; scans may be added.

    Raises:
        NotAuthorisedError: the actor is no registry clerk.
        InvalidInputError: issuer or subject is missing, a day lies ahead, a file is too large.
        NotFoundError: no such organisation or officer.
        AlreadyDoneError: the same paper was registered before.
        UnavailableError: the archive does not answer; nothing was registered.
    """
    name = "register_by_hand"
    with looking(desk, actor, name, kind=SUBJECT) as look:
        require_clerk(look, "vào sổ văn bản đến")
        require_facts(look, facts)
        _require_sizes(desk, scans)
    with trying(desk, actor, name, kind=SUBJECT, subject=""):
        files = look_at_files(desk, scans)
    with doing(desk, actor, name, kind=SUBJECT) as deed:
        key = uuid.uuid4()
        document = _row(deed, facts, key=f"hand:{key}", via="hand", files=files)
        # A scan of paper bears no signature of its own; the clerk had the paper in hand.
        if document.verdict in ("unsigned", "indeterminate"):
            document.verdict = "paper"
        deed.session.add(document)
        deed.session.flush()
        deed.subject_id = str(document.id)
        register(deed, document, note=note, presented_to=presented_to)
        return Registered(document_id=document.id, number=document.number or 0)


def take_mail(
    desk: Desk, actor: Actor, incoming_message_id: uuid.UUID, facts: PaperFacts
) -> uuid.UUID:
    """Takes a mail that is no report as an incoming paper; it then waits to be accepted.

    Raises:
        NotAuthorisedError: the actor is no registry clerk.
        NotFoundError: no such mail.
        WrongStateError: the mail was matched before.
        InvalidInputError: issuer or subject is missing, or it is no mail.
        UnavailableError: the archive does not answer; the mail still waits.
    """
    name = "take_mail"
    with looking(desk, actor, name, kind=SUBJECT) as look:
        require_clerk(look, "tiếp nhận thư làm văn bản đến")
        require_facts(look, facts)
        digest = _waiting_mail(look.session, incoming_message_id).raw_sha256
    with trying(desk, actor, name, kind=SUBJECT, subject=incoming_message_id):
        mail = read_mail(desk.archive.get(digest))
        attached = [
            EdxmlFile(name=one.name, media_type=one.media_type, content=one.content)
            for one in mail.attachments
        ]
        files = look_at_files(desk, attached)
    with doing(desk, actor, name, kind=SUBJECT) as deed:
        message = _waiting_mail(deed.session, incoming_message_id)
        document = _row(deed, facts, key=f"mail:{message.id}", via="smtp", files=files)
        document.message_id = message.id
        document.reply_channel, document.reply_address = "smtp", mail.sender or None
        known = organisation_by_mail(deed.session, mail.sender)
        document.sender_id = document.sender_id or (known.id if known else None)
        deed.session.add(document)
        deed.session.flush()
        deed.subject_id = str(document.id)
        document.warnings = _warnings(desk, deed.session, document)
        if message.state == "set_aside":
            message.state = "unmatched"
            deed.session.flush()
        about = f"document:{document.id}"
        # Why it waited or was set aside stays with the message.
        if not settle_message(deed, message.id, "matched", matched_to=about, detail=message.detail):
            raise _taken(message)
        queue_status(desk, deed, document, "01")
        return document.id


def require_facts(deed: Deed, facts: PaperFacts) -> None:
    """Looks at what was typed.

    Raises:
        InvalidInputError: issuer or subject is missing, or the paper's day lies ahead.
        NotFoundError: no such organisation.
    """
    problems = []
    if not facts.sender_name.strip():
        problems.append(Problem(place="Tác giả", reason="Ghi tên cơ quan ban hành văn bản."))
    if not facts.subject.strip():
        problems.append(Problem(place="Trích yếu", reason="Ghi trích yếu nội dung văn bản."))
    if facts.document_date is not None and facts.document_date > deed.day:
        reason = "Ngày văn bản ở tương lai. Kiểm tra lại ngày ghi trên văn bản."
        problems.append(Problem(place="Ngày văn bản", reason=reason))
    if problems:
        raise InvalidInputError(*problems)
    if facts.sender_id is not None and deed.session.get(Organisation, facts.sender_id) is None:
        raise NotFoundError("cơ quan", facts.sender_id)


def _row(
    deed: Deed, facts: PaperFacts, *, key: str, via: str, files: list[dict[str, Any]]
) -> IncomingDocument:
    sender = deed.session.get(Organisation, facts.sender_id) if facts.sender_id else None
    return IncomingDocument(
        origin_key=key, via=via, sender_id=facts.sender_id,
        sender_name=facts.sender_name.strip()[:300],
        sender_agency_id=sender.agency_id if sender else None,
        number_symbol=facts.number_symbol.strip()[:80], document_date=facts.document_date,
        doc_type=facts.doc_type.strip()[:60], subject=facts.subject.strip(),
        signatory=facts.signatory.strip()[:200], urgency=(facts.urgency or "").strip()[:20] or None,
        due=facts.due, header={}, files=files, verdict=worst_of(files), state="arrived",
        warnings=[], arrived_at=deed.at,
    )  # fmt: skip


def _warnings(desk: Desk, session: Session, document: IncomingDocument) -> list[str]:
    found = []
    if not document.files:
        found.append("Thư không kèm tệp nào.")
    sender = session.get(Organisation, document.sender_id) if document.sender_id else None
    if sender is not None and strangers_sign(session, document.files, sender, desk):
        found.append(f"Chữ ký trên văn bản không phải của {sender.name}.")
    found += [
        f"Có thể trùng văn bản đã đến ngày {one.arrived_at:%d/%m/%Y}: {one.number_symbol} của "
        f"{one.sender_name}; đối chiếu trước khi vào sổ."
        for one in twins_of(session, document)
    ]
    return found


def _require_sizes(desk: Desk, scans: Sequence[EdxmlFile]) -> None:
    limit = desk.size_limit_bytes
    problems = [
        Problem(place=one.name, reason=f"Tệp lớn hơn giới hạn {limit >> 20} MB. Quét lại nhẹ hơn.")
        for one in scans
        if len(one.content) > limit
    ]
    if problems:
        raise InvalidInputError(*problems)


def _waiting_mail(session: Session, incoming_message_id: uuid.UUID) -> IncomingMessage:
    message = session.get(IncomingMessage, incoming_message_id)
    if message is None:
        raise NotFoundError("thư đến", incoming_message_id)
    if message.state not in _WAITING:
        raise _taken(message)
    if FORMS.get(message.channel) is not Form.MAIL:
        reason = (
            "Gói tin này không phải thư điện tử và không đọc được thành văn bản. Đề nghị nơi gửi "
            "gửi lại; nếu đã có bản giấy thì vào sổ bản giấy."
        )
        raise InvalidInputError(Problem(place="Gói tin", reason=reason))
    return message


def _taken(message: IncomingMessage) -> WrongStateError:
    return WrongStateError(
        "Thư đến", expected=(INCOMING_WORDS["unmatched"],), actual=INCOMING_WORDS[message.state]
    )
