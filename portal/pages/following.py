"""Follow-up: who has answered, who is late; reports and extensions wait here for a decision."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.closing import fulfil_own
from actions.errors import ActionRefusedError, InvalidInputError, NotFoundError, Problem
from actions.extending import grant_extension, refuse_extension
from actions.reporting import accept, return_report
from models.base import DirectiveId
from models.obligation import ExtensionRequest, Obligation
from models.report import Report
from portal import board
from portal.context import Portal, ThePortal
from portal.i18n.catalogue import gettext, noted
from portal.identity import Deciding, Person, SignedInPerson
from portal.live import Watched, live_of
from portal.pages.directive import download
from portal.problems import STALE, problem_of, sentence_of
from portal.rendering import page
from portal.seeing import open_directive

DONE: Final = {
    "nhan": noted("Đã nhận báo cáo."),
    "tra-lai": noted("Đã trả lại báo cáo; trang của đơn vị nêu điều cần bổ sung."),
    "gia-han": noted("Đã đồng ý gia hạn; đơn vị được báo thời hạn mới."),
    "khong-gia-han": noted("Đã từ chối gia hạn; đơn vị được báo lý do."),
    "da-xong": noted("Đã ghi việc của cơ quan là xong."),
}
"""What is said after a decision, by the value of `?vua=`."""

router = APIRouter(prefix="/theo-doi")


@router.get("/{directive_id}")
def follow(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID, loc: str = ""
) -> Response:
    """Shows how every unit stands with a directive."""
    return _show(request, portal, person, DirectiveId(directive_id), loc=loc)


@router.get("/{directive_id}/bao-cao/{report_id}")
def report_file(
    portal: ThePortal, person: SignedInPerson, directive_id: UUID, report_id: UUID
) -> Response:
    """Returns the file of a report to keep."""
    with portal.database.reading() as session:
        open_directive(session, portal, person, DirectiveId(directive_id))
        report = session.get(Report, report_id)
    if report is None or report.directive_id != directive_id:
        raise NotFoundError("báo cáo", report_id)
    content = portal.desk.archive.get(report.document_sha256)
    return download(content, report.file_name, "application/pdf")


@router.post("/bao-cao/{report_id}/nhan")
def accept_report(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    report_id: UUID,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Accepts a report."""
    key = _directive_of_report(portal, report_id)
    return _decide(
        request, portal, person, key, done="nhan", typed={str(report_id): reason},
        deed=lambda: accept(portal.desk, person.actor, report_id, note=reason),
    )  # fmt: skip


@router.post("/bao-cao/{report_id}/tra-lai")
def turn_back(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    report_id: UUID,
    reason: Annotated[str, Form()] = "",
    new_due: Annotated[str, Form()] = "",
) -> Response:
    """Returns a report to the unit with a reason, and perhaps a new day."""
    key = _directive_of_report(portal, report_id)

    def returns() -> None:
        return_report(portal.desk, person.actor, report_id, reason=reason, new_due=a_day(new_due))

    return _decide(
        request, portal, person, key, done="tra-lai", deed=returns,
        typed={str(report_id): reason, f"{report_id}.day": new_due},
    )  # fmt: skip


@router.post("/gia-han/{request_id}/dong-y")
def grant(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    request_id: UUID,
    until: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Grants more time, until the day asked for or another one."""
    key = _directive_of_request(portal, request_id)

    def grants() -> object:
        return grant_extension(
            portal.desk, person.actor, request_id, until=a_day(until), reason=reason
        )

    return _decide(
        request, portal, person, key, done="gia-han", typed={f"{request_id}.day": until},
        deed=grants,
    )  # fmt: skip


@router.post("/gia-han/{request_id}/tu-choi")
def refuse(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    request_id: UUID,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Refuses more time, with a reason."""
    key = _directive_of_request(portal, request_id)
    return _decide(
        request, portal, person, key, done="khong-gia-han", typed={str(request_id): reason},
        deed=lambda: refuse_extension(portal.desk, person.actor, request_id, reason=reason),
    )  # fmt: skip


@router.post("/nhiem-vu/{obligation_id}/da-xong")
def own_done(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    obligation_id: UUID,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Records that the office has done a task of its own."""
    with portal.database.reading() as session:
        obligation = session.get(Obligation, obligation_id)
    if obligation is None:
        raise NotFoundError("nhiệm vụ", obligation_id)
    return _decide(
        request, portal, person, obligation.directive_id, done="da-xong",
        typed={str(obligation_id): reason},
        deed=lambda: fulfil_own(portal.desk, person.actor, obligation_id, note=reason),
    )  # fmt: skip


def a_day(text: str) -> date | None:
    """Returns the day that a date field sent; None for nothing.

    Raises:
        InvalidInputError: it is no day.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as err:
        reason = "Ngày chưa đúng. Chọn ngày trong lịch hoặc ghi dạng 2022-11-15."
        raise InvalidInputError(Problem(place="Ngày", reason=reason)) from err


def _decide(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    *,
    done: str,
    typed: dict[str, str],
    deed: Callable[[], object],
) -> Response:
    try:
        deed()
    except (*STALE, InvalidInputError) as refusal:
        return _show(
            request, portal, person, key, refusal=refusal, status=problem_of(refusal).status,
            typed=typed,
        )  # fmt: skip
    portal.nudge(key)
    return RedirectResponse(f"/theo-doi/{key}?vua={done}", status_code=303)


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    *,
    loc: str = "",
    refusal: ActionRefusedError | None = None,
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        live = live_of(session, portal, person, Watched.FOLLOW_UP, key)
        values = board.whole(session, directive, person, portal.at(), loc)
    done = request.query_params.get("vua", "")
    return page(
        request, "following.html", person=person, status=status, directive=directive, live=live,
        refusal=sentence_of(refusal) if refusal else "", stale=isinstance(refusal, STALE),
        typed=typed or {}, done=gettext(DONE[done]) if done in DONE else "",
        **values,
    )  # fmt: skip


def _directive_of_report(portal: Portal, report_id: UUID) -> DirectiveId:
    with portal.database.reading() as session:
        report = session.get(Report, report_id)
    if report is None:
        raise NotFoundError("báo cáo", report_id)
    return report.directive_id


def _directive_of_request(portal: Portal, request_id: UUID) -> DirectiveId:
    with portal.database.reading() as session:
        found = session.get(ExtensionRequest, request_id)
        obligation = session.get(Obligation, found.obligation_id) if found else None
    if obligation is None:
        raise NotFoundError("đề nghị gia hạn", request_id)
    return obligation.directive_id
