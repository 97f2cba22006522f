"""Papers that come in: the list, one paper with its next step, its files and page pictures."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.errors import ActionRefusedError, InvalidInputError, NotFoundError, Problem
from actions.incoming.accepting import accept, judge_again, refuse
from actions.incoming.answering import send_held
from actions.incoming.assigning import Handler, assign
from actions.incoming.handling import begin, finish
from actions.incoming.recalling import agree, destroy_files, refuse_request
from actions.incoming.replying import reply_with_directive
from actions.incoming.rows import get_document
from actions.incoming.showing import FILTERS, whole_paper
from actions.incoming.words import FILE_VERDICT_WORDS, STATE_WORDS
from actions.listing.paging import COUNTED
from actions.listing.papers import counts, page_of_papers
from actions.trying import archive_wrapped
from delivery.names import ANY_KIND
from documents.copies import draw_page
from documents.errors import CopyRefusedError
from models.base import DirectiveId
from models.officer import Role
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.incoming_page import require_sight, show, tone_of, verdict_tone
from portal.pages.directive import download
from portal.pages.following import a_day
from portal.rendering import page

PREFIX: Final = "/van-ban-den"
NOT_FOR_LONG: Final = {"Cache-Control": "private, max-age=60"}
"""A paper that is taken back must not stay in browsers."""
PDF: Final = "application/pdf"
ROWS: Final = 50
MOST_BESIDE: Final = 8
"""Lines of those who coordinate in one form."""

router = APIRouter(prefix=PREFIX)


@router.get("")
def papers(
    *,
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    loc: str = "",
    q: str = "",
    sau: str = "",
) -> Response:
    """Shows the incoming papers, under a filter (`loc`), by words (`q`); `sau` leads on."""
    chosen = loc if loc in FILTERS else ""
    at, reader = portal.at(), person.officer_id
    with portal.database.reading() as session:
        counted = counts(session, officer_id=reader, at=at, typed=q)
        found = page_of_papers(
            session, officer_id=reader, at=at, chosen=chosen, typed=q, after=sau or None, limit=ROWS
        )
    return page(
        request, "incoming.html", person=person, rows=found.items, q=q, found=found,
        chips=[(key, label, _many(counted.get(key, 0))) for key, label in FILTERS.items()],
        chosen=chosen, is_first=not sau, clerk=Role.REGISTRY_CLERK in person.all_roles,
        tone_of=tone_of, verdict_tone=verdict_tone, STATES=STATE_WORDS,
        FILE_VERDICTS=FILE_VERDICT_WORDS,
    )  # fmt: skip


def _many(count: int) -> str:
    return f"{count}+" if count >= COUNTED else str(count)


@router.get("/{document_id}")
def paper(
    request: Request, portal: ThePortal, person: SignedInPerson, document_id: UUID
) -> Response:
    """Shows one paper."""
    return show(request, portal, person, document_id)


@router.get("/{document_id}/phieu")
def slip(
    request: Request, portal: ThePortal, person: SignedInPerson, document_id: UUID
) -> Response:
    """Shows the slip (phiếu giải quyết văn bản đến), to print."""
    with portal.database.reading() as session:
        require_sight(session, portal, person, document_id)
        whole = whole_paper(session, document_id, officer_id=person.officer_id, at=portal.at())
    return page(request, "incoming_slip.html", person=person, whole=whole, paper=whole.document)


@router.get("/{document_id}/tep/{index}")
def file(portal: ThePortal, person: SignedInPerson, document_id: UUID, index: int) -> Response:
    """Returns one of its files to keep; a stranger's word for what it is goes into no header."""
    one = _file(portal, person, document_id, index)
    with archive_wrapped():
        content = portal.desk.archive.get(one["sha256"])
    kind = one["media_type"] if one["media_type"] == PDF else ANY_KIND
    return download(content, one["name"], kind)


@router.get("/{document_id}/anh/{index}/{number}.png")
def picture(
    portal: ThePortal, person: SignedInPerson, document_id: UUID, index: int, number: int
) -> Response:
    """Returns one page as a picture, drawn in a child: it is a stranger's file."""
    one = _file(portal, person, document_id, index)
    try:
        with archive_wrapped():
            png = draw_page(portal.desk.archive.get(one["sha256"]), number)
    except CopyRefusedError as err:
        raise InvalidInputError(Problem(place="Trang", reason=err.diagnosis())) from err
    return Response(png, media_type="image/png", headers=NOT_FOR_LONG)


@router.post("/{document_id}/tiep-nhan")
def accepts(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    document_id: UUID,
    note: Annotated[str, Form()] = "",
    presented_to: Annotated[str, Form()] = "",
) -> Response:
    """Accepts it with the next số đến."""

    def deed() -> object:
        return accept(
            portal.desk, person.actor, document_id, note=note, presented_to=presented_to or None
        )

    return _decide(request, portal, person, document_id, deed, note=note)


