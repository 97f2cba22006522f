"""Our report to the sender of an incoming paper: a signed PDF of ours, with what it answers.

Either a file that was signed elsewhere, which must pass our own judge and be signed for this
office, or a directive of this office that went its own way to signature, number and seal here. It
goes back the way the paper came, in edXML as a report (SteeringType 3) with ResponseFor.
"""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from actions.access import may_see
from actions.answer_checks import door_fault, require_size, signature_fault
from actions.auditing import Actor
from actions.changing import get_directive
from actions.desk import Deed, Desk, doing, local_day
from actions.errors import (
    InvalidInputError,
    NotAcceptedError,
    NotAuthorisedError,
    NotFoundError,
    Problem,
    UnavailableError,
    WrongStateError,
)
from actions.incoming.answering import Back, queue_back, response_for
from actions.incoming.assigning import may_assign
from actions.incoming.handling import assignments_of, handles
from actions.incoming.rows import AT_WORK, SUBJECT, get_document, our_party, require_state
from actions.offices import office_facts
from actions.trying import looking, trying
from delivery.edxml.message import DocumentMessage, EdxmlFile, Party, SteeringType
from delivery.edxml.payload import to_payload
from models.base import DirectiveId
from models.incoming import IncomingDocument, IncomingReply
from models.officer import Officer
from models.organisation import Organisation
from signing.outcome import sentence
from signing.verdict import Verdict
from signing.words import JUDGE_FAULTS

_NAME: Final = "reply_incoming"
_WHAT: Final = "gửi văn bản trả lời"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back, as its message describes it."""

    number: str
    """`15`."""
    symbol: str
    """`BC-BNV`, `BC/BTGTU`."""
    subject: str
    day: date
    """Date of the report."""
    type_name: str = "Báo cáo"
    signer: str = ""
    position: str = ""
    file_name: str = "bao-cao.pdf"


def reply(
    desk: Desk, actor: Actor, document_id: uuid.UUID, answer: Answer, content: bytes
) -> uuid.UUID:
    """Sends a PDF that was signed elsewhere back as our report. Returns the reply's identifier.

    The same file twice is one reply.

    Raises:
        NotFoundError: no such paper.
        NotAuthorisedError: the actor neither handles nor assigns it.
        WrongStateError: it is not registered, or was taken back.
        InvalidInputError: no number, symbol or subject; no PDF; too large.
        NotAcceptedError: its signature does not pass, or is not of this office.
        UnavailableError: the judge or the archive failed; nothing was sent.
    """
    with looking(desk, actor, _NAME, kind=SUBJECT, subject=document_id) as look:
        _require_right(look, get_document(look.session, document_id))
        _require_input(desk, answer, content)
    with trying(desk, actor, _NAME, kind=SUBJECT, subject=document_id):
        _require_ours(desk, content, answer.file_name)
        digest = desk.archive.put(content)
    ready = _Ready(answer=answer, content=content, digest=digest)
    return _send(desk, actor, document_id, ready)


def reply_with_directive(
    desk: Desk, actor: Actor, document_id: uuid.UUID, directive_id: DirectiveId
) -> uuid.UUID:
    """Sends a sealed paper of this office back as our report. Returns the reply's identifier.

    Raises:
        NotFoundError, NotAuthorisedError, WrongStateError: as in `reply`.
        WrongStateError: the directive is not sealed yet.
        UnavailableError: the archive does not give it.
    """
    with looking(desk, actor, _NAME, kind=SUBJECT, subject=document_id) as look:
        _require_right(look, get_document(look.session, document_id))
        answer, digest = _answer_of(look, directive_id)
    with trying(desk, actor, _NAME, kind=SUBJECT, subject=document_id):
        content = desk.archive.get(digest)
    ready = _Ready(answer=answer, content=content, digest=digest, directive_id=directive_id)
    return _send(desk, actor, document_id, ready)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A file that may go out, and lies in the archive."""

    answer: Answer
    content: bytes
    digest: str
    directive_id: DirectiveId | None = None


def _send(desk: Desk, actor: Actor, document_id: uuid.UUID, ready: _Ready) -> uuid.UUID:
    answer, digest = ready.answer, ready.digest
    with doing(desk, actor, _NAME, kind=SUBJECT, subject=document_id) as deed:
        document = get_document(deed.session, document_id)
        # Two who send the same file at once: the second one waits here and finds the first.
        deed.session.refresh(document, with_for_update=True)
        _require_right(deed, document)
        # From document and file: the same file again is the same reply, also when two send it.
        reply_id = uuid.uuid5(document.id, digest)
        found = deed.session.get(IncomingReply, reply_id)
        if found is not None:
            return found.id
        message = _message(deed.session, document, answer, ready.content, reply_id)
        notice = queue_back(
            desk, deed, document, _back(deed.session, document, answer, message, digest)
        )
        row = IncomingReply(
            id=reply_id, document_id=document.id, directive_id=ready.directive_id,
            file_name=answer.file_name[:300], sha256=digest, number_symbol=message.code[:80],
            notice_id=notice.id, officer_id=actor.id, at=deed.at,
        )  # fmt: skip
        deed.session.add(row)
        deed.detail |= {
            "reply": str(reply_id), "sha256": digest, "number": message.code,
            "channel": notice.channel, "state": notice.state,
        }  # fmt: skip
        return reply_id


