"""The clerk decides on a paper that arrived: accepted with its number and line, or refused.

What does not pass the check may be accepted, with a reason that is kept; what would be a second
registration of the same paper may not. Source: NĐ 30/2020 Đ21, Đ22; QĐ 28/2018 Đ5.4, Đ9.
"""

import uuid
from typing import Final

from actions.access import officer_actor, require_role
from actions.auditing import Actor
from actions.closing import require_reason
from actions.desk import Deed, Desk, doing
from actions.errors import AlreadyDoneError, InvalidInputError, Problem
from actions.incoming.answering import queue_status
from actions.incoming.looking import judgement, worst_of
from actions.incoming.numbers import take_next
from actions.incoming.register_lines import enter
from actions.incoming.rows import SUBJECT, change, get_document, require_state
from actions.incoming.twins import registered_twin
from actions.offices import office_facts
from actions.trying import archive_wrapped, looking
from models.incoming import IncomingDocument
from models.officer import Role

_NEEDS_NO_REASON: Final = ("passed", "paper")


def accept(
    desk: Desk,
    actor: Actor,
    document_id: uuid.UUID,
    *,
    note: str = "",
    presented_to: str | None = None,
) -> int:
    """Accepts a paper: it gets its số đến and its line in the register; the sender hears 03.

    Args:
        desk: the tools.
        actor: a registry clerk.
        document_id: a paper that arrived.
        note: why it is accepted although its signature does not pass; else a remark.
        presented_to: the officer who is to assign it (trình); any leader where None.

    Returns:
        The number.

    Raises:
        NotFoundError: no such paper or officer.
        NotAuthorisedError: the actor is no registry clerk.
        WrongStateError: it was decided before.
        AlreadyDoneError: the same paper was registered before.
        InvalidInputError: its signature does not pass and no reason is given.
    """
    with doing(desk, actor, "accept_incoming", kind=SUBJECT, subject=document_id) as deed:
        require_clerk(deed, "tiếp nhận văn bản đến")
        document = get_document(deed.session, document_id)
        _require_note(document, note)
        register(deed, document, note=note, presented_to=presented_to)
        queue_status(desk, deed, document, "03")
        deed.detail |= {"verdict": document.verdict, "note": note.strip()}
        return document.number or 0


def register(
    deed: Deed, document: IncomingDocument, *, note: str = "", presented_to: str | None = None
) -> None:
    """Gives an arrived paper its number and its line. Does not commit.

    Raises:
        WrongStateError: it was decided before.
        AlreadyDoneError: the same paper was registered before.
        NotFoundError: nobody of that name can be presented with it.
    """
    if presented_to is not None:
        officer_actor(deed.session, presented_to, deed.day)
    # The number first: it takes the queue of the register, so no twin is registered meanwhile.
    number = take_next(deed, deed.day)
    require_state(document, "arrived")
    twin = registered_twin(deed.session, document)
    if twin is not None:
        said = f"Vào sổ văn bản {twin.number_symbol} của {twin.sender_name} (số đến {twin.number})"
        raise AlreadyDoneError(said)
    change(
        deed, document, "arrived",
        state="accepted", year=deed.day.year, number=number, accepted_at=deed.at,
        accept_note=note.strip() or None, presented_to_id=presented_to,
    )  # fmt: skip
    enter(deed, document)
    deed.detail |= {"number": number, "year": document.year}


def refuse(desk: Desk, actor: Actor, document_id: uuid.UUID, *, reason: str) -> None:
    """Refuses a paper that arrived (trả lại); the sender is told why (02).

    Raises:
        NotFoundError, NotAuthorisedError, WrongStateError: as in `accept`.
        InvalidInputError: no reason.
    """
    with doing(desk, actor, "refuse_incoming", kind=SUBJECT, subject=document_id) as deed:
        require_clerk(deed, "trả lại văn bản đến")
        document = get_document(deed.session, document_id)
        why = require_reason(reason)
        change(deed, document, "arrived", state="refused", reason=why)
        queue_status(desk, deed, document, "02", said=why)
        deed.detail |= {"reason": why}


def judge_again(desk: Desk, actor: Actor, document_id: uuid.UUID) -> str:
    """Has the PDFs of a paper that arrived judged anew. Returns the worst verdict.

    Raises:
        NotFoundError, NotAuthorisedError, WrongStateError: as in `accept`.
        UnavailableError: the archive does not answer.
    """
    name = "judge_incoming"
    with looking(desk, actor, name, kind=SUBJECT, subject=document_id) as look:
        require_clerk(look, "kiểm tra lại văn bản đến")
        document = get_document(look.session, document_id)
        require_state(document, "arrived")
        files = [dict(one) for one in document.files]
    for file in files:
        if file["media_type"] == "application/pdf":
            with archive_wrapped():
                content = desk.archive.get(file["sha256"])
            file.update(judgement(desk.judge(content, file["name"], desk.clock())))
    with doing(desk, actor, name, kind=SUBJECT, subject=document_id) as deed:
        document = get_document(deed.session, document_id)
        change(deed, document, "arrived", files=files, verdict=worst_of(files))
        deed.detail |= {"verdict": document.verdict}
        return document.verdict


def require_clerk(deed: Deed, what: str) -> None:
    """Raises `NotAuthorisedError` unless the actor is a registry clerk of this office."""
    require_role(deed, Role.REGISTRY_CLERK, office_facts(deed.session).organisation_id, what)


def _require_note(document: IncomingDocument, note: str) -> None:
    if document.verdict in _NEEDS_NO_REASON or note.strip():
        return
    reason = (
        "Chữ ký trên văn bản chưa được xác nhận là hợp lệ. Ghi lý do vẫn tiếp nhận, hoặc trả lại "
        "nơi gửi."
    )
    raise InvalidInputError(Problem(place="Lý do tiếp nhận", reason=reason))
