"""The page of a recipient unit, by its personal link: what came, what is owed, how to answer.

The link is the credential: it names one unit and one directive and is signed by the office.
"""

from contextlib import suppress
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.acknowledging import acknowledge
from actions.amending.answering import agree_to_recall, refuse_recall
from actions.auditing import Actor
from actions.errors import (
    ActionRefusedError,
    AlreadyDoneError,
    InvalidInputError,
    NotFoundError,
    Problem,
)
from actions.extending import request_extension
from actions.offices import office_facts, unit_actor
from actions.reporting import submit_report
from actions.unit_links import LinkStanding, standing_of
from models.base import DirectiveId
from models.directive import Directive
from models.obligation import Obligation
from portal.checking import check
from portal.context import Portal, ThePortal, address_of
from portal.errors import (
    BadUploadError,
    LinkEndedError,
    LinkUnknownError,
    PortalError,
    UploadTooLargeError,
)
from portal.identity import check_form_token
from portal.pages.directive import PRIVATE_FOR_A_WHILE, download
from portal.pages.following import a_day
from portal.problems import problem_of
from portal.rendering import page
from portal.unit_view import Visit, unit_values
from portal.uploads import read_upload

PREFIX: Final = "/u/"

router = APIRouter(prefix="/u/{token}")


@router.get("")
def unit_page(request: Request, portal: ThePortal, token: str) -> Response:
    """Shows the unit what came and what it owes."""
    return _show(request, portal, token, _visit(portal, token))


@router.get("/van-ban.pdf")
def directive_file(portal: ThePortal, token: str) -> Response:
    """Returns the signed and sealed directive to keep."""
    directive = _directive(portal, _visit(portal, token))
    content = portal.desk.archive.get(directive.sealed_sha256 or "")
    return download(content, f"{(directive.number_text or 'van-ban').replace('/', '-')}.pdf",
                    "application/pdf")  # fmt: skip


@router.get("/trang/{number}.png")
def picture(portal: ThePortal, token: str, number: int) -> Response:
    """Returns one page of the directive as a picture."""
    directive = _directive(portal, _visit(portal, token))
    png = portal.pictures.page(directive.sealed_sha256 or "", number)
    return Response(png, media_type="image/png", headers=PRIVATE_FOR_A_WHILE)


@router.get("/kiem-tra")
async def verify(request: Request, portal: ThePortal, token: str) -> Response:
    """Judges the directive anew, before the unit's eyes."""
    portal.checks.take(address_of(request))
    directive = await to_thread.run_sync(lambda: _directive(portal, _visit(portal, token)))
    content = await to_thread.run_sync(portal.desk.archive.get, directive.sealed_sha256 or "")
    checked = await check(portal, content, name=f"{directive.number_text}.pdf")
    return await to_thread.run_sync(
        partial(page, request, "unit_verify.html", checked=checked, token=token)
    )


@router.post("/bao-cao")
async def report(request: Request, portal: ThePortal, token: str) -> Response:
    """Takes the unit's report."""
    visit = await to_thread.run_sync(_visit, portal, token)
    try:
        upload = await read_upload(request, limit_bytes=portal.desk.size_limit_bytes)
        check_form_token(request, upload.fields.get("csrf", ""))
    except (UploadTooLargeError, BadUploadError) as refusal:
        return await to_thread.run_sync(
            partial(_show, request, portal, token, visit, refusal=refusal)
        )

    def submit() -> Response:
        try:
            made = submit_report(
                portal.desk, _actor(portal, visit), organisation_id=visit.organisation_id,
                directive_id=visit.directive_id, file_name=upload.name, content=upload.content,
                via="upload",
            )  # fmt: skip
        except (InvalidInputError, NotFoundError) as refusal:
            return _show(request, portal, token, visit, refusal=refusal)
        portal.nudge(visit.directive_id)
        return RedirectResponse(f"/u/{token}?bao-cao={made}", status_code=303)

    return await to_thread.run_sync(submit, limiter=portal.judges)


@router.post("/da-nhan")
def received(
    request: Request, portal: ThePortal, token: str, csrf: Annotated[str, Form()] = ""
) -> Response:
    """Records the unit's word that it has received the directive; a second time changes nothing."""
    visit = _visit(portal, token)
    check_form_token(request, csrf)
    actor = _actor(portal, visit)
    try:
        with suppress(AlreadyDoneError):
            acknowledge(
                portal.desk, actor, visit.directive_id, organisation_id=visit.organisation_id
            )
    except ActionRefusedError as refusal:
        return _show(request, portal, token, visit, refusal=refusal)
    return RedirectResponse(f"/u/{token}", status_code=303)