def _message(
    session: Session,
    document: IncomingDocument,
    answer: Answer,
    content: bytes,
    reply_id: uuid.UUID,
) -> DocumentMessage:
    us = our_party(session)
    own = session.get_one(Organisation, office_facts(session).organisation_id)
    return DocumentMessage(
        sender=us,
        receivers=(Party(organ_id=document.sender_agency_id or "", name=document.sender_name),),
        document_id=f"{us.organ_id},{answer.day:%Y/%m/%d},{answer.number}/{answer.symbol},{reply_id}",
        number=answer.number,
        notation=answer.symbol,
        place=own.place or "",
        promulgation_date=answer.day,
        type="2",
        type_name=answer.type_name,
        subject=answer.subject,
        position=answer.position,
        signer=answer.signer,
        to_places=(document.sender_name,),
        steering=SteeringType.REPORT,
        response_for=(response_for(document),),
        files=(EdxmlFile(name=answer.file_name, content=content, description=answer.subject),),
    )


def _back(
    session: Session,
    document: IncomingDocument,
    answer: Answer,
    message: DocumentMessage,
    digest: str,
) -> Back:
    subject = f"{answer.type_name} {message.code}: {answer.subject}"
    day = f" ngày {document.document_date:%d/%m/%Y}" if document.document_date else ""
    text = (
        f"Trả lời văn bản {document.number_symbol}{day} của {document.sender_name}.\n"
        f"Kèm theo: {answer.file_name}\n\n{office_facts(session).name}"
    )
    file = {"name": answer.file_name, "media_type": "application/pdf", "sha256": digest}
    return Back(
        key=f"incoming:{document.id}:reply:{digest}", kind="reply", subject=subject, text=text,
        payload={"edxml": to_payload(message, digests=[digest]), "files": [file]},
    )  # fmt: skip


def _answer_of(look: Deed, directive_id: DirectiveId) -> tuple[Answer, str]:
    session = look.session
    directive = get_directive(session, directive_id)
    # Nobody sends out what they may not open themselves.
    if not may_see(session, look.actor.id, directive, look.day):
        raise NotAuthorisedError(look.actor.name, _WHAT, "cán bộ của cơ quan ban hành")
    if directive.sealed_sha256 is None or directive.number is None:
        raise WrongStateError("Văn bản trả lời", expected=("sealed",), actual=directive.state)
    signer = session.get(Officer, directive.signatory_id)
    answer = Answer(
        number=str(directive.number).zfill(2),
        symbol=directive.symbol,
        subject=directive.subject,
        day=directive.issue_date or local_day(directive.updated_at),
        type_name=directive.doc_type,
        signer=signer.name if signer else "",
        file_name=f"{(directive.number_text or 'van-ban').replace('/', '-')}.pdf",
    )
    return answer, directive.sealed_sha256


def _require_right(deed: Deed, document: IncomingDocument) -> None:
    require_state(document, *AT_WORK)
    actor, session = deed.actor, deed.session
    theirs = actor.kind == "officer" and (
        may_assign(session, actor.id, document, deed.day)
        or any(
            handles(session, actor.id, one, deed.day)
            for one in assignments_of(session, document.id)
        )
    )
    if not theirs:
        raise NotAuthorisedError(actor.name, _WHAT, "người được giao giải quyết hoặc lãnh đạo")


def _require_input(desk: Desk, answer: Answer, content: bytes) -> None:
    named = (("Số", answer.number), ("Ký hiệu", answer.symbol), ("Trích yếu", answer.subject))
    problems = [
        Problem(place=place, reason="Còn để trống. Ghi như trên văn bản trả lời.")
        for place, words in named
        if not words.strip()
    ]
    fault = door_fault(content)
    if fault is not None:
        problems.append(Problem(place="Tệp trả lời", reason=fault))
    if problems:
        raise InvalidInputError(*problems)
    require_size(content, desk.size_limit_bytes)


def _require_ours(desk: Desk, content: bytes, name: str) -> None:
    """The file passes our judge and is signed for this office, or nothing goes out."""
    judged = desk.judge(content, name, desk.clock())
    faults = [one.message for one in judged.findings if one.code in JUDGE_FAULTS]
    if faults:
        raise UnavailableError("Bộ kiểm tra chữ ký", faults[0])
    if judged.verdict is not Verdict.PASSED:
        raise NotAcceptedError("Văn bản trả lời", sentence(judged))
    with desk.database.reading() as session:
        facts = office_facts(session)
        own = session.get(Organisation, facts.organisation_id)
        if own is None:
            raise NotFoundError("cơ quan", facts.organisation_id)
        fault = signature_fault(session, judged, own)
    if fault is not None:
        raise NotAcceptedError("Văn bản trả lời", fault)
