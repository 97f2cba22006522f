"""Checking signatures, for anybody: no account, nothing kept."""

from functools import partial
from typing import Final

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import Response

from actions.amending.showing import public_note
from portal.checking import Checked, check, too_large
from portal.context import Portal, ThePortal, address_of
from portal.errors import (
    BadUploadError,
    TooManyRequestsError,
    UploadTooLargeError,
)
from portal.identity import check_any_token, reader_of
from portal.problems import problem_of
from portal.rendering import page
from portal.reporting import FORMS, report_file
from portal.uploads import read_upload

PATH: Final = "/kiem-tra-chu-ky"
PROFILE_FIELD: Final = "profile"
REPORT_FIELD: Final = "report"
LANGUAGE_FIELD: Final = "lang"

router = APIRouter()


@router.get(PATH)
def form(request: Request, portal: ThePortal) -> Response:
    """Shows the place to drop a file."""
    return _page(request, portal)


@router.post(PATH)
async def verify(request: Request, portal: ThePortal) -> Response:
    """Judges a file and shows the verdict, or hands out a report; the file is forgotten then."""
    try:
        portal.checks.take(address_of(request))
        upload = await read_upload(request, limit_bytes=portal.desk.size_limit_bytes)
        given = upload.fields.get("csrf", "")
        await to_thread.run_sync(check_any_token, request, portal, given)
    except UploadTooLargeError as refusal:
        checked = too_large(portal, refusal.name)
        return await to_thread.run_sync(partial(_page, request, portal, checked))
    except (BadUploadError, TooManyRequestsError) as refusal:
        problem = problem_of(refusal)
        response = await to_thread.run_sync(
            partial(_page, request, portal, refusal=problem.sentence, status=problem.status)
        )
        response.headers.update(problem.headers)
        return response
    checked = await check(
        portal, upload.content, name=upload.name, profile=upload.fields.get(PROFILE_FIELD, "")
    )
    form = FORMS.get(upload.fields.get(REPORT_FIELD, ""))
    if form is not None:
        language = upload.fields.get(LANGUAGE_FIELD, "")
        fonts = portal.office.settings.fonts_folder
        made = partial(report_file, checked.report, form, language, fonts=fonts)
        return await to_thread.run_sync(made, limiter=portal.judges)
    return await to_thread.run_sync(partial(_page, request, portal, checked))


def _page(
    request: Request,
    portal: Portal,
    checked: Checked | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> Response:
    note = None
    if checked is not None:
        with portal.database.reading() as session:
            note = public_note(session, checked.report.sha256_hex)
    return page(
        request, "verify.html", person=reader_of(request, portal), status=status, checked=checked,
        note=note, refusal=refusal, limit_mb=portal.desk.size_limit_bytes >> 20,
        limit_bytes=portal.desk.size_limit_bytes,
    )  # fmt: skip