@router.post("/thu-hoi")
def recall_answer(
    *,
    request: Request,
    portal: ThePortal,
    token: str,
    answer: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """Takes the unit's word on giving the directive back: agreed, or not and why."""
    visit = _visit(portal, token)
    check_form_token(request, csrf)
    unit, named = _actor(portal, visit), {"organisation_id": visit.organisation_id}
    try:
        if answer == "dong-y":
            agree_to_recall(portal.desk, unit, visit.directive_id, **named)
        else:
            refuse_recall(portal.desk, unit, visit.directive_id, reason=reason, **named)
    except ActionRefusedError as refusal:
        typed = {"recall": reason}
        return _show(request, portal, token, visit, refusal=refusal, typed=typed)
    return RedirectResponse(f"/u/{token}", status_code=303)


@router.post("/gia-han")
def extension(
    *,
    request: Request,
    portal: ThePortal,
    token: str,
    obligation: Annotated[UUID, Form()],
    until: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """Asks for more time for one task."""
    visit = _visit(portal, token)
    check_form_token(request, csrf)
    typed = {"obligation": str(obligation), "until": until, "reason": reason}
    try:
        _require_own(portal, visit, obligation)
        asked = a_day(until)
        if asked is None:
            said = "Chọn ngày xin gia hạn đến."
            raise InvalidInputError(Problem(place="Xin gia hạn đến", reason=said))
        request_extension(
            portal.desk, _actor(portal, visit), obligation, asked_until=asked, reason=reason
        )
    except ActionRefusedError as refusal:
        return _show(request, portal, token, visit, refusal=refusal, typed=typed)
    portal.nudge(visit.directive_id)
    return RedirectResponse(f"/u/{token}?gia-han=1", status_code=303)


def _visit(portal: Portal, token: str) -> Visit:
    """Reads a link.

    Raises:
        LinkUnknownError: we did not make it, or the directive was not issued.
        LinkEndedError: its time is over, or an officer ended it; nothing is shown.
    """
    found = portal.office.links.read(token)
    if found is None:
        raise LinkUnknownError
    organisation_id, directive_id, serial = found
    try:
        key = DirectiveId(UUID(directive_id))
    except ValueError as err:
        raise LinkUnknownError from err
    visit = Visit(organisation_id=organisation_id, directive_id=key)
    directive = _directive(portal, visit)
    if directive.issued_at is None:
        raise LinkUnknownError
    with portal.database.reading() as session:
        standing = standing_of(portal.desk, session, directive, organisation_id, serial)
        mailbox = office_facts(session).mailbox
    if standing is LinkStanding.UNKNOWN:
        raise LinkUnknownError
    if standing is not LinkStanding.GOOD:
        raise LinkEndedError(standing.value, mailbox)
    return visit


def _directive(portal: Portal, visit: Visit) -> Directive:
    with portal.database.reading() as session:
        directive = session.get(Directive, visit.directive_id)
    if directive is None:
        raise LinkUnknownError
    return directive


def _actor(portal: Portal, visit: Visit) -> Actor:
    with portal.database.reading() as session:
        return unit_actor(session, visit.organisation_id)


def _require_own(portal: Portal, visit: Visit, obligation_id: UUID) -> None:
    """A link is good for one directive: another one's task cannot be named through it."""
    with portal.database.reading() as session:
        one = session.get(Obligation, obligation_id)
    if one is None or one.directive_id != visit.directive_id:
        raise NotFoundError("nhiệm vụ", obligation_id)


def _show(
    request: Request,
    portal: Portal,
    token: str,
    visit: Visit,
    *,
    refusal: ActionRefusedError | PortalError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    problem = problem_of(refusal) if refusal else None
    values = unit_values(portal, visit)
    return page(
        request, "unit.html", status=problem.status if problem else 200, token=token,
        refusal=problem.sentence if problem else "", typed=typed or {},
        just_reported=request.query_params.get("bao-cao", ""),
        just_asked="gia-han" in request.query_params, limit_mb=portal.desk.size_limit_bytes >> 20,
        limit_bytes=portal.desk.size_limit_bytes, **values,
    )  # fmt: skip
