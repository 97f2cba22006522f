"""Chữ ký tay: the picture of an officer's handwriting, as it is printed where they sign."""

from functools import partial
from typing import Annotated, Final
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.errors import ActionRefusedError, NotFoundError
from actions.own_handwriting import remove_handwriting, set_handwriting
from models.officer import Officer
from portal.administering import (
    MOST_REASON,
    PREFIX,
    Administrator,
    ChangingAdministrator,
    done_or_said,
)
from portal.context import Portal, ThePortal
from portal.errors import BadUploadError, PortalError, UploadTooLargeError
from portal.i18n.catalogue import noted
from portal.identity import Person, check_own_form
from portal.problems import problem_of
from portal.rendering import page
from portal.uploads import read_upload
from signing.errors import HandwritingRefusedError
from signing.marks.handwritten import MAX_BYTES, clean_scan

PATH: Final = f"{PREFIX}/chu-ky-tay"
UPLOADS: Final = f"{PATH}/"
DONE: Final = {
    "dat": noted("Đã đặt ảnh chữ ký tay."),
    "bo": noted("Đã bỏ ảnh chữ ký tay; khi ký, máy vẽ họ tên."),
}  # fmt: skip

router = APIRouter()


@router.get(f"{PATH}/{{officer_id}}")
def handwriting(
    request: Request, portal: ThePortal, person: Administrator, officer_id: str, xong: str = ""
) -> Response:
    """Shows the picture that there is, and takes another."""
    return _show(request, portal, person, officer_id, done=DONE.get(xong, ""))


@router.get(f"{PATH}/{{officer_id}}/anh.png")
def own_picture(portal: ThePortal, person: Administrator, officer_id: str) -> Response:
    """Gives the picture as a signature would print it."""
    _ = person
    held = portal.desk.handwriting(officer_id)
    if held is None:
        raise NotFoundError("ảnh chữ ký tay", officer_id)
    try:
        return Response(clean_scan(held), media_type="image/png")
    except HandwritingRefusedError as err:
        raise NotFoundError("ảnh chữ ký tay", officer_id) from err


@router.post(f"{PATH}/{{officer_id}}")
async def take_picture(
    request: Request, portal: ThePortal, person: Administrator, officer_id: str
) -> Response:
    """Keeps the picture of a file."""
    try:
        upload = await read_upload(request, limit_bytes=MAX_BYTES)
        check_own_form(request, person, upload.fields.get("csrf", ""))
        await to_thread.run_sync(
            partial(
                set_handwriting, portal.database, portal.office.settings.handwriting_folder,
                officer_id, upload.content, at=portal.at(), actor=person.actor,
            ),
            limiter=portal.judges,
        )  # fmt: skip
    except NotFoundError:
        raise
    except (ActionRefusedError, BadUploadError, UploadTooLargeError) as refusal:
        shown = partial(_show, request, portal, person, officer_id, refusal=refusal, form="dat")
        return await to_thread.run_sync(shown)
    return RedirectResponse(f"{PATH}/{quote(officer_id)}?xong=dat", status_code=303)


@router.post(f"{PREFIX}/can-bo/{{officer_id}}/bo-chu-ky-tay")
def remove(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    officer_id: str,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Takes the picture away, with the reason."""
    why = reason.strip()[:MOST_REASON]
    deed = partial(
        remove_handwriting, portal.database, portal.office.settings.handwriting_folder, officer_id,
        why, at=portal.at(), actor=person.actor,
    )  # fmt: skip

    def again(refusal: ActionRefusedError) -> Response:
        return _show(request, portal, person, officer_id, refusal=refusal, form="bo")

    return done_or_said(deed, again, f"{PATH}/{quote(officer_id)}?xong=bo")


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    officer_id: str,
    *,
    done: str = "",
    refusal: ActionRefusedError | PortalError | None = None,
    form: str = "",
) -> Response:
    problem = problem_of(refusal) if refusal else None
    name = _whose(portal, officer_id)
    held = portal.desk.handwriting(officer_id)
    return page(
        request, "handwriting.html", person=person, status=problem.status if problem else 200,
        officer_id=officer_id, name=name, is_there=held is not None,
        fault=_fault(held) if held is not None else "", done=done, form=form,
        refusal=problem.sentence if problem else "", most_reason=MOST_REASON,
    )  # fmt: skip


def _whose(portal: Portal, officer_id: str) -> str:
    with portal.database.reading() as session:
        officer = session.get(Officer, officer_id)
        if officer is None:
            raise NotFoundError("cán bộ", officer_id)
        return officer.name


def _fault(held: bytes) -> str:
    """Why a picture that was put into the folder by hand would stop a signature."""
    try:
        clean_scan(held)
    except HandwritingRefusedError as err:
        return err.diagnosis()
    return ""