@router.post("/{document_id}/tra-lai")
def refuses(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    document_id: UUID,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Refuses it with a reason."""
    return _decide(
        request, portal, person, document_id,
        lambda: refuse(portal.desk, person.actor, document_id, reason=reason), reason=reason,
    )  # fmt: skip


@router.post("/{document_id}/kiem-tra-lai")
def judges(request: Request, portal: ThePortal, person: Deciding, document_id: UUID) -> Response:
    """Has its signatures judged again."""
    return _decide(
        request, portal, person, document_id,
        lambda: judge_again(portal.desk, person.actor, document_id),
    )  # fmt: skip


@router.post("/{document_id}/phan-cong")
async def assigns(
    request: Request, portal: ThePortal, person: Deciding, document_id: UUID
) -> Response:
    """Assigns it: opinion, lead, those who coordinate, each with a day."""
    form = {key: str(value) for key, value in (await request.form()).items()}

    def deed() -> None:
        handlers = [
            _handler(form.get(f"who{one}", ""), form.get(f"due{one}", ""))
            for one in range(MOST_BESIDE + 1)
            if one == 0 or form.get(f"who{one}")
        ]
        assign(
            portal.desk, person.actor, document_id, opinion=form.get("opinion", ""),
            lead=handlers[0], coordinating=handlers[1:],
        )  # fmt: skip

    return await to_thread.run_sync(
        partial(_decide, request, portal, person, document_id, deed, **form)
    )


@router.post("/{document_id}/phan-viec/{assignment_id}/{step}")
def handles(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    document_id: UUID,
    assignment_id: UUID,
    step: str,
    result: Annotated[str, Form()] = "",
) -> Response:
    """Begins (`bat-dau`) or finishes (`xong`) a part of the work."""

    def deed() -> None:
        if step == "bat-dau":
            begin(portal.desk, person.actor, assignment_id)
        elif step == "xong":
            finish(portal.desk, person.actor, assignment_id, result=result)
        else:
            raise NotFoundError("việc", step)

    return _decide(request, portal, person, document_id, deed, result=result)


@router.post("/{document_id}/de-nghi/{request_id}/{answer}")
def answers(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    document_id: UUID,
    request_id: UUID,
    answer: str,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Agrees (`dong-y`) to what the sender asks, or refuses it (`tu-choi`)."""

    def deed() -> None:
        if answer == "dong-y":
            agree(portal.desk, person.actor, request_id, note=reason)
        elif answer == "tu-choi":
            refuse_request(portal.desk, person.actor, request_id, reason=reason)
        else:
            raise NotFoundError("trả lời", answer)

    return _decide(request, portal, person, document_id, deed, reason=reason)


@router.post("/{document_id}/huy-tep")
def destroys(request: Request, portal: ThePortal, person: Deciding, document_id: UUID) -> Response:
    """Ends a destruction that the archive had not answered to."""
    return _decide(
        request, portal, person, document_id, lambda: destroy_files(portal.desk, document_id)
    )


@router.post("/{document_id}/gui-lai")
def sends_held(
    request: Request, portal: ThePortal, person: Deciding, document_id: UUID
) -> Response:
    """Sends answers that were held for want of a channel."""
    return _decide(
        request, portal, person, document_id,
        lambda: send_held(portal.desk, person.actor, document_id),
    )  # fmt: skip


@router.post("/{document_id}/tra-loi-bang-van-ban")
def replies_with_directive(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    document_id: UUID,
    directive_id: Annotated[UUID, Form()],
) -> Response:
    """Sends a sealed paper of this office back as the reply."""

    def deed() -> object:
        return reply_with_directive(
            portal.desk, person.actor, document_id, DirectiveId(directive_id)
        )

    return _decide(request, portal, person, document_id, deed)


def _decide(
    request: Request,
    portal: Portal,
    person: Person,
    document_id: UUID,
    deed: Callable[[], object],
    /,
    **typed: str,
) -> Response:
    """Does a deed; what was typed comes back with a refusal, whatever a form calls its fields."""
    with portal.database.reading() as session:
        require_sight(session, portal, person, document_id)
    try:
        deed()
    except ActionRefusedError as refusal:
        return show(request, portal, person, document_id, refusal=refusal, typed=typed)
    return RedirectResponse(f"{PREFIX}/{document_id}", status_code=303)


def _handler(who: str, due: str) -> Handler:
    kind, _, key = who.partition(":")
    return Handler(
        organisation_id=key if kind == "unit" else None,
        officer_id=key if kind == "officer" else None,
        due=a_day(due),
    )


def _file(portal: Portal, person: Person, document_id: UUID, index: int) -> dict[str, str]:
    with portal.database.reading() as session:
        require_sight(session, portal, person, document_id)
        document = get_document(session, document_id)
    if document.state == "recalled" or not 0 <= index < len(document.files):
        raise NotFoundError("tệp", index)
    found: dict[str, str] = document.files[index]
    return found
