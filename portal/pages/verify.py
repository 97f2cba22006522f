"""Checking signatures, for anybody: no account, nothing written down."""

from functools import partial
from typing import Final

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import Response

from portal.check_keeping import Judged
from portal.check_view import check_view
from portal.check_visits import PREFIX, keep
from portal.checking import check, refuse_large
from portal.context import Portal, ThePortal, address_of
from portal.errors import (
    BadUploadError,
    TooManyRequestsError,
    UploadTooLargeError,
)
from portal.identity import check_any_token, reader_of
from portal.problems import Problem, problem_of
from portal.rendering import page
from portal.reporting import FORMS, report_file
from portal.uploads import Uploads, read_uploads
from signing.outcome import VerificationReport
from signing.policy import OFFICIAL

PATH: Final = PREFIX
PROFILE_FIELD: Final = "profile"
REPORT_FIELD: Final = "report"
LANGUAGE_FIELD: Final = "lang"
FILE_FIELD: Final = "file"
MOST_FILES: Final = 10
"""At once; no more than the burst of `Portal.checks`, which counts files."""
MOST_FIELDS: Final = 20

router = APIRouter()


@router.get(PATH)
def form(request: Request, portal: ThePortal) -> Response:
    """Shows the place to drop files."""
    return _page(request, portal)


@router.post(PATH)
async def verify(request: Request, portal: ThePortal) -> Response:
    """Judges files and leads to the results, or hands out the report on one of them."""
    try:
        portal.checks.take(address_of(request))
        sent = await _sent(request, portal)
    except UploadTooLargeError as refusal:
        report = refuse_large(portal, refusal.name, OFFICIAL.name)
        return await to_thread.run_sync(partial(_page, request, portal, report=report))
    except (BadUploadError, TooManyRequestsError) as refusal:
        problem = problem_of(refusal)
        return await to_thread.run_sync(partial(_page, request, portal, problem=problem))
    profile = sent.fields.get(PROFILE_FIELD, "")
    found: list[Judged] = [
        await check(portal, one.content, name=one.name, profile=profile)
        for one in sent.of(FILE_FIELD)
    ]
    form = FORMS.get(sent.fields.get(REPORT_FIELD, ""))
    if form is not None and len(found) == 1:
        language = sent.fields.get(LANGUAGE_FIELD, "")
        fonts = portal.office.settings.fonts_folder
        made = partial(report_file, found[0].report, form, language, fonts=fonts)
        return await to_thread.run_sync(made, limiter=portal.judges)
    return keep(request, portal, found)


async def _sent(request: Request, portal: Portal) -> Uploads:
    """Reads the form; each further file counts as a check of its own.

    Raises:
        UploadTooLargeError, BadUploadError, TooManyRequestsError: it is not taken.
        ForgedFormError: it did not come from a page of ours.
    """
    sent = await read_uploads(
        request, limit_bytes=portal.desk.size_limit_bytes, most_files=MOST_FILES,
        most_fields=MOST_FIELDS,
    )  # fmt: skip
    given = sent.fields.get("csrf", "")
    await to_thread.run_sync(check_any_token, request, portal, given)
    files = sent.of(FILE_FIELD)
    if not files:
        raise BadUploadError
    if len(files) > 1:
        portal.checks.take(address_of(request), len(files) - 1)
    return sent


def _page(
    request: Request,
    portal: Portal,
    *,
    report: VerificationReport | None = None,
    problem: Problem | None = None,
) -> Response:
    limit = portal.desk.size_limit_bytes
    response = page(
        request, "verify.html", person=reader_of(request, portal),
        status=problem.status if problem else 200,
        view=check_view(report) if report is not None else None,
        refusal=problem.sentence if problem else "", limit_mb=limit >> 20, limit_bytes=limit,
        most_files=MOST_FILES,
    )  # fmt: skip
    if problem is not None:
        response.headers.update(problem.headers)
    return response
