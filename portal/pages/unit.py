"""The page of a recipient unit, by its personal link: what came, what is owed, how to answer.

The link is the credential: it names one unit and one directive and is signed by the office.
"""

from contextlib import suppress
from typing import Annotated, Final
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.acknowledging import acknowledge
from actions.amending.answering import agree_to_recall, refuse_recall
from actions.errors import (
    ActionRefusedError,
    AlreadyDoneError,
    InvalidInputError,
    NotFoundError,
    Problem,
)
from actions.extending import request_extension
from actions.reports.refusing import refuse_delivery
from models.obligation import Obligation
from portal.check_visits import keep
from portal.checking import check
from portal.context import Portal, ThePortal, address_of
from portal.identity import check_form_token
from portal.pages.directive import PRIVATE_FOR_A_WHILE, download
from portal.pages.following import a_day
from portal.unit_view import Visit
from portal.unit_visits import actor_of, paper_of, show, visit_of

PREFIX: Final = "/u/"

router = APIRouter(prefix="/u/{token}")


@router.get("")
def unit_page(request: Request, portal: ThePortal, token: str) -> Response:
    """Shows the unit what came and what it owes."""
    return show(request, portal, token, visit_of(portal, token))


@router.get("/van-ban.pdf")
def directive_file(portal: ThePortal, token: str) -> Response:
    """Returns the signed and sealed directive to keep."""
    directive = paper_of(portal, visit_of(portal, token))
    content = portal.desk.archive.get(directive.sealed_sha256 or "")
    return download(content, f"{(directive.number_text or 'van-ban').replace('/', '-')}.pdf",
                    "application/pdf")  # fmt: skip


@router.get("/trang/{number}.png")
def picture(portal: ThePortal, token: str, number: int) -> Response:
    """Returns one page of the directive as a picture."""
    directive = paper_of(portal, visit_of(portal, token))
    png = portal.pictures.page(directive.sealed_sha256 or "", number)
    return Response(png, media_type="image/png", headers=PRIVATE_FOR_A_WHILE)


@router.get("/kiem-tra")
async def verify(request: Request, portal: ThePortal, token: str) -> Response:
    """Judges the directive anew, and shows the result like that of any other file."""
    portal.checks.take(address_of(request))
    directive = await to_thread.run_sync(lambda: paper_of(portal, visit_of(portal, token)))
    content = await to_thread.run_sync(portal.desk.archive.get, directive.sealed_sha256 or "")
    name = f"{(directive.number_text or 'van-ban').replace('/', '-')}.pdf"
    checked = await check(portal, content, name=name)
    return keep(request, portal, [checked], back=f"/u/{token}")


@router.post("/da-nhan")
def received(
    request: Request, portal: ThePortal, token: str, csrf: Annotated[str, Form()] = ""
) -> Response:
    """Records the unit's word that it has received the directive; a second time changes nothing."""
    visit = visit_of(portal, token)
    check_form_token(request, csrf)
    actor = actor_of(portal, visit)
    try:
        with suppress(AlreadyDoneError):
            acknowledge(
                portal.desk, actor, visit.directive_id, organisation_id=visit.organisation_id
            )
    except ActionRefusedError as refusal:
        return show(request, portal, token, visit, refusal=refusal)
    return RedirectResponse(f"/u/{token}", status_code=303)


@router.post("/tu-choi")
def refused(
    *,
    request: Request,
    portal: ThePortal,
    token: str,
    reason: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """Records that the unit does not accept the directive."""
    visit = visit_of(portal, token)
    check_form_token(request, csrf)
    try:
        refuse_delivery(
            portal.desk, actor_of(portal, visit), visit.directive_id,
            organisation_id=visit.organisation_id, reason=reason,
        )  # fmt: skip
    except ActionRefusedError as refusal:
        return show(request, portal, token, visit, refusal=refusal, typed={"refuse": reason})
    portal.nudge(visit.directive_id)
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
    visit = visit_of(portal, token)
    check_form_token(request, csrf)
    unit, named = actor_of(portal, visit), {"organisation_id": visit.organisation_id}
    try:
        if answer == "dong-y":
            agree_to_recall(portal.desk, unit, visit.directive_id, **named)
        else:
            refuse_recall(portal.desk, unit, visit.directive_id, reason=reason, **named)
    except ActionRefusedError as refusal:
        typed = {"recall": reason}
        return show(request, portal, token, visit, refusal=refusal, typed=typed)
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
    visit = visit_of(portal, token)
    check_form_token(request, csrf)
    typed = {"obligation": str(obligation), "until": until, "reason": reason}
    try:
        _require_own(portal, visit, obligation)
        asked = a_day(until)
        if asked is None:
            said = "Chọn ngày xin gia hạn đến."
            raise InvalidInputError(Problem(place="Xin gia hạn đến", reason=said))
        request_extension(
            portal.desk, actor_of(portal, visit), obligation, asked_until=asked, reason=reason
        )
    except ActionRefusedError as refusal:
        return show(request, portal, token, visit, refusal=refusal, typed=typed)
    portal.nudge(visit.directive_id)
    return RedirectResponse(f"/u/{token}?gia-han=1", status_code=303)


def _require_own(portal: Portal, visit: Visit, obligation_id: UUID) -> None:
    """A link is good for one directive: another one's task cannot be named through it."""
    with portal.database.reading() as session:
        one = session.get(Obligation, obligation_id)
    if one is None or one.directive_id != visit.directive_id:
        raise NotFoundError("nhiệm vụ", obligation_id)
