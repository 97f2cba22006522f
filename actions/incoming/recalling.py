"""The clerk answers a sender who asks a paper back, or wants it replaced or updated.

Agreed (15): a recalled paper is worked with no more, and its bytes are destroyed with a record; a
replaced one stays to be read, its successor goes on. Refused (16): it goes on as before.
Source: NĐ 30/2020 Đ18.4; QĐ 28/2018 Đ8.2 (the receiver destroys its copy and confirms).
"""

import uuid
from typing import Final

from sqlalchemy import or_, select, update

from actions.access import require_role
from actions.archive_checking import expected_files
from actions.auditing import MACHINE, Actor
from actions.closing import require_reason
from actions.desk import Deed, Desk, doing
from actions.errors import AlreadyDoneError, NotFoundError
from actions.incoming.answering import queue_status
from actions.incoming.asking import asked_by_status
from actions.incoming.register_lines import note_in_register
from actions.incoming.rows import AT_WORK, SUBJECT, change, get_document
from actions.incoming.words import REQUEST_WORDS
from actions.offices import office_facts
from actions.trying import archive_wrapped
from models.dispatch import IncomingMessage
from models.incoming import IncomingDocument, IncomingRequest
from models.officer import Role

__all__ = ["agree", "asked_by_status", "destroy_files", "refuse_request"]

_WHAT: Final = "trả lời đề nghị của nơi gửi"


def agree(desk: Desk, actor: Actor, request_id: uuid.UUID, *, note: str = "") -> None:
    """Agrees to what the sender asks (15). A recalled paper's files are destroyed after it.

    Raises:
        NotFoundError: no such request.
        NotAuthorisedError: the actor is no registry clerk.
        AlreadyDoneError: it was answered before.
        UnavailableError: the archive did not answer; the recall stands, `destroy_files` goes on.
    """
    with doing(desk, actor, "agree_request", kind=SUBJECT) as deed:
        request, document = _waiting(deed, request_id)
        taken_back = request.kind == "recall" or request.removes_us
        _answer(deed, request, "agreed", note)
        if taken_back:
            change(deed, document, "recall_asked", state="recalled", reason=request.reason or None)
        elif request.new_document_id is not None and _has_files(deed, request):
            change(deed, document, "arrived", *AT_WORK, state="replaced", reason=request.reason)
        day = f"{deed.day:%d/%m/%Y}"
        note_in_register(deed, document, f"Đồng ý {REQUEST_WORDS[request.kind]} ngày {day}")
        queue_status(desk, deed, document, "15", said=note.strip(), repeat=str(request.id))
    if taken_back:
        destroy_files(desk, document.id)


def refuse_request(desk: Desk, actor: Actor, request_id: uuid.UUID, *, reason: str) -> None:
    """Refuses what the sender asks (16), with a reason; the paper goes on as before.

    Raises:
        NotFoundError, NotAuthorisedError, AlreadyDoneError: as in `agree`.
        InvalidInputError: no reason.
    """
    with doing(desk, actor, "refuse_request", kind=SUBJECT) as deed:
        request, document = _waiting(deed, request_id)
        why = require_reason(reason)
        _answer(deed, request, "refused", why)
        if document.state == "recall_asked":
            before = document.state_before_recall or "arrived"
            change(deed, document, "recall_asked", state=before, state_before_recall=None)
        queue_status(desk, deed, document, "16", said=why, repeat=str(request.id))


def destroy_files(desk: Desk, document_id: uuid.UUID) -> int:
    """Destroys the stored bytes of a recalled paper, with a record. Returns how many. Idempotent.

    Bytes that something else of the office refers to (the same file sent again, say) stay. What
    remains is the header, the verdicts and their evidence, and who agreed.

    Raises:
        WrongStateError: the paper is not recalled.
        UnavailableError: the archive did not answer; call it again.
    """
    with doing(desk, MACHINE, "destroy_recalled", kind=SUBJECT, subject=document_id) as deed:
        document = get_document(deed.session, document_id)
        mine = _digests(deed, document)
        change(deed, document, "recalled", files_destroyed_at=deed.at)
        deed.session.flush()
        kept = expected_files(deed.session)
        gone = sorted(mine - kept.keys())
        deed.detail |= {"destroyed": gone, "kept": sorted(mine & kept.keys())}
    # After the record: a crash here leaves bytes that nothing refers to, and a second call ends it.
    with archive_wrapped():
        for digest in gone:
            desk.archive.remove(digest)
    return len(gone)


def _digests(deed: Deed, document: IncomingDocument) -> set[str]:
    """The files, and the messages that carried them."""
    carried = select(IncomingMessage.raw_sha256).where(
        or_(
            IncomingMessage.id == document.message_id,
            IncomingMessage.matched_to == f"document:{document.id}",
        )
    )
    files = {str(one["sha256"]) for one in document.files if one.get("sha256")}
    return files | set(deed.session.scalars(carried))


def _waiting(deed: Deed, request_id: uuid.UUID) -> tuple[IncomingRequest, IncomingDocument]:
    organisation_id = office_facts(deed.session).organisation_id
    require_role(deed, Role.REGISTRY_CLERK, organisation_id, _WHAT)
    request = deed.session.get(IncomingRequest, request_id)
    if request is None:
        raise NotFoundError("đề nghị của nơi gửi", request_id)
    deed.subject_id = str(request.document_id)
    return request, get_document(deed.session, request.document_id)


def _answer(deed: Deed, request: IncomingRequest, state: str, said: str) -> None:
    changed = deed.session.execute(
        update(IncomingRequest)
        .where(IncomingRequest.id == request.id, IncomingRequest.state == "asked")
        .values(
            state=state, answer=said.strip() or None, answered_at=deed.at,
            answered_by=deed.actor.id,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise AlreadyDoneError("Trả lời đề nghị của nơi gửi")
    deed.detail |= {"request": str(request.id), "kind": request.kind, "answer": said.strip()}


def _has_files(deed: Deed, request: IncomingRequest) -> bool:
    new = deed.session.get(IncomingDocument, request.new_document_id)
    return new is not None and bool(new.files)
